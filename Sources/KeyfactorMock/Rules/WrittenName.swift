/// A name that a scenario or a test writes, and where.
struct WrittenName: Sendable {
    /// What is named.
    enum Kind: Sendable, Equatable {
        case operation, rule, jobType, agent, store, machine, world, caller
        /// The id of an agent, a store or a job type.
        case agentID, storeID, jobTypeID
    }

    let kind: Kind
    let text: String
    let mark: Mark
}
