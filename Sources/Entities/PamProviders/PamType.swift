public import Base

/// A kind of PAM provider, with the parameters that its providers have, and those that each secret has.
public struct PamType: Sendable {
    /// A parameter.
    public struct Parameter: Sendable {
        /// What it holds.
        public enum DataType: Int, NamedNumber {
            case string = 1
            case secret

            /// The name in files and requests; answers have the number.
            public var name: String {
                switch self {
                case .string: "String"
                case .secret: "Secret"
                }
            }
        }

        /// Its Id, unique among the parameters of all types.
        public var id: Int
        /// Its name, unlike all others of the type without case.
        public var name: String
        /// What people call it.
        public var displayName: String
        /// What it holds.
        public var dataType = DataType.string
        /// Whether each secret has a value for it, rather than the provider.
        public var isInstanceLevel = false

        /// A parameter by its Id and its name.
        public init(id: Int, name: String, displayName: String) {
            self.id = id
            self.name = name
            self.displayName = displayName
        }
    }

    /// Its Id.
    public var id: GUID
    /// Its name, unlike all others without case.
    public var name: String
    /// What its providers and their secrets say.
    public var parameters: [Parameter]

    /// A type by its parts.
    public init(id: GUID, name: String, parameters: [Parameter]) {
        self.id = id
        self.name = name
        self.parameters = parameters
    }

    /// A parameter by its name, without case.
    public func parameter(named name: String) -> Parameter? {
        let name = name.lowercased()
        return parameters.first { $0.name.lowercased() == name }
    }
}
