public import Base

/// A place on a machine that holds certificates: a file, a keystore, an appliance's profile.
public struct CertificateStore: Sendable {
    /// Its Id, by which requests name it.
    public var id: GUID
    /// The machine that holds it: Command's ClientMachine.
    public var machine: String
    /// Where on the machine it lies, 1–722 characters.
    public var path: String
    /// The number of its store type.
    public var type: Int
    /// The agent that runs its jobs.
    public var agent: GUID?
    /// The Id of the container that it is in; `nil` for none.
    public var container: Int?
    /// Discovered stores wait to be approved before anything may be scheduled on them.
    public var isApproved: Bool
    /// Whether the agent makes the store where there is none yet.
    public var createsIfMissing: Bool
    /// A JSON object as text, whose values are all strings: clients parse it a second time.
    public var properties: String
    /// When its certificates are listed. Set by `POST /CertificateStores/Schedule`.
    public private(set) var schedule: Schedule?
    /// The inventory job; `nil` exactly where there is no schedule.
    public private(set) var inventoryJob: GUID?
    /// Whether it has a password, which is not kept.
    public var hasPassword = false
    /// The certificates in it, by alias.
    public var inventory: [InventoryEntry]

    /// A store without a schedule.
    public init(
        id: GUID, machine: String, path: String, type: Int, agent: GUID?, container: Int?, isApproved: Bool,
        createsIfMissing: Bool = false, properties: String = "{}", inventory: [InventoryEntry] = []
    ) {
        self.id = id
        self.machine = machine
        self.path = path
        self.type = type
        self.agent = agent
        self.container = container
        self.isApproved = isApproved
        self.createsIfMissing = createsIfMissing
        self.properties = properties
        self.inventory = inventory
    }

    /// Whether jobs can be scheduled on it.
    public var canBeScheduled: Bool { isApproved && agent != nil }

    /// The same store under another id, without a schedule.
    public func renamed(_ id: GUID) -> CertificateStore {
        var store = CertificateStore(
            id: id, machine: machine, path: path, type: type, agent: agent, container: container, isApproved: isApproved,
            createsIfMissing: createsIfMissing, properties: properties, inventory: inventory)
        store.hasPassword = hasPassword
        return store
    }

    /// Sets what is shown of the inventory. Only `Estate.scheduleInventory` calls this, so that store and job never differ.
    ///
    /// - Parameters:
    ///   - schedule: `nil` where the inventory is off.
    ///   - job: the inventory job, `nil` exactly where there is no schedule.
    public mutating func setInventory(_ schedule: Schedule?, job: GUID?) {
        self.schedule = schedule
        inventoryJob = job
    }

    /// A table of stores: in the order of `GET /CertificateStores`, found by machine, grouped by container.
    ///
    /// - Parameters:
    ///   - stores: the stores with their ids.
    ///   - before: the table that it replaces.
    /// - Returns: the table.
    public static func table(
        _ stores: [(GUID, CertificateStore)], inPlaceOf before: Table<GUID, CertificateStore>? = nil
    ) -> Table<GUID, CertificateStore> {
        Table(stores, sortedBy: isListedBefore, groupedBy: { $0.container }, beginningWith: { $0.machine }, inPlaceOf: before)
    }

    /// The order of `GET /CertificateStores`: by machine, then path, then id. The documented sort is ClientMachine; the rest makes it whole.
    static func isListedBefore(_ one: CertificateStore, _ other: CertificateStore) -> Bool {
        switch CaselessText.order(one.machine, other.machine) {
        case .less: true
        case .greater: false
        case .equal: (one.path, one.id) < (other.path, other.id)
        }
    }
}

extension CertificateStore: HoldsBytes {
    /// Its texts, and what it holds.
    public var heldBytes: Int { machine.heldBytes + path.heldBytes + properties.heldBytes + inventory.heldBytes }
}
