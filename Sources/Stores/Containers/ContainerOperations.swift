import Base
import Entities
import MicroHTTP
public import Model

/// What can be done with certificate store containers.
public enum ContainerOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        [
            Container.noun.list(
                sortedBy: "Id", form: .listed,
                established: """
                    members, compact `Schedule`, `CertStoreType` -1 for any in 25, `X-Total-Count` (recorded); query fields (documented)
                    """,
                assumed: "default sort Id; -1 in earlier releases; containers out of reach are left out and not counted"),
            Container.noun.get(
                established: "members, `Schedule` as an object (documented)", assumed: "text of the 404; -1 for any type"),
        ] + [create, update, delete]

    private static let create = Operation(
        .post, "/CertificateStoreContainers", needs: .containers(.storesModify), takes: Contents.of(Container.model, .create),
        returns: Contents.of(Container.model, .written),
        established: "body, permission (documented); the answer repeats the time sent (recorded for applications)",
        assumed:
            "all of its 400s; `CertStoreType` -1 if left out, where the page says 0 (JKS); `CertificateStores` of the request says nothing"
    ) { call, estate throws(Refusal) in
        var container = try container(try call.read(Container.model), call, estate)
        return .commit { estate in
            container.id = estate.freeContainerID
            estate.containers.put(container, at: container.id)
            return call.object(container, Container.model, .written, estate)
        }
    }

    private static let update = Operation(
        .put, "/CertificateStoreContainers", needs: .containers(.storesModify), takes: Contents.of(Container.model, .update),
        returns: Contents.of(Container.model, .written),
        established: """
            body; stores in it take on the schedule, `OverwriteSchedules` decides for those that have one; what is left out is cleared; permission (documented)
            """,
        assumed: "all of its 400s"
    ) { call, estate throws(Refusal) in
        let draft = try call.read(Container.model, .update)
        _ = try Container.noun.find(draft.id, .storesModify, call, estate)
        let container = try container(draft, call, estate)
        try requireType(container, ofAllStoresIn: estate)
        let turnsOff = draft.schedule.value == .off
        return .commit { estate in
            estate.containers.put(container, at: container.id)
            for store in estate.stores.rows(inGroup: container.id) {
                estate.takeOnContainerSchedule(store.id, orOff: turnsOff, now: call.now)
            }
            return call.object(container, Container.model, .written, estate)
        }
    }

    /// The stores in it stay, with the schedules they have, in no container.
    private static let delete = Operation(
        .delete, "/CertificateStoreContainers/{id}", needs: .containers(.storesModify), id: .integer,
        established: "204; the stores stay (documented)", assumed: "permission; they keep their schedules, in no container"
    ) { call, estate throws(Refusal) in
        let id = try Container.noun.find(.storesModify, call, estate).id
        return .commit { estate in
            estate.removeContainer(id)
            return Reply(204)
        }
    }

    /// The container that a draft describes, held against the others.
    private static func container(_ draft: Container.Draft, _ call: Call, _ estate: Estate) throws(Refusal) -> Container {
        let name = draft.name.lowercased()
        guard !estate.containers.all.contains(where: { $0.id != draft.id && $0.name.lowercased() == name }) else {
            throw .alreadyExists("certificate store container", "Name", draft.name)
        }
        if let type = draft.storeType, estate.storeTypes[type] == nil { throw .storeTypeNotFound(type).forUnknownID(call.fidelity) }
        return Container(
            id: draft.id, name: draft.name, schedule: draft.schedule.value?.schedule, storeType: draft.storeType,
            overwritesSchedules: draft.overwritesSchedules)
    }

    private static func requireType(_ container: Container, ofAllStoresIn estate: Estate) throws(Refusal) {
        guard let type = container.storeType else { return }
        guard let other = estate.stores.rows(inGroup: container.id).first(where: { $0.type != type }) else { return }
        throw .badArgument(
            "CertStoreType: expected the store type of all stores in the container, found \(type); the store with id '\(other.id.text)' is of \(other.type).",
            member: "CertStoreType")
    }
}
