import MicroHTTP

/// What can be asked of certificate stores.
enum CertificateStoreEndpoints {
    static let all: [Endpoint] =
        [
            Endpoint(.get, "/CertificateStores", needs: .containers(.storesRead), list),
            Endpoint(.get, "/CertificateStores/{id}", needs: .containers(.storesRead), get),
            Endpoint(.post, "/CertificateStores/Schedule", needs: .containers(.storesSchedule), takesBody: true, schedule),
        ] + CertificateStoreInventory.all + CertificateStoreChanges.all + CertificateStoreJobs.all

    static func list(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let page = try call.page(
            of: estate.stores, fields: CertificateStoreFields.all(estate), defaultSort: "ClientMachine",
            isVisible: call.visible(.storesRead) { $0.container })
        return .reply(call.list(page) { $1.write(to: &$0, estate, on: call.now) })
    }

    static func get(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let id = try call.guid("id")
        guard let store = estate.stores[id] else { throw .storeNotFound(id).forUnknownID(call.fidelity) }
        try call.require(.storesRead, container: store.container)
        return .reply(call.object { store.write(to: &$0, estate, on: call.now) })
    }

    /// `POST /CertificateStores/Schedule`: replaces the inventory schedule of every store named, or of none.
    static func schedule(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: ["StoreIds", "Schedule"])
        let ids = try body.guids("StoreIds", of: "store")
        let schedule = try inventorySchedule(body["Schedule"], call)
        try check(ids, call, estate)
        let now = call.now
        return .commit { estate in
            for id in ids { estate.scheduleInventory(of: id, schedule, now: now) }
            return Reply(204)
        }
    }

    private static func inventorySchedule(_ value: JSONValue?, _ call: Call) throws(Refusal) -> Schedule? {
        switch try Schedule.read(value, call.fidelity) {
        case .missing where call.fidelity.missingSchedule == .refuse:
            throw .badArgument(
                "Schedule: expected an object such as {\"Interval\":{\"Minutes\":60}}, or {} to turn the schedule off; found nothing.")
        case .missing, .off:
            return nil
        case .set(let schedule):
            try schedule.requireInventory(call.product)
            return schedule
        }
    }

    /// The stores of some ids. One that is unknown or out of reach refuses the whole request.
    ///
    /// - Parameters:
    ///   - ids: the stores.
    ///   - permission: what the caller must be allowed for each of them.
    ///   - call: the call.
    ///   - estate: where the stores are.
    ///   - member: the member that holds the ids; `nil` for the body itself.
    /// - Throws: a 403, or a refusal that names every unknown store.
    /// - Returns: the stores, in the same order.
    static func stores(
        _ ids: [GUID], _ permission: Permission, _ call: Call, _ estate: Estate, member: String? = nil
    ) throws(Refusal) -> [CertificateStore] {
        var stores: [CertificateStore] = []
        var reasons: [String] = []
        for id in ids where reasons.count < Refusal.mostReasons {
            guard let store = estate.stores[id] else {
                reasons.append("Certificate store with id '\(id.text)' does not exist.")
                continue
            }
            try call.require(permission, container: store.container)
            stores.append(store)
        }
        guard reasons.isEmpty else { throw failed(reasons, member).forUnknownID(call.fidelity) }
        return stores
    }

    /// Why nothing can be scheduled on a store; `nil` if something can.
    static func objection(to store: CertificateStore) -> String? {
        if !store.isApproved { return "must be approved before it can be scheduled" }
        return store.agent == nil ? "has no agent assigned" : nil
    }

    private static func failed(_ reasons: [String], _ member: String?) -> Refusal {
        .failed((member.map { $0 + ": " } ?? "") + reasons.joined(separator: " "), reasons)
    }

    private static func check(_ ids: [GUID], _ call: Call, _ estate: Estate) throws(Refusal) {
        let stores = try stores(ids, .storesSchedule, call, estate, member: "StoreIds")
        let reasons = stores.compactMap { store in
            objection(to: store).map { "Certificate store with id '\(store.id.text)' \($0)." }
        }
        guard reasons.isEmpty else { throw failed(reasons, "StoreIds") }
    }
}
