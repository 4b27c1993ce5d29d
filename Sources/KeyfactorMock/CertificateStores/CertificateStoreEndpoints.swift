import MicroHTTP

/// What can be asked of certificate stores.
enum CertificateStoreEndpoints {
    static let all: [Endpoint] = [
        Endpoint(.get, "/CertificateStores", needs: .containers(.storesRead), list),
        Endpoint(.get, "/CertificateStores/{id}", needs: .containers(.storesRead), get),
        Endpoint(.post, "/CertificateStores/Schedule", needs: .containers(.storesSchedule), takesBody: true, seesTime: false, schedule),
    ]

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
            if !call.product.traits.weeklyInventory {
                try schedule.require(
                    [.immediate, .interval, .daily, .exactlyOnce], for: "an inventory job of Command \(call.product.rawValue)")
            }
            return schedule
        }
    }

    /// Refuses the whole request where one store is unknown, out of reach, or not approved.
    private static func check(_ ids: [GUID], _ call: Call, _ estate: Estate) throws(Refusal) {
        var unknown: [GUID] = []
        var unready: [(GUID, String)] = []
        for id in ids {
            guard let store = estate.stores[id] else {
                unknown.append(id)
                continue
            }
            try call.require(.storesSchedule, container: store.container)
            if !store.isApproved {
                unready.append((id, "must be approved before it can be scheduled"))
            } else if store.agent == nil {
                unready.append((id, "has no agent assigned"))
            }
        }
        if !unknown.isEmpty {
            let reasons = unknown.map { "Certificate store with id '\($0.text)' does not exist." }
            throw .failed("StoreIds: \(reasons.joined(separator: " "))", reasons).forUnknownID(call.fidelity)
        }
        if !unready.isEmpty {
            let reasons = unready.map { "Certificate store with id '\($0.0.text)' \($0.1)." }
            throw .failed("StoreIds: \(reasons.joined(separator: " "))", reasons)
        }
    }
}
