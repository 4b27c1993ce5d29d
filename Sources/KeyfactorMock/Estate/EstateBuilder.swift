/// Builds the estate that a scenario describes: a built-in one, merged with what the file says.
///
/// Agents are merged by machine, job types and containers by name, store types by short name, stores by machine, path and type.
struct EstateBuilder {
    /// The built-in estates.
    enum Base: String, CaseIterable {
        /// The built-in store types, nothing else.
        case empty
        /// Two agents, a job type, a store: enough for a first request.
        case small
        /// 200 agents and 10,000 stores.
        case large
    }

    let seed: UInt64
    let now: Timestamp
    let product: ProductVersion
    private let fidelity: Fidelity
    private var mistakes: [Mistake] = []
    var estate: Estate
    /// Built aside and put in all at once: sorting many stores one by one would take long.
    private var stores: [StoreKey: CertificateStore] = [:]
    /// What stores are scheduled, by id; put down when all stores are there.
    private var schedules: [GUID: Schedule?] = [:]
    var agentIDs: [String: GUID] = [:]
    private var storeTypeNumbers: [String: Int] = [:]
    private var containerIDs: [String: Int] = [:]

    /// The most certificate stores of an estate: a line of a file must not take minutes.
    private static let mostStores = 250_000

    private struct StoreKey: Hashable {
        var machine: String
        var path: String
        var type: Int
    }

    /// A builder.
    ///
    /// - Parameters:
    ///   - seed: what identifiers are drawn from.
    ///   - now: what relative dates are relative to.
    ///   - product: decides which schedules are right.
    ///   - fidelity: decides how schedules are read.
    ///   - estate: what is there already; nothing if left out.
    init(seed: UInt64, now: Timestamp, product: ProductVersion, fidelity: Fidelity, merging estate: Estate? = nil) {
        self.seed = seed
        self.now = now
        self.product = product
        self.fidelity = fidelity
        self.estate = estate ?? Estate(identifiers: Identifiers(seed: seed, world: "estate"))
        for agent in self.estate.agents.all { agentIDs[agent.machine.lowercased()] = agent.id }
        for type in self.estate.storeTypes.all { storeTypeNumbers[type.shortName.lowercased()] = type.number }
        for container in self.estate.containers.all { containerIDs[container.name.lowercased()] = container.id }
        for store in self.estate.stores.all { put(store) }
    }

    /// Builds the estate.
    ///
    /// - Parameter node: the `estate` part of a scenario, checked; `nil` is the small one.
    /// - Throws: what only shows when names are looked up, such as an agent that does not exist.
    /// - Returns: the estate, with every name looked up.
    mutating func estate(_ node: YAMLNode?) throws(Mistakes) -> Estate {
        for type in StoreType.builtIn { put(type) }
        switch node?["from"]?.text.flatMap({ Base(rawValue: $0) }) ?? .small {
        case .empty: break
        case .small: addSmall()
        case .large: addLarge()
        }
        return try merge(node)
    }

    /// Merges seeds into the estate.
    ///
    /// - Parameter node: the `estate` part of a scenario, or a patch of one, checked.
    /// - Returns: the estate with what the file says.
    /// - Throws: what only shows when names are looked up; then nothing is to be used.
    mutating func merge(_ node: YAMLNode?) throws(Mistakes) -> Estate {
        for item in node?["jobTypes"]?.items ?? [] { addJobType(item) }
        for item in node?["storeTypes"]?.items ?? [] { addStoreType(item) }
        for item in node?["containers"]?.items ?? [] { addContainer(item) }
        for item in node?["agents"]?.items ?? [] { addAgent(item) }
        let items = node?["certificateStores"]?.items ?? []
        stores.reserveCapacity(stores.count + items.count)
        for item in items { addStores(item) }
        estate.stores = CertificateStore.table(stores.values.map { ($0.id, $0) })
        if estate.stores.count != stores.count, let node { mistakes.append(Mistake(node.mark, "two certificate stores have one id")) }
        for store in estate.stores.all {
            if let schedule = schedules[store.id] { estate.scheduleInventory(of: store.id, schedule, now: now) }
        }
        for item in node?["jobs"]?.items ?? [] { addJob(item) }
        guard mistakes.isEmpty else { throw Mistakes(mistakes) }
        return estate
    }

    // MARK: Putting rows in

    mutating func put(_ agent: Agent) {
        agentIDs[agent.machine.lowercased()] = agent.id
        estate.agents.put(agent, at: agent.id)
    }

    mutating func put(_ type: StoreType) {
        storeTypeNumbers[type.shortName.lowercased()] = type.number
        estate.storeTypes.put(type, at: type.number)
    }

    mutating func put(_ store: CertificateStore) {
        stores[StoreKey(machine: store.machine.lowercased(), path: store.path, type: store.type)] = store
    }

    // MARK: What the file says

    private mutating func addJobType(_ node: YAMLNode) {
        let name = node["name"]?.text ?? ""
        let known = estate.jobType(named: name)
        let id = node["id"]?.text.flatMap { GUID($0) } ?? known?.id ?? Identifiers.fixed(.jobType, name, seed: seed)
        if known == nil || known?.id == id, let other = estate.jobTypes[id], other.name.lowercased() != name.lowercased() {
            return note(node["id"], "the job type '\(other.name)' has this id already")
        }
        let fields = node["fields"].map { node in
            node.items.map { field in
                JobType.Field(
                    name: field["name"]?.text ?? "",
                    type: JobType.FieldType.allCases.first { $0.name == field["type"]?.text } ?? .string,
                    isRequired: field["required"]?.boolean ?? false, defaultValue: field["default"]?.text)
            }
        }
        for (field, item) in zip(fields ?? [], node["fields"]?.items ?? []) {
            guard let text = field.defaultValue, !field.type.accepts(text) else { continue }
            note(item["default"], "'\(Mistake.shortened(text))' is no value of type \(field.type.name)")
        }
        estate.put(
            JobType(
                id: id, name: name, description: node["description"]?.text ?? known?.description ?? "",
                fields: fields ?? known?.fields ?? []))
    }

    private mutating func addStoreType(_ node: YAMLNode) {
        let shortName = node["shortName"]?.text ?? ""
        let known = storeTypeNumbers[shortName.lowercased()].flatMap { estate.storeTypes[$0] }
        let number = node["number"]?.integer ?? known?.number ?? max(102, (estate.storeTypes.lastKey ?? 0) + 1)
        if let other = estate.storeTypes[number], other.shortName.lowercased() != shortName.lowercased() {
            return note(node["number"], "the store type '\(other.shortName)' has this number already")
        }
        let supports = node["supports"].map { Set($0.items.compactMap { $0.text.flatMap { StoreType.Operation(rawValue: $0) } }) }
        put(
            StoreType(
                number: number, name: node["name"]?.text ?? known?.name ?? shortName, shortName: shortName,
                capability: node["capability"]?.text ?? known?.capability ?? shortName,
                supports: supports ?? known?.supports ?? [.add, .create, .remove],
                details: StoreType.Details(node, changing: known?.details ?? .standard)))
    }

    private mutating func addContainer(_ node: YAMLNode) {
        let name = node["name"]?.text ?? ""
        let known = containerIDs[name.lowercased()]
        let id = node["id"]?.integer ?? known ?? (estate.containers.lastKey ?? 0) + 1
        if let other = estate.containers[id], other.name.lowercased() != name.lowercased() {
            return note(node["id"], "the container '\(other.name)' has this id already")
        }
        containerIDs[name.lowercased()] = id
        estate.containers.put(
            Container(
                id: id, name: name, schedule: schedule(node["schedule"]),
                storeType: node["storeType"].flatMap { find($0, in: storeTypeNumbers, "store type") },
                overwritesSchedules: node["overwriteSchedules"]?.boolean ?? false), at: id)
    }

    private mutating func addAgent(_ node: YAMLNode) {
        let machine = node["machine"]?.text ?? ""
        let known = agentIDs[machine.lowercased()].flatMap { estate.agents[$0] }
        let standard = known ?? agent(machine, .approved, ["LOGS"])
        let id = node["id"]?.text.flatMap { GUID($0) } ?? standard.id
        if known.map({ $0.id != id }) ?? (estate.agents[id] != nil) {
            return note(
                node["id"],
                "an agent's id is given once; machine '\(known?.machine ?? estate.agents[id]?.machine ?? "")' has another or this one")
        }
        let capabilities = node["capabilities"]?.items.compactMap(\.text) ?? standard.capabilities
        let polls = node["polls"]?.boolean ?? standard.polls
        // One that falls silent was last seen now; one that speaks again is seen all the time.
        let seen = polls ? (standard.polls ? standard.lastSeen : nil) : standard.lastSeen(by: now)
        put(
            Agent(
                id: id, machine: standard.machine, username: node["username"]?.text ?? standard.username,
                platform: node["platform"]?.integer ?? standard.platform, version: node["version"]?.text ?? standard.version,
                status: Agent.Status.allCases.first { $0.name.lowercased() == node["status"]?.text } ?? standard.status,
                lastSeen: node["lastSeen"]?.time.map { $0.resolved(from: now) } ?? seen, capabilities: capabilities,
                polls: polls, blueprint: node["blueprint"]?.text ?? standard.blueprint,
                certificateReenrollment: Agent.CertificateReenrollment.allCases.first {
                    $0.name.lowercased() == node["certificateReenrollment"]?.text
                } ?? standard.certificateReenrollment))
    }

    private mutating func addStores(_ node: YAMLNode) {
        let machine = node["machine"]?.text ?? ""
        let path = node["path"]?.text ?? ""
        let type = node["type"].flatMap { find($0, in: storeTypeNumbers, "store type") } ?? 2
        let agent = node["agent"].flatMap { $0.isNull ? nil : find($0, in: agentIDs, "agent") }
        let container = node["container"].flatMap { $0.isNull ? nil : find($0, in: containerIDs, "container") }
        let schedule = node["schedule"].map { self.schedule($0) }
        if node["id"] != nil, let count = node["count"]?.integer, count != 1 {
            note(node["id"], "'id' goes with one store, and 'count' makes \(count)")
        }
        let properties = node["properties"].map { node in
            var writer = JSONWriter(capacity: 64)
            writer.object { writer in
                for entry in node.entries {
                    writer.name(anyText: entry.key.text ?? "")
                    writer.value(entry.value.text ?? "")
                }
            }
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        guard stores.count + (node["count"]?.integer ?? 1) <= Self.mostStores else {
            return note(node["count"] ?? node, "an estate has at most \(Self.mostStores) certificate stores")
        }
        let reader = InventoryReader(machine: machine, path: path, type: type, seed: seed, now: now)
        let inventory = reader.entries(node["inventory"], &estate.certificates, &mistakes)
        for path in node["count"]?.integer.map({ count in (0..<count).map { "\(path).\($0 + 1)" } }) ?? [path] {
            let known = stores[StoreKey(machine: machine.lowercased(), path: path, type: type)]
            var made = known ?? store(machine, path, type: type)
            if let id = node["id"]?.text.flatMap({ GUID($0) }), id != made.id { made = made.renamed(id) }
            if node["agent"] != nil { made.agent = agent }
            if node["container"] != nil { made.container = container }
            if let approved = node["approved"]?.boolean { made.isApproved = approved }
            if let properties { made.properties = properties }
            if let inventory { made.inventory = estate.certificates.entries(inventory) }
            put(made)
            if let schedule = self.schedule(of: made, said: schedule, isNew: known == nil) { schedules[made.id] = schedule }
        }
    }

    /// What a store's schedule becomes: a container's reaches the stores put into it, and those with one of their own if it overwrites.
    ///
    /// - Returns: `nil` to leave it as it is.
    private func schedule(of store: CertificateStore, said: Schedule??, isNew: Bool) -> Schedule?? {
        let container = store.container.flatMap { estate.containers[$0] }
        if let container, container.overwritesSchedules, let schedule = container.schedule { return schedule }
        if let said { return said }
        return isNew ? container?.schedule.map { .some($0) } : nil
    }

    private mutating func addJob(_ node: YAMLNode) {
        guard let agent = node["agent"].flatMap({ find($0, in: agentIDs, "agent") }) else { return }
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("AgentId", agent)
            writer.member("JobTypeName", node["jobType"]?.text)
            for (name, key) in [("Schedule", "schedule"), ("JobFields", "fields")] {
                guard let part = node[key] else { continue }
                writer.name(name)
                part.write(to: &writer)
            }
        }
        guard let body = try? JSONDocument(writer.bytes, values: .max) else { return }
        do throws(Refusal) {
            estate.schedule(try CustomJobRequest.read(body.root, estate, fidelity), now: now)
        } catch {
            note(node, error.message)
        }
    }

    private mutating func schedule(_ node: YAMLNode?) -> Schedule? {
        guard let node, !node.isNull else { return nil }
        do throws(Refusal) {
            guard case .set(let schedule) = try Schedule.read(node.json, path: "schedule", fidelity) else { return nil }
            try schedule.requireInventory(product)
            return schedule
        } catch {
            note(node, error.message)
        }
        return nil
    }

    /// Looks a name up, without case; a name of nothing is a mistake.
    private mutating func find<ID>(_ node: YAMLNode, in names: [String: ID], _ what: String) -> ID? {
        let name = node.text ?? ""
        if let id = names[name.lowercased()] { return id }
        // As many as are shown: looking for the nearest of many names takes its time.
        let nearest = mistakes.count < 20 ? nearestWord(to: name, among: names.keys.sorted()).map { "did you mean '\($0)'?" } : nil
        mistakes.append(Mistake(node.mark, "there is no \(what) '\(Mistake.shortened(name))'", hint: nearest))
        return nil
    }

    private mutating func note(_ node: YAMLNode?, _ message: String) {
        mistakes.append(Mistake(node?.mark ?? Mark(line: 1, column: 1, width: 0), message))
    }
}
