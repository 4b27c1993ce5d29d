import Base
import Entities
import MicroHTTP
import Model
import Orchestrators
import Stores

/// What puts an enrolled certificate into certificate stores, by a management job for each.
enum Deliveries {
    static let all = [deploy, replace]

    private static let needs = Need.all([.everywhere(.enrollPFX), .containers(.storesSchedule)])

    private static let deploy = Operation(
        .post, "/Enrollment/PFX/Deploy", needs: needs, takes: Contents.of(DeploymentRequest.model, .create),
        returns: Contents.of(DeploymentAnswer.model, .shown),
        established: "body, answer; `StoreTypes` say nothing where there are `Stores` (documented)",
        assumed: """
            a management job for each good store, as `POST /CertificateStores/Certificates/Add` makes it; a store that cannot have it stands in \
            `FailedStores`; the password is not looked at; 404 for an unknown certificate, and one without a \
            key is refused as Recover refuses it; what a pending request becomes goes to the stores when it is issued
            """
    ) { call, estate throws(Refusal) in
        let asked = try call.read(DeploymentRequest.model)
        let waiting = asked.id == nil ? asked.request.flatMap { estate.requests.waiting[$0] } : nil
        let certificate = waiting == nil ? try asked.certificate(in: estate, call) : nil
        guard (waiting?.key ?? certificate?.key) != nil else { throw .noPrivateKey }
        let stores = asked.deliveries(estate)
        guard !stores.isEmpty else { throw .badArgument("Stores: expected at least one store, found none.", member: "Stores") }
        guard stores.count + (waiting?.deliveries.count ?? 0) <= mostAwaited else {
            throw .badArgument("Stores: expected at most \(mostAwaited) stores, found \(stores.count).", member: "Stores")
        }
        try estate.requireRoom(forJobs: stores.count)
        return .commit { estate in
            let (orders, failed) = estate.orders(of: certificate?.id ?? 0, to: stores, call)
            if let waiting {
                estate.requests.waiting.change(waiting.id) { $0.deliveries += orders.map(\.delivery) }
            } else {
                for order in orders { estate.schedule(order.order, now: call.now) }
            }
            let answer = DeploymentAnswer(done: orders.map(\.delivery.store), failed: failed)
            return call.object(answer, DeploymentAnswer.model, .shown, estate)
        }
    }

    /// The most stores of one deployment, and that wait for one request.
    private static let mostAwaited = 1_000

    private static let replace = Operation(
        .post, "/Enrollment/PFX/Replace", needs: needs, takes: Contents.of(DeploymentRequest.model, .update),
        returns: Contents.of(DeploymentAnswer.model, .shown), established: "body, answer (documented)",
        assumed: "a management job for each store that holds the existing certificate, under the same alias"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(DeploymentRequest.model, .update)
        let certificate = try asked.certificate(in: estate, call)
        guard estate.certificates[asked.existing] != nil else { throw .certificateNotFound(asked.existing).forUnknownID(call.fidelity) }
        let stores = estate.locations(of: asked.existing).map {
            StoreDelivery(store: $0.store.id, alias: $0.entry.alias, overwrites: true).at(asked.jobTime)
        }
        try estate.requireRoom(forJobs: stores.count)
        return .commit { estate in
            let (done, failed) = estate.deliver(certificate.id, to: stores, call)
            return call.object(DeploymentAnswer(done: done, failed: failed), DeploymentAnswer.model, .shown, estate)
        }
    }
}

extension StoreDelivery {
    /// The same at a time.
    func at(_ moment: Timestamp?) -> StoreDelivery {
        var copy = self
        copy.moment = moment
        return copy
    }

    /// The job that puts a certificate into the store; `nil` if there is no such store, or it can have none.
    fileprivate func order(of certificate: Int, _ estate: Estate) -> JobOrder? {
        guard let store = estate.stores[store] else { return nil }
        let change = InventoryChange.add(alias: alias, certificate: certificate, overwrites: overwrites)
        let schedule = moment.map { Schedule.exactlyOnce($0) } ?? .immediate
        return try? estate.managementOrder(.add, change, on: store, schedule).get()
    }
}

extension Estate {
    /// The management jobs that put a certificate into stores.
    ///
    /// - Parameters:
    ///   - certificate: the certificate's id.
    ///   - stores: where it is to go.
    ///   - call: who asks.
    /// - Returns: the jobs, and the stores that cannot have one.
    fileprivate func orders(of certificate: Int, to stores: [StoreDelivery], _ call: Call) -> (
        orders: [(delivery: StoreDelivery, order: JobOrder)], failed: [GUID]
    ) {
        var (orders, failed): ([(delivery: StoreDelivery, order: JobOrder)], [GUID]) = ([], [])
        for delivery in stores {
            let isAllowed = call.caller.permissions.allow(.storesSchedule, container: self.stores[delivery.store]?.container)
            if isAllowed, let order = delivery.order(of: certificate, self) {
                orders.append((delivery, order))
            } else {
                failed.append(delivery.store)
            }
        }
        return (orders, failed)
    }

    /// Schedules the management jobs that put a certificate into stores.
    ///
    /// - Parameters:
    ///   - certificate: the certificate's id.
    ///   - stores: where it is to go.
    ///   - call: who asks.
    /// - Returns: the stores that have a job now, and those that cannot have one.
    mutating func deliver(_ certificate: Int, to stores: [StoreDelivery], _ call: Call) -> (done: [GUID], failed: [GUID]) {
        let (orders, failed) = orders(of: certificate, to: stores, call)
        for order in orders { schedule(order.order, now: call.now) }
        return (orders.map(\.delivery.store), failed)
    }

    /// Issues the certificate that a request has waited for, and schedules the jobs that put it where it was to go.
    ///
    /// - Parameters:
    ///   - request: the request, which is no longer listed then.
    ///   - order: what is to be issued.
    ///   - now: the world's time.
    /// - Returns: the certificate.
    mutating func grant(_ request: CertificateRequest, _ order: IssueOrder, now: Timestamp) -> Certificate {
        requests.waiting.remove(request.id)
        let certificate = issue(order, now: now)
        for order in request.deliveries.compactMap({ $0.order(of: certificate.id, self) }) { schedule(order, now: now) }
        return certificate
    }
}

/// The bodies of `POST /Enrollment/PFX/Deploy` (create) and `…/Replace` (update).
struct DeploymentRequest: Modelled {
    var stores: [StoreDelivery] = []
    var ids: [GUID] = []
    var types: [StoreTypeDelivery] = []
    var id: Int?
    var request: Int?
    var existing = 0
    var jobTime: Timestamp?

    private static let both: Forms = [.create, .update]

    static let model = Model<DeploymentRequest>(
        [.create: "EnrollmentManagementRequest", .update: "ExistingEnrollmentManagementRequest"], blank: { .init() }
    ) {
        Asked("ExistingCertificateId", .number, in: .update, required: "the id of a certificate", \.existing)
        Asked("Password", .text, required: "the password of the PFX") { _, _ in }
        Asked(dropped: "Password", .text, in: .update)
        Asked("Stores", .objects(StoreDelivery.model), \.stores)
        Asked("StoreIds", .list(.guid), \.ids)
        Asked("StoreTypes", .objects(StoreTypeDelivery.model), \.types)
        Asked("CertificateId", .number(null: 0), in: both, \.id)
        Asked("RequestId", .number(null: 0), in: both, \.request)
        Asked("JobTime", .time, in: both, \.jobTime)
    }

    /// The stores, with an alias where one was given; of those named by id alone, their types say it.
    func deliveries(_ estate: Estate) -> [StoreDelivery] {
        (stores.isEmpty ? StoreTypeDelivery.deliveries(to: ids, types, estate) : stores).map { $0.at(jobTime) }
    }

    /// The certificate that is to be delivered.
    func certificate(in estate: Estate, _ call: Call) throws(Refusal) -> Certificate {
        if let id {
            guard let known = estate.certificates[id] else { throw .certificateNotFound(id).forUnknownID(call.fidelity) }
            return known
        }
        guard let request else {
            throw .badArgument("CertificateId: expected the id of a certificate, found nothing.", member: "CertificateId")
        }
        guard let known = estate.certificates.find(request: request) else { throw .requestNotFound(request).forUnknownID(call.fidelity) }
        return known
    }
}

/// How a certificate goes into the stores of one type.
struct StoreTypeDelivery: Modelled {
    var type = -1
    var alias: String?
    var overwrites = false

    static let model = Model<StoreTypeDelivery>(blank: { .init() }) {
        Asked("StoreTypeId", .number, required: "a store type's id", \.type)
        Asked("Alias", .alias) { $0.alias = $1.value.flatMap { $0.isEmpty ? nil : $0 } }
        Asked("Overwrite", .flag, \.overwrites)
        Asked(ignored: "Properties")
    }

    /// How a certificate goes into stores that are named by id alone: as their types say.
    static func deliveries(to stores: [GUID], _ types: [StoreTypeDelivery], _ estate: Estate) -> [StoreDelivery] {
        stores.map { id in
            let type = estate.stores[id].flatMap { store in types.first { $0.type == store.type } }
            return StoreDelivery(store: id, alias: type?.alias, overwrites: type?.overwrites ?? false)
        }
    }
}

/// Which stores will have a certificate.
struct DeploymentAnswer: Modelled {
    let done: [GUID]
    let failed: [GUID]

    static let model = Model<DeploymentAnswer>([.shown: "EnrollmentManagementResponse"]) {
        Member("SuccessfulStores", .list(.guid)) { $0.done }
        Member("FailedStores", .list(.guid)) { $0.failed }
    }
}
