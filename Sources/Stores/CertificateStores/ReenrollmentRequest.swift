import Base
import Entities
import MicroHTTP
import Model
import Orchestrators

/// `POST /CertificateStores/Reenrollment`: the agent makes a key and asks for a certificate of it; assumed: at once.
struct ReenrollmentRequest: Modelled {
    private var store = GUID.empty
    private var subject = ""
    private var agent = GUID.empty
    private var alias: String?

    private static let model = Model<ReenrollmentRequest>([.create: "ReenrollmentRequest"], blank: { .init() }) {
        Asked("KeystoreId", .guid, required: "a store's id", \.store)
        Asked("SubjectName", .text, required: "a subject such as CN=www.example.com", \.subject)
        Asked("AgentGuid", .guid, required: "the id of the agent that serves the store", \.agent)
        Asked("Alias", .alias) { $0.alias = $1.value.flatMap { $0.isEmpty ? nil : $0 } }
        Asked(dropped: "JobProperties", .object)
        ["CertificateAuthority", "CertificateTemplate"].map { Field(asked: [Asked(ignored: $0)]) }
        [
            "EnrollmentPatternId", "SANs", "Overwrite", "Metadata", "AdditionalEnrollmentFields", "OwnerRoleId", "OwnerRoleName",
        ].map { Field(asked: [Asked(ignored: $0, of: { $0 > .v10 })]) }
    }

    static let operation = Operation(
        .post, "/CertificateStores/Reenrollment", needs: .all([.everywhere(.enrollCSR), .containers(.storesModify)]),
        takes: Contents.of(model, .create),
        established: "body, AgentGuid required, in 25 Alias, too, 204, permissions (documented)",
        assumed: """
            all of its 400s; another agent than the store's gets one; it runs at once; its certificate comes from nowhere; before 25 no Alias
            """
    ) { call, estate throws(Refusal) in
        let asked = try call.read(model)
        let store = try CertificateStore.noun.find(asked.store, .storesModify, call, estate)
        if let objection = CertificateStoreOperations.objection(to: store, in: estate) {
            throw .badArgument("KeystoreId: the store \(objection).")
        }
        let agent = asked.agent
        guard estate.agents[agent] != nil else { throw .agentNotFound(agent).forUnknownID(call.fidelity) }
        guard agent == store.agent else {
            throw .badArgument("AgentGuid: expected the agent that serves the store, found another.", member: "AgentGuid")
        }
        guard estate.storeTypes[store.type]?.supports.contains(.enrollment) == true else {
            throw .badArgument("KeystoreId: Key generation is not supported by the agent for this store.")
        }
        // Documented for 25; what earlier pages have is not known.
        guard asked.alias != nil || call.product < .v25 else {
            throw .badArgument("Alias: expected the certificate's alias in the store, found nothing.", member: "Alias")
        }
        try estate.requireRoom(forJobs: 1)
        let order = JobOrder(
            agent: agent, kind: .reenrollment, type: estate.jobTypeName(.reenrollment, storeType: store.type), schedule: .immediate,
            store: store.id, target: store.path, change: .enroll(alias: asked.alias, subject: asked.subject))
        return .commit { estate in
            estate.schedule(order, now: call.now)
            return Reply(204)
        }
    }
}
