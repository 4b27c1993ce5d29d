package import ScenarioFormat

/// A name that a scenario or a test writes, and where.
package struct WrittenName: Sendable {
    /// What is named.
    package enum Kind: Sendable, Equatable {
        case operation, rule, jobType, agent, store, machine, world, caller
        /// The id of an agent, a store or a job type.
        case agentID, storeID, jobTypeID
    }

    package let kind: Kind
    package let text: String
    package let mark: Mark

    package init(kind: Kind, text: String, mark: Mark) {
        self.kind = kind
        self.text = text
        self.mark = mark
    }
}
