public import Base

/// Something an agent is to do, once or again and again. What it is never changes; how it goes stands in `Run` and `History`.
public final class Job: Sendable {
    /// What kind of work it is, in Command's words; queries on `JobType` match the kind too.
    public enum Kind: String, Sendable, CaseIterable {
        case custom = "Custom"
        case fetchLogs = "FetchLogs"
        case inventory = "Inventory"
        case management = "Management"
        case discovery = "Discovery"
        case reenrollment = "Reenrollment"
    }

    /// A field of the job with the value it is given.
    public struct Field: Sendable, Equatable {
        /// The field's name, as the job type spells it.
        public var name: String
        /// The value as text, whatever the field's type.
        public var value: String

        /// A field and its value.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Its JobId.
    public let id: GUID
    /// How many jobs came before it: the order of lists.
    public let number: Int
    /// What it is.
    public let order: JobOrder
    /// When it was asked for.
    public let requested: Timestamp

    /// A job by its parts.
    public init(id: GUID, number: Int, order: JobOrder, requested: Timestamp) {
        self.id = id
        self.number = number
        self.order = order
        self.requested = requested
    }
}

/// What is asked for when a job is scheduled.
public struct JobOrder: Sendable {
    /// The id of the agent that is to run it.
    public var agent: GUID
    /// What kind of work it is.
    public var kind: Job.Kind
    /// The name of its type as Command spells it: a custom job type's, or a store type's capability and the kind, as `PEMInventory`.
    public var type: String
    /// When it is to run, once or again and again.
    public var schedule: Schedule
    /// All fields that have a value, defaults filled in, in the order of the type's fields.
    public var fields: [Job.Field] = []
    /// The certificate store that it works on.
    public var store: GUID?
    /// What it works on, for lists: the store's path, or the directories of a discovery.
    public var target: String?
    /// The custom job type that it is of; the type's name may change afterwards.
    public var customType: GUID?
    /// What it changes in the store when it succeeds.
    public var change: InventoryChange?

    /// An order by its parts; what is left out stays empty.
    public init(
        agent: GUID, kind: Job.Kind, type: String, schedule: Schedule, fields: [Job.Field] = [], store: GUID? = nil, target: String? = nil,
        customType: GUID? = nil, change: InventoryChange? = nil
    ) {
        self.agent = agent
        self.kind = kind
        self.type = type
        self.schedule = schedule
        self.fields = fields
        self.store = store
        self.target = target
        self.customType = customType
        self.change = change
    }
}

extension Job: HoldsBytes {
    /// The job itself, which rows only refer to, its texts and fields, and its places in what falls due, waits and runs.
    public var heldBytes: Int {
        let texts = order.type.heldBytes + order.target.heldBytes + order.fields.heldBytes + (order.change?.heldBytes ?? 0)
        return MemoryLayout<JobOrder>.size + texts + 320
    }
}

extension Job.Field: HoldsBytes {
    /// Its texts.
    public var heldBytes: Int { name.heldBytes + value.heldBytes }
}

extension InventoryChange: HoldsBytes {
    /// Its texts.
    public var heldBytes: Int {
        switch self {
        case .add(let alias, _, _): alias.heldBytes + 64
        case .remove(let alias): alias.heldBytes + 64
        case .enroll(let alias, let subject): alias.heldBytes + subject.heldBytes + 64
        }
    }
}
