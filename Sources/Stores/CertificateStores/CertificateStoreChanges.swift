import Base
import Entities
import MicroHTTP
import Model

/// What changes certificate stores: create, update, delete, approve, new passwords.
enum CertificateStoreChanges {
    static let all = [create, update, deleteMany, delete, approve, setPassword, ContainerAssignment.operation]

    private static let needs = Need.containers(.storesModify)

    /// Recorded: a store made so is approved, whatever the request says.
    private static let create = Operation(
        .post, "/CertificateStores", needs: needs, takes: Contents.of(CertificateStore.model, .create),
        returns: Contents.of(CertificateStore.model, .written),
        established: """
            200 with the store; `StorePath` in and `Storepath` out, `Approved` true whatever is sent, `{}` repeated, `ReenrollmentStatus` \
            and `Password` null, secrets among the properties as GUIDs (recorded); permission (documented)
            """,
        assumed: "all of its 400s; 404 for an unknown type, agent or container"
    ) { call, estate throws(Refusal) in
        let draft = try call.read(CertificateStore.model)
        let new = try store(draft, call, estate)
        try draft.requireKnown(call, estate)
        try call.require(.storesModify, container: draft.container.value)
        try draft.check(new, call, estate)
        guard estate.store(machine: new.machine, path: new.path, type: new.type) == nil else {
            throw .alreadyExists("certificate store of type \(new.type) on '\(new.machine)'", "StorePath", new.path)
        }
        return .commit { estate in
            var store = new.renamed(estate.identifiers.next(.store))
            draft.apply(to: &store, secrets: estate.secrets(ofStoreType: store.type), &estate.identifiers)
            estate.add(store, schedule: draft.schedule.value?.schedule, now: call.now)
            return answer(store.id, draft, call, estate)
        }
    }

    /// Machine, path, type and approval cannot be changed so.
    private static let update = Operation(
        .put, "/CertificateStores", needs: needs, takes: Contents.of(CertificateStore.model, .update),
        returns: Contents.of(CertificateStore.model, .written),
        established: """
            body, 200 with the store, permission; what is left out is cleared: ContainerId, AgentId, InventorySchedule, Properties, \
            CreateIfMissing (documented); clients send the whole object back (client)
            """,
        assumed: """
            `Password` stays if it is left out, and so do ClientMachine and Storepath, which the page calls required; answers as POST does; all \
            of its 400s
            """
    ) { call, estate throws(Refusal) in
        let draft = try call.read(CertificateStore.model, .update).clearingWhatIsLeftOut
        let store = try CertificateStore.noun.find(draft.id, .storesModify, call, estate)
        try draft.requireKnown(call, estate)
        try call.require(.storesModify, container: draft.container.applied(to: store.container))
        try draft.check(store, call, estate)
        return .commit { estate in
            let secrets = estate.secrets(ofStoreType: store.type)
            estate.changeStore(draft.id, schedule: draft.scheduleChange, now: call.now) { draft.apply(to: &$0, secrets: secrets, &$1) }
            return answer(draft.id, draft, call, estate)
        }
    }

    private static let delete = Operation(
        .delete, "/CertificateStores/{id}", needs: needs, established: "204 (recorded)",
        assumed: "permission; text of the 404 as of GET; jobs of the store go with it"
    ) { call, estate throws(Refusal) in
        let id = try CertificateStore.noun.find(.storesModify, call, estate).id
        return .commit { estate in
            estate.removeStore(id)
            return Reply(204)
        }
    }

    private static let deleteMany = Operation(
        .delete, "/CertificateStores", needs: needs, takes: Contents.guids,
        established: """
            an array of ids, 204, permission (documented, client); single failures are ignored, what can be deleted is (documented)
            """,
        assumed:
            "a store out of reach is such a failure; the ids that failed do not come back, since a 204 has no body; jobs go with stores"
    ) { call, estate throws(Refusal) in
        let permissions = call.caller.permissions
        let ids = try call.bodyIDs(of: "store").filter { id in
            estate.stores[id].map { permissions.allow(.storesModify, container: $0.container) } ?? false
        }
        return .commit { estate in
            for id in ids { estate.removeStore(id) }
            return Reply(204)
        }
    }

    private static let approve = Operation(
        .post, "/CertificateStores/Approve", needs: needs, takes: Contents.array(Contents.of(CertificateStore.model, .approve)),

        established: """
            an array of objects, 204, permission, `InventorySchedule` in 25 only; all are of one store type (documented)
            """,
        assumed: """
            all of its 400s; all or none; CertStoreType may be left out, as the descriptions have it, though a page calls it required; a \
            store that is approved is changed like the others
            """
    ) { call, estate throws(Refusal) in
        var drafts: [CertificateStore.Draft] = []
        for (index, element) in try call.array(of: "stores to approve").enumerated() {
            var draft = CertificateStore.Draft()
            try CertificateStore.model.read(element, at: "[\(index)]", call.reading(.approve), into: &draft)
            try draft.requireKnown(at: "[\(index)].", call, estate)
            drafts.append(draft)
        }
        let stores = try CertificateStoreOperations.stores(drafts.map(\.id), .storesModify, call, estate)
        if let odd = stores.firstIndex(where: { $0.type != stores[0].type }) {
            throw .badArgument(
                "[\(odd)].Id: expected a store of type \(stores[0].type), as the first one is, found one of type \(stores[odd].type).",
                member: "[\(odd)].Id")
        }
        for (index, (draft, store)) in zip(drafts, stores).enumerated() {
            try draft.checkApproval(of: store, at: "[\(index)].", call, estate)
        }
        return .commit { [drafts] estate in
            for (draft, store) in zip(drafts, stores) {
                let secrets = estate.secrets(ofStoreType: store.type)
                estate.changeStore(draft.id, schedule: draft.scheduleChange, now: call.now) { store, identifiers in
                    store.isApproved = true
                    draft.apply(to: &store, secrets: secrets, &identifiers)
                }
            }
            return Reply(204)
        }
    }

    private static let setPassword = Operation(
        .put, "/CertificateStores/Password", needs: needs, takes: Contents.of(NewPassword.model, .update),
        established: "body, `NewPassword` as text or object, 204, permission, no job (documented)", assumed: "all of its 400s"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(NewPassword.model, .update)
        let id = try CertificateStore.noun.find(asked.store, .storesModify, call, estate).id
        return .commit { estate in
            estate.stores.change(id) { $0.hasPassword = asked.password.over($0.hasPassword) }
            return Reply(204)
        }
    }

    /// The store that a draft describes, with nothing but what tells it from others.
    private static func store(_ draft: CertificateStore.Draft, _ call: Call, _ estate: Estate) throws(Refusal) -> CertificateStore {
        let type = draft.type ?? 0
        guard estate.storeTypes[type] != nil else { throw .storeTypeNotFound(type).forUnknownID(call.fidelity) }
        return CertificateStore(
            id: .empty, machine: draft.machine, path: draft.path, type: type, agent: nil, container: nil, isApproved: true)
    }

    /// The answer to a write: recorded for POST, assumed for PUT.
    private static func answer(_ id: GUID, _ draft: CertificateStore.Draft, _ call: Call, _ estate: Estate) -> Reply {
        let view = View(
            .written, estate, product: call.product, now: call.now, call.fidelity, repeatsEmptySchedule: draft.schedule.value == .off)
        return call.object { writer in
            if let store = estate.stores[id] { CertificateStore.model.write(store, view, to: &writer) }
        }
    }
}

/// The body of `PUT /CertificateStores/Password`.
private struct NewPassword: Modelled {
    var store = GUID.empty
    var password = Secret.unchanged

    static let model = Model<NewPassword>([.update: "StorePasswordRequest"], blank: { .init() }) {
        Asked("CertStoreId", .guid, in: .update, required: "a store's id", \.store)
        Asked(
            "NewPassword", .secret(takesText: true), in: .update,
            required: "a string or an object such as {\"SecretValue\":\"...\"}", \.password)
    }
}
