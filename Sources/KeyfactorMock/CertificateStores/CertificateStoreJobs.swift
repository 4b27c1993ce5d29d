import MicroHTTP

/// What makes jobs on certificate stores besides inventory: certificates in and out, reenrollment, discovery.
enum CertificateStoreJobs {
    private static let needs = Need.containers(.storesSchedule)

    static let all: [Endpoint] = [
        Endpoint(.post, "/CertificateStores/Certificates/Add", needs: needs, takesBody: true, addCertificate),
        Endpoint(.post, "/CertificateStores/Certificates/Remove", needs: needs, takesBody: true, removeCertificate),
        Endpoint(.post, "/CertificateStores/Reenrollment", needs: needs, takesBody: true, reenroll),
        Endpoint(.put, "/CertificateStores/DiscoveryJob", needs: .everywhere(.storesSchedule), takesBody: true, discover),
    ]

    /// Passwords are read and dropped; JobFields are looked at and not kept.
    static func addCertificate(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: ["CertificateId", "CertificateStores", "Schedule", "CollectionId"])
        let certificate = try body.requiredNumber("CertificateId", "a certificate's id")
        guard certificate >= 1 else { throw .badArgument("CertificateId: expected a certificate's id, found \(certificate).") }
        let entries = try body.objects(
            "CertificateStores",
            knowing: ["CertificateStoreId", "Alias", "JobFields", "Overwrite", "EntryPassword", "PfxPassword", "IncludePrivateKey"],
            call.fidelity)
        var ids: [GUID] = []
        var changes: [InventoryChange] = []
        for (path, entry) in entries {
            ids.append(try entry.requiredIdentifier("CertificateStoreId", at: path, "a store's id"))
            try requireObject("JobFields", of: entry, at: path)
            _ = try Secret.read(entry["EntryPassword"], path: path + "EntryPassword")
            _ = try Secret.read(entry["PfxPassword"], path: path + "PfxPassword", takesText: true)
            _ = try entry.truth("IncludePrivateKey", at: path)
            let alias = try entry.string("Alias", at: path).countingAsNull(\.isEmpty).value
            let overwrites = try entry.truth("Overwrite", at: path).value ?? false
            changes.append(.add(alias: alias, certificate: certificate, overwrites: overwrites))
        }
        return try manage(ids, changes, by: .add, body, call, estate)
    }

    /// An alias is needed, as assumed: nothing else says what is to go.
    static func removeCertificate(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: ["CertificateStores", "Schedule", "CollectionId"])
        let entries = try body.objects("CertificateStores", knowing: ["Alias", "CertificateStoreId", "JobFields"], call.fidelity)
        var ids: [GUID] = []
        var changes: [InventoryChange] = []
        for (path, entry) in entries {
            ids.append(try entry.requiredIdentifier("CertificateStoreId", at: path, "a store's id"))
            try requireObject("JobFields", of: entry, at: path)
            changes.append(.remove(alias: try entry.requiredText("Alias", at: path, "an alias")))
        }
        return try manage(ids, changes, by: .remove, body, call, estate)
    }

    /// `POST /CertificateStores/Reenrollment`: the agent makes a key and asks for a certificate of it; assumed: at once.
    static func reenroll(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        var members = ["KeystoreId", "SubjectName", "AgentGuid", "Alias", "JobProperties", "CertificateAuthority", "CertificateTemplate"]
        if call.product > .v10 {
            members += [
                "EnrollmentPatternId", "SANs", "Overwrite", "Metadata", "AdditionalEnrollmentFields", "OwnerRoleId", "OwnerRoleName",
            ]
        }
        let body = try call.object(knowing: members)
        let id = try body.requiredIdentifier("KeystoreId", "a store's id")
        guard let store = estate.stores[id] else { throw .storeNotFound(id).forUnknownID(call.fidelity) }
        try call.require(.storesSchedule, container: store.container)
        let subject = try body.requiredText("SubjectName", "a subject such as CN=www.example.com")
        let alias = try body.string("Alias").countingAsNull(\.isEmpty).value
        try requireObject("JobProperties", of: body)
        guard store.isApproved else { throw .badArgument("KeystoreId: the store must be approved before it can be scheduled.") }
        guard let agent = try body.identifier("AgentGuid").value ?? store.agent else {
            throw .badArgument("KeystoreId: the store has no agent assigned.")
        }
        guard estate.agents[agent] != nil else { throw .agentNotFound(agent).forUnknownID(call.fidelity) }
        guard estate.storeTypes[store.type]?.supports.contains(.enrollment) == true else {
            throw .badArgument("KeystoreId: Key generation is not supported by the agent for this store.")
        }
        try JobEndpoints.requireRoom(for: 1, estate)
        let order = JobOrder(
            agent: agent, kind: .reenrollment, type: estate.jobTypeName(.reenrollment, storeType: store.type), schedule: .immediate,
            store: id, target: store.path, change: .enroll(alias: alias, subject: subject))
        return .commit { estate in
            estate.schedule(order, now: call.now)
            return Reply(204)
        }
    }

    /// `PUT /CertificateStores/DiscoveryJob`. What it would find is not known, so that no store comes of it.
    static func discover(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: [
            "ClientMachine", "AgentId", "Type", "JobExecutionTimestamp", "Dirs", "IgnoredDirs", "Extensions", "NamePatterns", "SymLinks",
            "Compatibility", "ServerUsername", "ServerPassword", "ServerUseSsl",
        ])
        let type = try body.requiredNumber("Type", "the number of a certificate store type")
        guard let storeType = estate.storeTypes[type] else { throw .storeTypeNotFound(type).forUnknownID(call.fidelity) }
        guard storeType.supports.contains(.discovery) else {
            throw .badArgument("Type: stores of type '\(storeType.shortName)' cannot be discovered.")
        }
        let agent = try body.requiredIdentifier("AgentId", "an agent's id")
        guard let machine = estate.agents[agent]?.machine else { throw .agentNotFound(agent).forUnknownID(call.fidelity) }
        guard estate.agents[agent]?.status == .approved else {
            throw .badArgument("AgentId: the agent '\(machine)' is \(estate.agents[agent]?.status.name ?? ""), expected an Approved one.")
        }
        for name in ["ClientMachine", "IgnoredDirs", "Extensions", "NamePatterns"] { _ = try body.string(name) }
        for name in ["SymLinks", "Compatibility", "ServerUseSsl"] { _ = try body.truth(name) }
        for name in ["ServerUsername", "ServerPassword"] { _ = try Secret.read(body[name], path: name) }
        let order = JobOrder(
            agent: agent, kind: .discovery, type: estate.jobTypeName(.discovery, storeType: type), schedule: try start(body),
            target: try body.string("Dirs").value)
        try JobEndpoints.requireRoom(for: 1, estate)
        return .commit { estate in
            estate.schedule(order, now: call.now)
            return Reply(204)
        }
    }

    private static func start(_ body: JSONValue) throws(Refusal) -> Schedule {
        let name = "JobExecutionTimestamp"
        guard let text = try body.string(name).value else { return .immediate }
        guard let moment = Timestamp(text) else {
            throw .badArgument("\(name): expected a time such as 2026-11-22T20:00:00Z, found '\(text.prefix(60))'.", member: name)
        }
        return .exactlyOnce(moment)
    }

    private static func requireObject(_ name: String, of body: JSONValue, at path: String = "") throws(Refusal) {
        guard let value = body[name], !value.isNull, !value.isObject else { return }
        throw .badArgument("\(path)\(name): expected an object, found \(value.kindName).", member: path + name)
    }

    /// A management job for each entry, in the order named. One store that cannot have it refuses all, as assumed.
    private static func manage(
        _ ids: [GUID], _ changes: [InventoryChange], by operation: StoreType.Operation, _ body: JSONValue, _ call: Call, _ estate: Estate
    ) throws(Refusal) -> Outcome {
        _ = try body.number("CollectionId")
        guard case .set(let schedule) = try Schedule.read(body["Schedule"], call.fidelity) else {
            throw .badArgument("Schedule: expected one of Immediate, ExactlyOnce, found none.", member: "Schedule")
        }
        try schedule.require([.immediate, .exactlyOnce], for: "a certificate's \(operation == .add ? "addition" : "removal")")
        let stores = try CertificateStoreEndpoints.stores(ids, .storesSchedule, call, estate, member: "CertificateStores")
        var orders: [JobOrder] = []
        var reasons: [String] = []
        for (store, change) in zip(stores, changes) {
            let type = estate.storeTypes[store.type]
            if let objection = CertificateStoreEndpoints.objection(to: store) {
                reasons.append("Certificate store with id '\(store.id.text)' \(objection).")
            } else if type?.supports.contains(operation) != true {
                let name = type?.shortName ?? ""
                reasons.append("Certificate store with id '\(store.id.text)' is of type '\(name)', which lacks \(operation.rawValue).")
            } else if let agent = store.agent {
                orders.append(
                    JobOrder(
                        agent: agent, kind: .management, type: estate.jobTypeName(.management, storeType: store.type), schedule: schedule,
                        store: store.id, target: store.path, change: change))
            }
        }
        guard reasons.isEmpty else { throw .failed("CertificateStores: \(reasons.joined(separator: " "))", reasons) }
        try JobEndpoints.requireRoom(for: orders.count, estate)
        return .commit { estate in
            let jobs = orders.map { estate.schedule($0, now: call.now) }
            var writer = JSONWriter(style: call.style)
            writer.array(jobs) { $0.value($1.id) }
            return Reply(200, writer.bytes)
        }
    }
}
