import MicroHTTP

/// What changes certificate stores: create, update, delete, approve, new passwords, containers.
enum CertificateStoreChanges {
    private static let needs = Need.containers(.storesModify)

    static let all: [Endpoint] = [
        Endpoint(.post, "/CertificateStores", needs: needs, takesBody: true, create),
        Endpoint(.put, "/CertificateStores", needs: needs, takesBody: true, update),
        Endpoint(.delete, "/CertificateStores", needs: needs, takesBody: true, deleteMany),
        Endpoint(.delete, "/CertificateStores/{id}", needs: needs, delete),
        Endpoint(.post, "/CertificateStores/Approve", needs: needs, takesBody: true, approve),
        Endpoint(.put, "/CertificateStores/Password", needs: needs, takesBody: true, setPassword),
        Endpoint(.put, "/CertificateStores/AssignContainer", needs: needs, takesBody: true, assignContainer),
    ]

    /// `POST /CertificateStores`. Recorded: a store made so is approved, whatever the request says.
    static func create(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: [
            "ContainerId", "ClientMachine", "Storepath", "CertStoreType", "CreateIfMissing", "Properties", "AgentId", "AgentAssigned",
            "InventorySchedule", "Password",
        ])
        let new = try NewCertificateStore(body, call, estate)
        let request = try CertificateStoreRequest(body, call, estate)
        try call.require(.storesModify, container: request.container.value)
        try request.check(new.store(GUID.empty), call, estate)
        try new.requireNone(in: estate)
        return .commit { estate in
            var store = new.store(estate.identifiers.next(.store))
            request.apply(to: &store, &estate.identifiers)
            estate.add(store, schedule: request.schedule.value, now: call.now)
            return answer(store.id, request, call, estate)
        }
    }

    /// `PUT /CertificateStores`: what is left out stays as it is; machine, path, type and approval cannot be changed so.
    static func update(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: [
            "Id", "ContainerId", "CreateIfMissing", "Properties", "AgentId", "InventorySchedule", "Password",
        ])
        let id = try body.requiredIdentifier("Id", "a store's id")
        let store = try Self.store(id, call, estate)
        let request = try CertificateStoreRequest(body, call, estate)
        try call.require(.storesModify, container: request.container.over(store.container))
        try request.check(store, call, estate)
        return .commit { estate in
            estate.changeStore(id, schedule: request.schedule, now: call.now) { request.apply(to: &$0, &$1) }
            return answer(id, request, call, estate)
        }
    }

    /// Recorded: 204.
    static func delete(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let id = try store(call.guid("id"), call, estate).id
        return .commit { estate in
            estate.removeStore(id)
            return Reply(204)
        }
    }

    /// All of them or, as assumed, none.
    static func deleteMany(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let ids = try call.bodyIDs(of: "store")
        _ = try CertificateStoreEndpoints.stores(ids, .storesModify, call, estate)
        return .commit { estate in
            for id in ids { estate.removeStore(id) }
            return Reply(204)
        }
    }

    /// `POST /CertificateStores/Approve`: all of them or, as assumed, none. A store that is approved already is changed like the others.
    static func approve(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let takesSchedule = call.product.traits.approvalSchedules
        let members = ["Id", "ContainerId", "CertStoreType", "Properties", "Password"] + (takesSchedule ? ["InventorySchedule"] : [])
        let objects = try JSONValue.objects(call.array(of: "stores to approve"), "", knowing: members, call.fidelity)
        var ids: [GUID] = []
        for (path, body) in objects { ids.append(try body.requiredIdentifier("Id", at: path, "a store's id")) }
        let stores = try CertificateStoreEndpoints.stores(ids, .storesModify, call, estate)
        var requests: [CertificateStoreRequest] = []
        for ((path, body), store) in zip(objects, stores) {
            let request = try CertificateStoreRequest(body, at: path, takesSchedule: takesSchedule, call, estate)
            if let type = try body.number("CertStoreType", at: path).value, type != store.type {
                throw .badArgument("\(path)CertStoreType: expected \(store.type), the store's type, found \(type).")
            }
            try call.require(.storesModify, container: request.container.over(store.container))
            var approved = store
            approved.isApproved = true
            try request.check(approved, at: path, call, estate)
            requests.append(request)
        }
        return .commit { estate in
            for (id, request) in zip(ids, requests) {
                estate.changeStore(id, schedule: request.schedule, now: call.now) { store, identifiers in
                    store.isApproved = true
                    request.apply(to: &store, &identifiers)
                }
            }
            return Reply(204)
        }
    }

    /// `PUT /CertificateStores/Password`. No job is made of it, as assumed.
    static func setPassword(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: ["CertStoreId", "NewPassword"])
        let id = try store(body.requiredIdentifier("CertStoreId", "a store's id"), call, estate).id
        guard let password = body["NewPassword"], !password.isNull else {
            throw .badArgument("NewPassword: expected a string or an object such as {\"SecretValue\":\"...\"}, found nothing.")
        }
        let secret = try Secret.read(password, path: "NewPassword", takesText: true)
        return .commit { estate in
            estate.stores.change(id) { $0.hasPassword = secret.over($0.hasPassword) }
            return Reply(204)
        }
    }

    /// `PUT /CertificateStores/AssignContainer`: into a container that there is, or into a new one.
    static func assignContainer(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: ["CertStoreContainerId", "NewContainerName", "NewContainerType", "KeystoreIds"])
        let ids = try body.guids("KeystoreIds", of: "store")
        let container = try self.container(body, call, estate)
        let stores = try CertificateStoreEndpoints.stores(ids, .storesModify, call, estate, member: "KeystoreIds")
        let misfits = stores.filter { $0.type != container.storeType ?? $0.type }.map {
            "Certificate store with id '\($0.id.text)' is of type \($0.type), the container takes stores of type \(container.storeType ?? -1)."
        }
        guard misfits.isEmpty else { throw .failed("KeystoreIds: \(misfits.joined(separator: " "))", misfits) }
        return .commit { estate in
            if estate.containers[container.id] == nil { estate.containers.put(container, at: container.id) }
            for id in ids { estate.changeStore(id, now: call.now) { store, _ in store.container = container.id } }
            let rows = ids.compactMap { estate.stores[$0] }
            var writer = JSONWriter(style: call.style)
            writer.array(rows) { $1.write(to: &$0, estate, on: call.now) }
            return Reply(200, writer.bytes)
        }
    }

    /// The container that a request names, or the new one that it describes. Both or none is refused, as assumed.
    private static func container(_ body: JSONValue, _ call: Call, _ estate: Estate) throws(Refusal) -> Container {
        let id = try body.number("CertStoreContainerId").countingAsNull { $0 == 0 }.value
        let name = try body.string("NewContainerName").countingAsNull(\.isEmpty).value
        // -1 is what a container says of itself that takes every type.
        let type = try body.number("NewContainerType").countingAsNull { $0 == -1 }.value
        guard (id == nil) != (name == nil) else {
            throw .badArgument("Expected either CertStoreContainerId or NewContainerName, found \(id == nil ? "neither" : "both").")
        }
        if let id {
            guard let container = estate.containers[id] else { throw .containerNotFound(id).forUnknownID(call.fidelity) }
            try call.require(.storesModify, container: id)
            return container
        }
        try call.require(.storesModify, container: nil)
        if let type, estate.storeTypes[type] == nil { throw .storeTypeNotFound(type).forUnknownID(call.fidelity) }
        guard let name, !estate.containers.all.contains(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw .alreadyExists("certificate store container", "NewContainerName", name ?? "")
        }
        return Container(id: estate.freeContainerID, name: name, schedule: nil, storeType: type, overwritesSchedules: false)
    }

    /// The store of an id, if there is one and the caller may change it.
    private static func store(_ id: GUID, _ call: Call, _ estate: Estate) throws(Refusal) -> CertificateStore {
        guard let store = estate.stores[id] else { throw .storeNotFound(id).forUnknownID(call.fidelity) }
        try call.require(.storesModify, container: store.container)
        return store
    }

    /// The answer to a write: recorded for POST, assumed for PUT.
    private static func answer(_ id: GUID, _ request: CertificateStoreRequest, _ call: Call, _ estate: Estate) -> Reply {
        call.object { writer in
            estate.stores[id]?.write(to: &writer, estate, on: call.now, as: .written(emptySchedule: request.hasEmptySchedule))
        }
    }
}

extension NewCertificateStore {
    /// The store, with nothing but what tells it from others.
    fileprivate func store(_ id: GUID) -> CertificateStore {
        CertificateStore(id: id, machine: machine, path: path, type: type, agent: nil, container: nil, isApproved: true)
    }
}
