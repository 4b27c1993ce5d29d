public import Base
public import Entities
public import Model
import Orchestrators
public import ScenarioFormat
import Stores

/// Builds the estate that a scenario describes: a built-in one, merged with what the file says.
///
/// Agents are merged by machine, job types and containers by name, store types by short name, stores by machine, path and type.
public struct EstateBuilder {
    /// The built-in estates.
    enum Base: String, CaseIterable {
        /// Nothing at all, not even the built-in store types. The estate dump begins so.
        case nothing
        /// The built-in store types, nothing else.
        case empty
        /// Two agents, a job type, a store: enough for a first request.
        case small
        /// 200 agents and 10,000 stores.
        case large
    }

    /// What is known while the file is read: names, mistakes, the time.
    public var seeding: Seeding
    var estate: Estate
    /// Built aside and put in all at once: sorting many stores one by one would take long.
    private var stores: [StoreKey: CertificateStore] = [:]
    private var storeBytes = 0
    /// Whether it is noted that the estate is too large.
    private var isNoted = false
    /// What stores are scheduled, by id; applied when all stores exist.
    var schedules: [GUID: (schedule: Schedule?, job: GUID?)] = [:]
    /// The containers that were there already and now have another schedule.
    var rescheduled: Set<Int> = []

    /// The most certificate stores of an estate: a line of a file must not take minutes.
    private static let mostStores = 250_000

    private struct StoreKey: Hashable {
        var machine: String
        var path: String
        var type: Int

        init(_ store: CertificateStore) { self.init(store.machine, store.path, store.type) }

        init(_ machine: String, _ path: String, _ type: Int) { (self.machine, self.path, self.type) = (machine.lowercased(), path, type) }
    }

    /// A builder.
    ///
    /// - Parameters:
    ///   - seed: what identifiers are drawn from.
    ///   - now: what relative dates are relative to.
    ///   - product: decides which schedules are right.
    ///   - fidelity: decides how schedules are read.
    ///   - mostBytes: the most bytes that the estate may hold.
    ///   - estate: what exists already; nothing if left out.
    public init(
        seed: UInt64, now: Timestamp, product: ProductVersion, fidelity: Fidelity, mostBytes: Int = .max, merging estate: Estate? = nil
    ) {
        seeding = Seeding(seed: seed, now: now, product: product, fidelity: fidelity)
        self.estate = estate ?? Estate(identifiers: Identifiers(seed: seed, world: "estate"))
        self.estate.mostBytes = mostBytes
        storeBytes = self.estate.stores.bytes.held
        for agent in self.estate.agents.all { seeding.agents[agent.machine.lowercased()] = agent.id }
        for type in self.estate.storeTypes.all { seeding.storeTypes[type.shortName.lowercased()] = type.number }
        for container in self.estate.containers.all { seeding.containers[container.name.lowercased()] = container.id }
        for set in self.estate.security.permissionSets.all { seeding.permissionSets[set.name.lowercased()] = set.id }
        for type in self.estate.security.pamTypes.all { seeding.pamTypes[type.name.lowercased()] = type.id }
        for store in self.estate.stores.all { stores[StoreKey(store)] = store }
        noteCatalogue()
    }

    /// Builds the estate.
    ///
    /// - Parameter node: the `estate` part of a scenario, checked; `nil` is the small one.
    /// - Throws: what only shows when names are looked up, such as an agent that does not exist.
    /// - Returns: the estate, with every name looked up.
    public mutating func estate(_ node: YAMLNode?) throws(Mistakes) -> Estate {
        begin(from: Self.base(node) ?? .small)
        return try add(node)
    }

    private static func base(_ node: YAMLNode?) -> Base? { node?["from"]?.text.flatMap { Base(rawValue: $0) } }

    private mutating func begin(from base: Base) {
        if base != .nothing {
            for type in StoreType.builtIn { put(type) }
            addBuiltInSecurity()
        }
        switch base {
        case .nothing, .empty: break
        case .small: addSmall()
        case .large: addLarge()
        }
    }

    /// Merges seeds into the estate, or starts again from a base where the seeds name one.
    ///
    /// - Parameter node: the `estate` part of a scenario, or a patch of one, checked.
    /// - Returns: the estate with what the file says.
    /// - Throws: what only shows when names are looked up; then nothing is to be used.
    public mutating func merge(_ node: YAMLNode?) throws(Mistakes) -> Estate {
        guard let base = Self.base(node) else { return try add(node) }
        var builder = EstateBuilder(
            seed: seeding.seed, now: seeding.now, product: seeding.product, fidelity: seeding.fidelity, mostBytes: estate.mostBytes)
        builder.estate.identifiers = estate.identifiers
        builder.begin(from: base)
        var made = try builder.add(node)
        made.jobs.progress = estate.jobs.progress
        made.identifiers.skip(made.issued)
        return made
    }

    private mutating func add(_ node: YAMLNode?) throws(Mistakes) -> Estate {
        each("jobTypes", of: node) { $0.addJobType($1) }
        each("storeTypes", of: node) { $0.addStoreType($1) }
        each("containers", of: node) { $0.addContainer($1) }
        addCatalogue(node)
        addSecurity(node)
        each("agents", of: node) { $0.addAgent($1) }
        addCertificates(node)
        stores.reserveCapacity(stores.count + (node?["certificateStores"]?.items.count ?? 0))
        each("certificateStores", of: node) { $0.addStores($1) }
        guard !isNoted else { throw Mistakes(seeding.mistakes) }
        estate.stores = CertificateStore.table(stores.values.map { ($0.id, secured($0)) }, inPlaceOf: estate.stores)
        if estate.stores.count != stores.count { seeding.note(node, "two certificate stores have one id") }
        checkContainers(node)
        each("jobs", of: node) { $0.addJob($1) }
        for store in estate.stores.all where !isFull(at: node) { schedule(store) }
        addHistory(node)
        _ = isFull(at: node)
        checkInventories(node)
        guard seeding.mistakes.isEmpty else { throw Mistakes(seeding.mistakes) }
        return estate
    }

    /// Reads the items of a list, as long as there is room for more.
    mutating func each(_ key: String, of node: YAMLNode?, _ add: (inout EstateBuilder, YAMLNode) -> Void) {
        for item in node?[key]?.items ?? [] where !isFull(at: item) { add(&self, item) }
    }

    /// Whether the estate holds more than it may, which is noted: a short text may describe a large estate.
    mutating func isFull(at node: YAMLNode?) -> Bool {
        guard estate.bytes.held - estate.stores.bytes.held + storeBytes > estate.mostBytes else { return false }
        if !isNoted { seeding.note(node, "the estate holds more than \(estate.mostBytes) bytes, the most that --estate-bytes allows") }
        isNoted = true
        return true
    }

    /// A store without the secrets that a file spells out. All are looked at, since a type may declare a property secret that stores have.
    private func secured(_ store: CertificateStore) -> CertificateStore {
        guard store.properties != "{}" else { return store }
        var store = store
        store.properties = StoreProperties.secured(
            store.properties, secrets: estate.secrets(ofStoreType: store.type), key: "\(store.machine)\n\(store.path)\n\(store.type)",
            seed: seeding.seed)
        return store
    }

    // MARK: Adding rows

    mutating func put(_ agent: Agent) {
        seeding.agents[agent.machine.lowercased()] = agent.id
        estate.agents.put(agent, at: agent.id)
    }

    mutating func put(_ type: StoreType) {
        seeding.storeTypes[type.shortName.lowercased()] = type.number
        estate.put(type)
    }

    mutating func put(_ store: CertificateStore) {
        let old = stores.updateValue(store, forKey: StoreKey(store))
        storeBytes += Table<GUID, CertificateStore>.bytes(of: store) - (old.map { Table<GUID, CertificateStore>.bytes(of: $0) } ?? 0)
    }

    // MARK: What the file says

    private mutating func addJobType(_ node: YAMLNode) {
        let name = node["name"]?.text ?? ""
        if JobType.isBuiltIn(name) { return seeding.note(node["name"], "the job type 'FetchLogs' is built in") }
        if estate.isBuiltInJobType(name) {
            return seeding.note(node["name"], "the job type '\(Mistake.shortened(name))' is built in: jobs on stores have this name")
        }
        let known = estate.jobType(named: name)
        var type =
            known ?? JobType(id: Identifiers.fixed(.jobType, name, seed: seeding.seed), name: name, description: "", fields: [])
        JobType.model.seed(node, into: &type, &seeding)
        if known == nil || known?.id == type.id, let other = estate.jobTypes[type.id], other.name.lowercased() != name.lowercased() {
            return seeding.note(node["id"], "the job type '\(other.name)' has this id already")
        }
        for (field, item) in zip(type.fields, node["fields"]?.items ?? []) {
            guard let text = field.defaultValue, !field.type.accepts(text) else { continue }
            seeding.note(item["default"], "'\(Mistake.shortened(text))' is no value of type \(field.type.name)")
        }
        estate.put(type)
    }

    private mutating func addStoreType(_ node: YAMLNode) {
        let shortName = node["shortName"]?.text ?? ""
        let known = seeding.storeTypes[shortName.lowercased()].flatMap { estate.storeTypes[$0] }
        var type =
            known
            ?? StoreType(
                number: max(102, (estate.storeTypes.lastKey ?? 0) + 1), name: shortName, shortName: shortName, capability: shortName,
                supports: [.add, .create, .remove])
        StoreType.model.seed(node, into: &type, &seeding)
        if let other = estate.storeTypes[type.number], other.shortName.lowercased() != shortName.lowercased() {
            return seeding.note(node["number"], "the store type '\(other.shortName)' has this number already")
        }
        if let other = estate.customJobType(inTheWayOf: type.capability) {
            return seeding.note(
                node["capability"] ?? node["shortName"],
                "jobs on stores of this type would have the name of the custom job type '\(other.name)'")
        }
        put(type)
    }

    private mutating func addContainer(_ node: YAMLNode) {
        let name = node["name"]?.text ?? ""
        let known = seeding.containers[name.lowercased()].flatMap { estate.containers[$0] }
        let id = known?.id ?? (estate.containers.lastKey ?? 0) + 1
        var container = known ?? Container(id: id, name: name, schedule: nil, storeType: nil, overwritesSchedules: false)
        Container.model.seed(node, into: &container, &seeding)
        if let other = estate.containers[container.id], other.name.lowercased() != name.lowercased() {
            return seeding.note(node["id"], "the container '\(other.name)' has this id already")
        }
        if let known, known.id != container.id {
            return seeding.note(node["id"], "a container's id is given once, and '\(known.name)' has the id \(known.id)")
        }
        if let known, known.schedule != container.schedule { rescheduled.insert(known.id) }
        seeding.containers[name.lowercased()] = container.id
        estate.containers.put(container, at: container.id)
    }

    private mutating func addAgent(_ node: YAMLNode) {
        let machine = node["machine"]?.text ?? ""
        let known = seeding.agents[machine.lowercased()].flatMap { estate.agents[$0] }
        let standard = known ?? self.agent(machine, .approved, ["LOGS"])
        var agent = standard
        Agent.model.seed(node, into: &agent, &seeding)
        agent.machine = standard.machine
        if known.map({ $0.id != agent.id }) ?? (estate.agents[agent.id] != nil) {
            return seeding.note(
                node["id"],
                "an agent's id is given once; machine '\(known?.machine ?? estate.agents[agent.id]?.machine ?? "")' has another or this one"
            )
        }
        if node["lastSeen"] == nil {
            // One that falls silent was last seen now; one that speaks again is seen all the time.
            agent.lastSeen = agent.polls ? (standard.polls ? standard.lastSeen : nil) : standard.lastSeen(by: seeding.now)
        }
        put(agent)
    }

    private mutating func addStores(_ node: YAMLNode) {
        let (machine, path) = (node["machine"]?.text ?? "", node["path"]?.text ?? "")
        let type = node["type"].flatMap { seeding.find($0, in: seeding.storeTypes, "store type") } ?? 2
        let count = node["count"]?.integer
        if node["id"] != nil, let count, count != 1 {
            seeding.note(node["id"], "'id' goes with one store, and 'count' makes \(count)")
        }
        guard stores.count + (count ?? 1) <= Self.mostStores else {
            return seeding.note(node["count"] ?? node, "an estate has at most \(Self.mostStores) certificate stores")
        }
        let asked = node["schedule"].map { seeding.schedule($0, ofInventory: true) }
        let job = node["inventoryJob"]?.text.flatMap { GUID($0) }
        let reader = InventoryReader(key: "\(machine)\n\(path)\n\(type)", subject: "CN=\(machine)")
        let inventory = reader.entries(node["inventory"], &estate, &seeding)
        for path in count.map({ count in (0..<count).map { "\(path).\($0 + 1)" } }) ?? [path] {
            let known = stores[StoreKey(machine, path, type)]
            var made = known ?? store(machine, path, type: type)
            let id = made.id
            CertificateStore.model.seed(node, into: &made, &seeding)
            if let known, known.id != made.id {
                return seeding.note(node["id"], "a certificate store's id is given once, and this one has the id '\(known.id.text)'")
            }
            if made.id != id { made = made.renamed(made.id) }
            (made.machine, made.path) = (known?.machine ?? machine, path)
            if let inventory {
                made.inventory = estate.certificates.entries(inventory)
                estate.certificates.note(made.id, holds: made.inventory)
            }
            put(made)
            if isFull(at: node) { return }
            if asked?.flatMap({ $0 }) != nil, !made.canBeScheduled {
                let reason = made.isApproved ? "has no agent" : "is not approved"
                return seeding.note(node["schedule"], "the certificate store \(reason), so that nothing can be scheduled on it")
            }
            if let schedule = schedule(of: made, before: known, asked: asked, isWhole: node["inventoryJob"] != nil) {
                schedules[made.id] = (schedule, job)
            }
        }
    }
}
