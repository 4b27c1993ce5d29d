import Base
import Entities
import MicroHTTP
public import Model

/// What can be done with roles.
public enum RoleOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        [
            SecurityRole.noun.list(
                sortedBy: "Id", formInVersionTwo: .listed, also: [.init(name: "Validate", schema: .boolean)],
                established: """
                    members of the first version, words for permissions (recorded); of the second, with the number of claims (documented for \
                    25); paging, permission (documented); queries by name (client)
                    """,
                assumed: "default sort Id; other fields; `Validate` says nothing; which word is which path; first version in 10 as in 11"),
            SecurityRole.noun.get(
                established:
                    "members of the first version, text of the 404 (recorded); of the second, with paths and claims (documented for 25)",
                assumed: "second version in 11 as in 25"),
            create, update, delete, copy, identities, setIdentities,
        ] + RolePermissions.operations

    private static let create = Operation(
        .post, "/Security/Roles", versionTwoSince: .v11, needs: .everywhere(.securityModify), takes: SecurityRole.noun.content(.create),
        returns: SecurityRole.noun.content(.shown), established: "body, 200 with the role (recorded, client); permission (documented)",
        assumed: """
            all of its 400s; without a PermissionSetId, which the second version requires, the set named Global; names differ without case; claims that are not known are made
            """
    ) { call, estate throws(Refusal) in
        let draft = try call.read(SecurityRole.noun.model(for: call))
        var role = try draft.role(over: SecurityRole(id: 0, name: ""), call, estate)
        return .commit { estate in
            role.id = estate.security.next(.role)
            return draft.put(role, call, &estate)
        }
    }

    private static let update = Operation(
        .put, "/Security/Roles", versionTwoSince: .v11, needs: .everywhere(.securityModify), takes: SecurityRole.noun.content(.update),
        returns: SecurityRole.noun.content(.shown),
        established: "body, 200 with the role (client); what is left out is cleared (documented of others); permission (documented)",
        assumed: """
            all of its 400s; the first version keeps claims and permissions for single objects, the second identities; of an immutable \
            role it changes identities or claims alone
            """
    ) { call, estate throws(Refusal) in
        let draft = try call.read(SecurityRole.noun.model(for: call), .update)
        let known = try SecurityRole.noun.find(draft.id, .securityModify, call, estate)
        let role = try draft.role(over: known, call, estate)
        if known.isImmutable {
            // A client may send back what it read, where everything is spelled out.
            let (before, after) = (PermissionWords.expanded(known.permissions), PermissionWords.expanded(role.permissions))
            guard role.name == known.name, Set(before) == Set(after) else { throw .roleImmutable(known.name) }
        }
        return .commit { estate in draft.put(role, call, &estate) }
    }

    private static let delete = Operation(
        .delete, "/Security/Roles/{id}", needs: .everywhere(.securityModify), id: .integer,
        established: "204 (recorded); text of the 404 (recorded)", assumed: "permission; 400 for an immutable role; users lose it"
    ) { call, estate throws(Refusal) in
        let role = try SecurityRole.noun.find(.securityModify, call, estate)
        if role.isImmutable { throw .roleImmutable(role.name) }
        return .commit { estate in
            estate.security.removeRole(role.id)
            return Reply(204)
        }
    }

    private static let copy = Operation(
        .post, "/Security/Roles/{id}/Copy", needs: .everywhere(.securityModify), takes: Contents.of(RoleCopy.model, .create),
        returns: Contents.of(SecurityRole.model, .shown), id: .integer, established: "body (documented)",
        assumed: "permission; Name is required; permissions, identities and claims are copied; the copy can be changed"
    ) { call, estate throws(Refusal) in
        var role = try SecurityRole.noun.find(.securityModify, call, estate)
        let draft = try call.read(RoleCopy.model)
        guard estate.security.roles.named(draft.name) == nil else { throw .alreadyExists("security role", "Name", draft.name) }
        role.name = draft.name
        role.description = draft.description ?? role.description
        role.emailAddress = draft.emailAddress
        role.isImmutable = false
        let copy = role
        return .commit { estate in
            var copy = copy
            copy.id = estate.security.next(.role)
            estate.security.put(copy)
            return call.object(copy, SecurityRole.model, .shown, estate)
        }
    }

    private static let identities = Operation(
        .get, "/Security/Roles/{id}/Identities", needs: .everywhere(.securityRead),
        returns: Contents.array(Contents.of(IdentityOfRole.model, .shown)), id: .integer, established: "members (documented)",
        assumed: "permission"
    ) { call, estate throws(Refusal) in .reply(members(of: try SecurityRole.noun.find(.securityRead, call, estate), call, estate)) }

    private static let setIdentities = Operation(
        .put, "/Security/Roles/{id}/Identities", needs: .everywhere(.securityModify), takes: Contents.of(RoleIdentities.model, .update),
        returns: Contents.array(Contents.of(IdentityOfRole.model, .shown)), id: .integer,
        established: "body of Ids, 200 with the identities (documented)",
        assumed: "permission; they replace those before; 404 for an unknown one"
    ) { call, estate throws(Refusal) in
        var role = try SecurityRole.noun.find(.securityModify, call, estate)
        role.identities = try call.read(RoleIdentities.model, .update).ids.distinct
        for id in role.identities { _ = try SecurityIdentity.noun.find(id, .securityModify, call, estate) }
        let changed = role
        return .commit { estate in
            estate.security.put(changed)
            return members(of: changed, call, estate)
        }
    }

    private static func members(of role: SecurityRole, _ call: Call, _ estate: Estate) -> Reply {
        let all = role.identities.compactMap { estate.security.identities[$0] }.map { IdentityOfRole(id: $0.id, name: $0.accountName) }
        return call.bareList(all, IdentityOfRole.model, estate)
    }
}

extension Call {
    /// A reply with all rows of a short list, which is not paged.
    func bareList<Row>(_ rows: [Row], _ model: Model<Row>, _ estate: Estate) -> Reply {
        var reply = list(Page(rows: rows, total: rows.count), model, .shown, estate)
        reply.total = nil
        return reply
    }
}
