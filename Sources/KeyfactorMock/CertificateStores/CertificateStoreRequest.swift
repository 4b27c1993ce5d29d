/// What a request that creates, updates or approves a store says of what can change.
struct CertificateStoreRequest {
    let container: Said<Int>
    let agent: Said<GUID>
    let schedule: Said<Schedule>
    /// Whether the schedule came as `{}`, which the answer repeats.
    let hasEmptySchedule: Bool
    private let createsIfMissing: Bool?
    private let properties: StoreProperties?
    private let password: Secret

    /// Reads what all three requests share. That the container and the agent exist is checked too.
    ///
    /// - Parameters:
    ///   - body: the object.
    ///   - path: where it stands, with a point behind it; empty for the body itself.
    ///   - takesSchedule: whether the request has an InventorySchedule at all; where it has none that is not looked at.
    ///   - call: the call.
    ///   - estate: its containers and agents.
    /// - Throws: a refusal that names the member at fault.
    init(_ body: JSONValue, at path: String = "", takesSchedule: Bool = true, _ call: Call, _ estate: Estate) throws(Refusal) {
        container = try body.number("ContainerId", at: path).countingAsNull { $0 == 0 }
        agent = try body.identifier("AgentId", at: path)
        createsIfMissing = try body.truth("CreateIfMissing", at: path).value
        properties = try StoreProperties.read(body["Properties"], path: path + "Properties")
        password = try Secret.read(body["Password"], path: path + "Password")
        let member = path + "InventorySchedule"
        var isEmpty = false
        let asked = takesSchedule ? body["InventorySchedule"] : nil
        switch try Schedule.read(asked, path: member, call.fidelity) {
        case .missing: schedule = asked == nil ? .nothing : .null
        case .off: (schedule, isEmpty) = (.null, true)
        case .set(let asked):
            try asked.requireInventory(call.product, path: member)
            schedule = .value(asked)
        }
        hasEmptySchedule = isEmpty
        if let id = container.value, estate.containers[id] == nil { throw .containerNotFound(id).forUnknownID(call.fidelity) }
        if let id = agent.value, estate.agents[id] == nil { throw .agentNotFound(id).forUnknownID(call.fidelity) }
    }

    /// Puts what is said into a store, but for the schedule.
    func apply(to store: inout CertificateStore, _ identifiers: inout Identifiers) {
        store.container = container.over(store.container)
        store.agent = agent.over(store.agent)
        store.createsIfMissing = createsIfMissing ?? store.createsIfMissing
        store.properties = properties?.kept(over: store.properties, &identifiers) ?? store.properties
        store.hasPassword = password.over(store.hasPassword)
    }

    /// Refuses a container that is limited to stores of another type, and a new schedule without an agent.
    ///
    /// - Parameters:
    ///   - store: the store as it is before; for a new one without a schedule.
    ///   - path: how to name members in refusals.
    ///   - call: the call.
    ///   - estate: its containers.
    /// - Throws: a refusal that names the member.
    func check(_ store: CertificateStore, at path: String = "", _ call: Call, _ estate: Estate) throws(Refusal) {
        if let container = container.value.flatMap({ estate.containers[$0] }), let type = container.storeType, type != store.type {
            throw .badArgument(
                "\(path)ContainerId: the container '\(container.name)' takes stores of type \(type), found a store of type \(store.type).")
        }
        guard let schedule = schedule.value, schedule.shown(on: call.now) != store.schedule?.shown(on: call.now) else { return }
        guard store.isApproved else {
            throw .badArgument("\(path)InventorySchedule: the store must be approved before it can be scheduled.")
        }
        guard agent.over(store.agent) != nil else {
            throw .badArgument("\(path)InventorySchedule: the store has no agent assigned.")
        }
    }
}

/// What tells a new store from others.
struct NewCertificateStore {
    let machine: String
    let path: String
    let type: Int

    /// Reads what only the creation of a store says.
    ///
    /// - Parameters:
    ///   - body: a CertificateStoreCreateRequest.
    ///   - call: the call.
    ///   - estate: its store types and stores.
    /// - Throws: a refusal that names the member at fault, or the store that is there already.
    init(_ body: JSONValue, _ call: Call, _ estate: Estate) throws(Refusal) {
        machine = try body.requiredText("ClientMachine", "a machine's name")
        path = try body.requiredText("StorePath", "a path of 1 to 722 characters")
        guard path.unicodeScalars.count <= 722 else {
            throw .badArgument("StorePath: expected a path of 1 to 722 characters, found \(path.unicodeScalars.count).")
        }
        type = try body.requiredNumber("CertStoreType", "the number of a certificate store type")
        guard estate.storeTypes[type] != nil else { throw .storeTypeNotFound(type).forUnknownID(call.fidelity) }
    }

    /// Refuses a store that is there already.
    func requireNone(in estate: Estate) throws(Refusal) {
        guard estate.store(machine: machine, path: path, type: type) == nil else {
            throw .alreadyExists("certificate store of type \(type) on '\(machine)'", "StorePath", path)
        }
    }
}
