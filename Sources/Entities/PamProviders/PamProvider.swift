public import Base

/// Where Command fetches secrets from that it does not keep itself.
public struct PamProvider: Sendable {
    /// What a provider says for one parameter of its type.
    public struct Value: Sendable {
        /// Its Id, unique among all values.
        public var id: Int
        /// The name of the parameter.
        public var parameter: String
        /// The text; `nil` for a secret, which is not kept.
        public var text: String?

        /// A value by its parts.
        public init(id: Int, parameter: String, text: String?) {
            self.id = id
            self.parameter = parameter
            self.text = text
        }
    }

    /// A secret that Command itself keeps for a provider; its value is dropped as it is read.
    public struct Entry: Sendable {
        /// The name, unlike all others of the provider without case.
        public var name: String
        /// What it is for.
        public var description: String?

        /// An entry by its parts.
        public init(name: String, description: String?) {
            self.name = name
            self.description = description
        }
    }

    /// Its Id, unique among providers.
    public var id: Int
    /// What people call it; lists are sorted by it.
    public var name: String
    /// Its type; `nil` where a file says none.
    public var type: GUID?
    /// Whether an agent, rather than Command itself, asks it.
    public var isRemote = false
    /// The part of Command that it is for, as the first version of the API has it.
    public var area = 1
    /// The container that it is limited to, as the first version of the API has it.
    public var securedArea: Int?
    /// What it says for the parameters of its type.
    public var values: [Value] = []
    /// The secrets that Command itself keeps for it.
    public var entries: [Entry] = []

    /// A provider by its Id and its name.
    public init(id: Int, name: String) {
        self.id = id
        self.name = name
    }
}

extension PamProvider: HoldsBytes {
    /// Its name, and what it says for parameters and keeps itself.
    public var heldBytes: Int {
        values.reduce(name.heldBytes) { $0 + $1.parameter.heldBytes + $1.text.heldBytes + 96 } + entries.count * 96
    }
}
