import Base
import Entities
import MicroHTTP
import Model

/// `PUT /CertificateStores/AssignContainer`: puts stores into a container that exists, or into a new one.
struct ContainerAssignment: Modelled {
    private var container: Int?
    private var newName: String?
    private var newType = Patch<Int>.absent
    private var stores: [GUID] = []

    private static let model = Model<ContainerAssignment>([.update: "AssignContainerRequest"], blank: { .init() }) {
        Asked("CertStoreContainerId", .number(null: 0), in: .update, \.container)
        Asked("NewContainerName", .text.limited(to: 128), in: .update) { $0.newName = $1.value.flatMap { $0.isEmpty ? nil : $0 } }
        // -1 is what a container says of itself that takes every type.
        Asked("NewContainerType", .number(null: -1), in: .update, \.newType)
        Asked("KeystoreIds", .guids(of: "store"), in: .update, required: "at least one store id", \.stores)
    }

    static let operation = Operation(
        .put, "/CertificateStores/AssignContainer", needs: .containers(.storesModify), takes: Contents.of(model, .update),
        returns: Contents.array(Contents.of(CertificateStore.model, .shown)),
        established: "body, NewContainerName needs NewContainerType, 200 with the stores, permission (documented)",
        assumed: "both or neither of id and name get 400; a store of another type gets 400"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(model, .update)
        let container = try asked.container(call, estate)
        let stores = try CertificateStoreOperations.stores(asked.stores, .storesModify, call, estate, member: "KeystoreIds")
        let misfits = stores.filter { $0.type != container.storeType ?? $0.type }.map {
            "Certificate store with id '\($0.id.text)' is of type \($0.type), the container takes stores of type \(container.storeType ?? -1)."
        }
        guard misfits.isEmpty else { throw CertificateStoreOperations.failed(misfits, "KeystoreIds") }
        return .commit { estate in
            if estate.containers[container.id] == nil { estate.containers.put(container, at: container.id) }
            for id in asked.stores { estate.changeStore(id, now: call.now) { store, _ in store.container = container.id } }
            let rows = asked.stores.compactMap { estate.stores[$0] }
            var reply = call.list(Page(rows: rows, total: 0), CertificateStore.model, .shown, estate)
            reply.total = nil
            return reply
        }
    }

    /// The container that the request names, or the new one that it describes. Both or none is refused (assumed).
    private func container(_ call: Call, _ estate: Estate) throws(Refusal) -> Container {
        guard (container == nil) != (newName == nil) else {
            throw .badArgument("Expected either CertStoreContainerId or NewContainerName, found \(container == nil ? "neither" : "both").")
        }
        if let container { return try Container.noun.find(container, .storesModify, call, estate) }
        try call.require(.storesModify, container: nil)
        if case .absent = newType {
            throw .badArgument(
                "NewContainerType: expected the number of a certificate store type, or -1 for any, since NewContainerName is given.",
                member: "NewContainerType")
        }
        if let type = newType.value, estate.storeTypes[type] == nil { throw .storeTypeNotFound(type).forUnknownID(call.fidelity) }
        guard let newName, !estate.containers.all.contains(where: { $0.name.lowercased() == newName.lowercased() }) else {
            throw .alreadyExists("certificate store container", "NewContainerName", newName ?? "")
        }
        return Container(id: estate.freeContainerID, name: newName, schedule: nil, storeType: newType.value, overwritesSchedules: false)
    }
}
