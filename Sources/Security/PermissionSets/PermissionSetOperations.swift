import Base
import Entities
import MicroHTTP
public import Model

/// What can be done with permission sets.
public enum PermissionSetOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        [
            PermissionSet.noun.list(
                sortedBy: "Name", established: "members, paging, permission (documented); scripts look for the one named Global (client)",
                assumed: "default sort Name; fields Id and Name"),
            PermissionSet.noun.get(established: "members (documented)", assumed: "text of the 404"), mine,
        ] + [create, update, delete]

    private static let mine = Operation(
        .get, "/PermissionSets/My", since: .v25, needs: .nothing, returns: Contents.array(Contents.of(PermissionSet.model, .shown)),
        established: "that 25 has it (documented)", assumed: "the sets of the caller's roles; all of them for one who may do everything"
    ) { call, estate in
        let sets = Set(call.caller.roles.compactMap { estate.security.roles.named($0)?.permissionSet })
        let all = estate.security.permissionSets.all.filter { call.caller.permissions.grantsAll || sets.contains($0.id) }
        return .reply(call.bareList(all, PermissionSet.model, estate))
    }

    private static let create = Operation(
        .post, "/PermissionSets", since: .v11, needs: .everywhere(.securityModify), takes: Contents.of(PermissionSet.model, .create),
        returns: Contents.of(PermissionSet.model, .shown), established: "body, 200 with the set (documented)",
        assumed: "permission; names differ without case; any path is taken"
    ) { call, estate throws(Refusal) in
        var set = try call.read(PermissionSet.model)
        guard estate.security.permissionSets.named(set.name) == nil else { throw .alreadyExists("permission set", "Name", set.name) }
        return .commit { estate in
            set.id = estate.identifiers.next(.security)
            estate.security.permissionSets.put(set, at: set.id)
            return call.object(set, PermissionSet.model, .shown, estate)
        }
    }

    private static let update = Operation(
        .put, "/PermissionSets", since: .v11, needs: .everywhere(.securityModify), takes: Contents.of(PermissionSet.model, .update),
        returns: Contents.of(PermissionSet.model, .shown), established: "body without a name, 200 with the set (documented)",
        assumed: "permission; any path is taken"
    ) { call, estate throws(Refusal) in
        let draft = try call.read(PermissionSet.model, .update)
        var set = try PermissionSet.noun.find(draft.id, .securityModify, call, estate)
        set.permissions = draft.permissions
        return .commit { estate in
            estate.security.permissionSets.put(set, at: set.id)
            return call.object(set, PermissionSet.model, .shown, estate)
        }
    }

    private static let delete = Operation(
        .delete, "/PermissionSets/{id}", since: .v11, needs: .everywhere(.securityModify), established: "204 (documented)",
        assumed: "permission; 400 for a set that roles belong to"
    ) { call, estate throws(Refusal) in
        let set = try PermissionSet.noun.find(.securityModify, call, estate)
        if let role = estate.security.roles.all.first(where: { $0.permissionSet == set.id }) {
            throw .inUse("The permission set '\(set.name)'", by: "the security role '\(role.name)'")
        }
        return .commit { estate in
            estate.security.permissionSets.remove(set.id)
            return Reply(204)
        }
    }
}
