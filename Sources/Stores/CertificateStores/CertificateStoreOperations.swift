import Base
import Entities
import MicroHTTP
public import Model
import Orchestrators

/// What can be asked of certificate stores.
public enum CertificateStoreOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        [
            CertificateStore.noun.list(
                sortedBy: "ClientMachine",
                established: """
                    members down to the spelling `Storepath`, nulls sent, default sort ClientMachine, query fields; passwords masked; \
                    `ReenrollmentStatus` where it is not supported (recorded, documented)
                    """,
                assumed: """
                    stores in containers that the caller may not read are left out and not counted; `ReenrollmentStatus` where the type \
                    enrolls and the agent is approved; `Password` null without one; a look at the jobs on the stores that it shows
                    """
            ).showing { call, estate throws(Refusal) in
                try CertificateStore.noun.page(call, estate, sortedBy: "ClientMachine").rows.flatMap { estate.jobs(on: $0) }
            },
            CertificateStore.noun.get(established: "members (recorded); text of the 404 (recorded)", assumed: "as the list")
                .showing { call, estate throws(Refusal) in estate.jobs(on: try CertificateStore.noun.find(.storesRead, call, estate)) },
            schedule, inventory, inventories,
        ] + CertificateStoreChanges.all + CertificateStoreJobs.all

    /// Replaces the inventory schedule of every store named, or of none.
    private static let schedule = Operation(
        .post, "/CertificateStores/Schedule", needs: .containers(.storesSchedule), takes: Contents.of(ScheduleStoresRequest.model, .create),
        established: """
            body, 204 without a body, permission, that it replaces each store's schedule and that its job id is null without one \
            (documented); an agent must be approved before jobs are scheduled (documented of agents)
            """,
        assumed: "all of its 400s; all or nothing; when a job keeps its id"
    ) { call, estate throws(Refusal) in
        let request = try ScheduleStoresRequest(try call.object(), call.fidelity)
        let schedule = try request.inventorySchedule(call)
        let stores = try stores(request.stores, .storesSchedule, call, estate, member: "StoreIds")
        let reasons = stores.compactMap { store in
            objection(to: store, in: estate).map { "Certificate store with id '\(store.id.text)' \($0)." }
        }
        guard reasons.isEmpty else { throw failed(reasons, "StoreIds") }
        let now = call.now
        return .commit { estate in
            for id in request.stores { estate.scheduleInventory(of: id, schedule, now: now) }
            return Reply(204)
        }
    }

    /// Documented: paged and sorted, without a QueryString.
    private static let inventory = Operation(
        .get, "/CertificateStores/{id}/Inventory", needs: .containers(.storesRead),
        returns: Contents.array(Contents.of(InventoryRow.model, .shown)), query: Operation.Parameter.list(filters: false), counts: true,
        established: "members, paging and sorting without a query; `[]` for a store without certificates (documented, recorded)",
        assumed: """
            sorted by Name; `CertState` is always 1, `Metadata` empty; entries of one alias are one element with a chain; a read of the jobs on \
            the store
            """
    ) { call, estate throws(Refusal) in
        let store = try CertificateStore.noun.find(.storesRead, call, estate)
        let rows = GatheredRows(all: store.inventory.map { InventoryRow(store: store, entry: $0) })
        let fields = InventoryRow.model.queryFields(call.view(.shown, estate))
        let page = try call.page(of: rows, fields: fields, defaultSort: "Name", takesQuery: false)
        return .reply(call.list(page, InventoryRow.model, .shown, estate))
    }.reading { call, estate throws(Refusal) in estate.jobs(on: try CertificateStore.noun.find(.storesRead, call, estate)) }

    /// Assumed: in the order of the stores, then by Name.
    private static let inventories = Operation(
        .get, "/CertificateStores/Inventory", since: .v25, needs: .containers(.storesRead),
        returns: Contents.array(Contents.of(InventoryRow.model, .shown)), query: Operation.Parameter.list(), counts: true,
        established: "that 25 has it (documented)",
        assumed: """
            everything else, by analogy with the inventory of one store; query fields of stores, Name, CertStoreId; a read of the jobs on \
            all stores that the caller may read
            """
    ) { call, estate throws(Refusal) in
        let stores = estate.stores.all.filter { !$0.inventory.isEmpty && isReadable($0, by: call) }
        let rows = GatheredRows(all: stores.flatMap { store in store.inventory.map { InventoryRow(store: store, entry: $0) } })
        let view = call.view(.shown, estate)
        let fields =
            InventoryRow.model.queryFields(view) + CertificateStore.model.queryFields(view).map { $0.of { $0.store } }
        return .reply(call.list(try call.page(of: rows, fields: fields, defaultSort: nil), InventoryRow.model, .shown, estate))
    }.reading { call, estate throws(Refusal) in
        estate.stores.all.filter { isReadable($0, by: call) }.flatMap { estate.jobs(on: $0) }
    }

    private static func isReadable(_ store: CertificateStore, by call: Call) -> Bool {
        call.caller.permissions.allow(.storesRead, container: store.container)
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
    static func objection(to store: CertificateStore, in estate: Estate) -> String? {
        if !store.isApproved { return "must be approved before it can be scheduled" }
        guard let id = store.agent, let agent = estate.agents[id] else { return "has no agent assigned" }
        return agent.status == .approved ? nil : "is served by the agent '\(agent.machine)', which is \(agent.status.name), not Approved"
    }

    /// The refusal of several stores.
    static func failed(_ reasons: [String], _ member: String?) -> Refusal {
        .failed((member.map { $0 + ": " } ?? "") + reasons.joined(separator: " "), reasons)
    }
}
