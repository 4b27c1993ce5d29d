import Base
public import Entities
import MicroHTTP
import Model
import Orchestrators

/// What makes jobs on certificate stores other than inventory: certificates in and out, reenrollment, discovery.
enum CertificateStoreJobs {
    static let all = [addCertificate, removeCertificate, ReenrollmentRequest.operation, DiscoveryRequest.operation]

    /// To read certificates, all or those of the collection that the request names, and to schedule jobs on the stores.
    private static let needs = Need.all([.containers(.certificatesRead), .containers(.storesSchedule)])

    private static let addCertificate = Operation(
        .post, "/CertificateStores/Certificates/Add", needs: needs,
        takes: Contents.of(ManagementRequest.model, .create), returns: Contents.guids,
        established: "body, 200 with a job id for each store (documented, client); permissions (documented)",
        assumed: """
            all of its 400s; `Immediate` and `ExactlyOnce` only; any CertificateId is taken, but a certificate without a key is refused where \
            `IncludePrivateKey` is true; when the inventory shows it
            """
    ) { call, estate throws(Refusal) in
        let asked = try call.read(ManagementRequest.model, .create)
        if call.fidelity.missingKeys == .refuse, asked.entries.contains(where: \.includesKey),
            let known = estate.certificates[asked.certificate], known.key == nil
        {
            throw .noPrivateKey
        }
        return try manage(asked, .add, call, estate) { entry in
            .add(alias: entry.alias, certificate: asked.certificate, overwrites: entry.overwrites)
        }
    }

    private static let removeCertificate = Operation(
        .post, "/CertificateStores/Certificates/Remove", needs: needs,
        takes: Contents.of(ManagementRequest.model, .update), returns: Contents.guids, established: "as Add (documented, client)",
        assumed: "as Add; an alias is required"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(ManagementRequest.model, .update)
        return try manage(asked, .remove, call, estate) { .remove(alias: $0.alias ?? "") }
    }

    /// A management job for each entry, in the order named. One store that cannot have it refuses all (assumed).
    private static func manage(
        _ asked: ManagementRequest, _ operation: StoreType.Operation, _ call: Call, _ estate: Estate,
        _ change: (ManagementRequest.Entry) -> InventoryChange
    ) throws(Refusal) -> Outcome {
        guard let schedule = asked.schedule.value?.schedule else {
            throw .badArgument("Schedule: expected one of Immediate, ExactlyOnce, found none.", member: "Schedule")
        }
        try schedule.require([.immediate, .exactlyOnce], for: "a certificate's \(operation == .add ? "addition" : "removal")")
        guard call.caller.permissions.allow(.certificatesRead, container: asked.collection) else {
            throw .forbidden(call.caller.name, Permission.certificatesRead.rawValue)
        }
        let ids = asked.entries.map(\.store)
        let stores = try CertificateStoreOperations.stores(ids, .storesSchedule, call, estate, member: "CertificateStores")
        var orders: [JobOrder] = []
        var reasons: [String] = []
        for (store, entry) in zip(stores, asked.entries) {
            switch estate.managementOrder(operation, change(entry), on: store, schedule) {
            case .success(let order): orders.append(order)
            case .failure(let objection): reasons.append("Certificate store with id '\(store.id.text)' \(objection.text).")
            }
        }
        guard reasons.isEmpty else { throw CertificateStoreOperations.failed(reasons, "CertificateStores") }
        try estate.requireRoom(forJobs: orders.count)
        return .commit { [orders] estate in
            let jobs = orders.map { estate.schedule($0, now: call.now) }
            var writer = JSONWriter(style: call.style)
            writer.array(jobs) { $0.value($1.id) }
            return Reply(200, writer.bytes)
        }
    }
}

extension Estate {
    /// Why a certificate cannot be put into a store or taken out of it.
    public struct Objection: Error {
        /// What holds of the store, as the end of a sentence: "has no agent assigned".
        public let text: String
    }

    /// The job that puts a certificate into a store or takes one out.
    ///
    /// - Parameters:
    ///   - operation: which of the two.
    ///   - change: what happens in the store's inventory.
    ///   - store: the store.
    ///   - schedule: when.
    /// - Returns: the job, or why there can be none.
    public func managementOrder(
        _ operation: StoreType.Operation, _ change: InventoryChange, on store: CertificateStore, _ schedule: Schedule
    ) -> Result<JobOrder, Objection> {
        let type = storeTypes[store.type]
        if let objection = CertificateStoreOperations.objection(to: store, in: self) { return .failure(Objection(text: objection)) }
        guard type?.supports.contains(operation) == true, let agent = store.agent else {
            return .failure(Objection(text: "is of type '\(type?.shortName ?? "")', which lacks \(operation.rawValue)"))
        }
        return .success(
            JobOrder(
                agent: agent, kind: .management, type: jobTypeName(.management, storeType: store.type), schedule: schedule, store: store.id,
                target: store.path, change: change))
    }
}

/// The bodies of `POST /CertificateStores/Certificates/Add` (create) and `…/Remove` (update). Passwords are read and dropped; JobFields
/// are looked at and not kept.
struct ManagementRequest: Modelled {
    var certificate = 0
    var collection: Int?
    var entries: [Entry] = []
    var schedule = Patch<Schedule.Asked>.absent

    struct Entry: Modelled {
        var store = GUID.empty
        var alias: String?
        var overwrites = false
        var includesKey = false

        static let model = Model<Entry>(blank: { .init() }) {
            Asked("CertificateStoreId", .guid, in: .requests, required: "a store's id", \.store)
            Asked("Alias", .text) { $0.alias = $1.value.flatMap { $0.isEmpty ? nil : $0 } }
            // Required here (assumed): nothing else says what is to go.
            Asked("Alias", .text, in: .update, required: "an alias", \.alias)
            Asked(dropped: "JobFields", .object, in: .requests)
            Asked("Overwrite", .flag, \.overwrites)
            Asked(dropped: "EntryPassword", .secret)
            Asked(dropped: "PfxPassword", .secret(takesText: true))
            Asked("IncludePrivateKey", .flag, \.includesKey)
        }
    }

    static let model = Model<ManagementRequest>(
        [.create: "AddCertificateRequest", .update: "RemoveCertificateRequest"], blank: { .init() }
    ) {
        Asked("CertificateId", .certificateID, required: "a certificate's id", \.certificate)
        Asked("CertificateStores", .objects(Entry.model), in: .requests, required: "at least one object", \.entries)
        Asked("Schedule", .scheduleOrOff, in: .requests, \.schedule)
        Asked("CollectionId", .number(null: 0), in: .requests, \.collection)
    }
}

extension Kind where Value == Int {
    /// The CertificateId of a certificate.
    fileprivate static var certificateID: Kind {
        let number = Kind.number
        return Kind(.integer, write: number.write) { value, place, reading throws(Refusal) in
            let patch = try number.read(value, place, reading)
            if let id = patch.value, id < 1 { throw .badArgument("\(place): expected a certificate's id, found \(id).") }
            return patch
        }
    }
}
