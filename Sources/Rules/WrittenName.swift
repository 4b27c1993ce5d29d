public import ScenarioFormat

/// A name that a scenario or a test writes, and where.
public struct WrittenName: Sendable {
    /// What is named.
    public enum Kind: Sendable, Hashable {
        case operation, rule, jobType, agent, store, world, caller, method, template, authority, storeType
        /// The id of an agent, a store or a job type.
        case agentID, storeID, jobTypeID
        /// The number of a store type or a container.
        case storeTypeNumber, containerNumber
        /// A selector, with the operation whose requests it looks at.
        case selector(of: String)
    }

    /// What kind of thing bears the name.
    public let kind: Kind
    /// The name as it was written.
    public let text: String
    /// Where in the file it stands.
    public let mark: Mark

    /// What is named, wherever it stands.
    public struct Identity: Hashable {
        let kind: Kind
        let text: String
    }

    /// The kind and the text.
    public var identity: Identity { Identity(kind: kind, text: text) }

    /// A name by its parts.
    public init(kind: Kind, text: String, mark: Mark) {
        self.kind = kind
        self.text = text
        self.mark = mark
    }
}
