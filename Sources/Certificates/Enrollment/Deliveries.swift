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
            key is refused as Recover refuses it
            """
    ) { call, estate throws(Refusal) in
        let asked = try call.read(DeploymentRequest.model)
        let certificate = try asked.certificate(in: estate, call)
        guard certificate.key != nil else { throw .noPrivateKey }
        let stores = asked.deliveries(estate)
        guard !stores.isEmpty else { throw .badArgument("Stores: expected at least one store, found none.", member: "Stores") }
        try estate.requireRoom(forJobs: stores.count)
        return .commit { estate in
            let (done, failed) = estate.deliver(certificate.id, to: stores, at: asked.jobTime, call)
            return call.object(DeploymentAnswer(done: done, failed: failed), DeploymentAnswer.model, .shown, estate)
        }
    }

    private static let replace = Operation(
        .post, "/Enrollment/PFX/Replace", needs: needs, takes: Contents.of(DeploymentRequest.model, .update),
        returns: Contents.of(DeploymentAnswer.model, .shown), established: "body, answer (documented)",
        assumed: "a management job for each store that holds the existing certificate, under the same alias"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(DeploymentRequest.model, .update)
        let certificate = try asked.certificate(in: estate, call)
        guard estate.certificates[asked.existing] != nil else { throw .certificateNotFound(asked.existing).forUnknownID(call.fidelity) }
        let stores = estate.locations(of: asked.existing).map {
            StoreDelivery(store: $0.store.id, alias: $0.entry.alias, overwrites: true)
        }
        try estate.requireRoom(forJobs: stores.count)
        return .commit { estate in
            let (done, failed) = estate.deliver(certificate.id, to: stores, at: asked.jobTime, call)
            return call.object(DeploymentAnswer(done: done, failed: failed), DeploymentAnswer.model, .shown, estate)
        }
    }
}

extension Estate {
    /// Schedules the management jobs that put a certificate into stores.
    ///
    /// - Parameters:
    ///   - certificate: the certificate's id.
    ///   - stores: where it is to go.
    ///   - moment: when; at once if left out.
    ///   - call: who asks.
    /// - Returns: the stores that have a job now, and those that cannot have one.
    mutating func deliver(_ certificate: Int, to stores: [StoreDelivery], at moment: Timestamp?, _ call: Call) -> (
        done: [GUID], failed: [GUID]
    ) {
        var (done, failed): ([GUID], [GUID]) = ([], [])
        for delivery in stores {
            let change = InventoryChange.add(alias: delivery.alias, certificate: certificate, overwrites: delivery.overwrites)
            let schedule = moment.map { Schedule.exactlyOnce($0) } ?? .immediate
            guard let store = self.stores[delivery.store],
                call.caller.permissions.allow(.storesSchedule, container: store.container),
                case .success(let order) = managementOrder(.add, change, on: store, schedule)
            else {
                failed.append(delivery.store)
                continue
            }
            self.schedule(order, now: call.now)
            done.append(delivery.store)
        }
        return (done, failed)
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
        stores.isEmpty ? StoreTypeDelivery.deliveries(to: ids, types, estate) : stores
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
        Asked("Alias", .text) { $0.alias = $1.value.flatMap { $0.isEmpty ? nil : $0 } }
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
