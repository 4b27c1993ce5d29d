import Base
import Entities
import MicroHTTP
public import Model

/// What can be done with identities, and what a caller may know of its own rights.
public enum IdentityOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] = [
        SecurityIdentity.noun.list(
            sortedBy: "Id", filters: false, also: [.init(name: "Validate", schema: .boolean)],
            established: "members, roles with an empty PermissionSetId, `X-Total-Count` (recorded); paging without a query (documented)",
            assumed: "permission; default sort Id; `Validate` says nothing: every identity is valid"),
        lookup, get, create, delete, my,
    ]

    private static let lookup = Operation(
        .get, "/Security/Identities/Lookup", needs: .everywhere(.securityRead), returns: Contents.of(AccountLookup.model, .shown),
        query: [.init(name: "accountName", schema: .text, isRequired: true)], established: "parameter, member (documented)",
        assumed: "permission; valid are the accounts of identities, and every other that names a domain"
    ) { call, estate throws(Refusal) in
        let account = try call.required("accountName")
        let isValid = account.contains("\\") || account.contains("@") || estate.security.identities.named(account) != nil
        return .reply(call.object(AccountLookup(isValid: isValid), AccountLookup.model, .shown, estate))
    }

    private static let get = Operation(
        .get, "/Security/Identities/{id}", needs: .everywhere(.securityRead), returns: Contents.of(IdentityPermissions.model, .shown),
        id: .integer, established: "members (documented)", assumed: "permission; the form of `Permission`: the path; text of the 404"
    ) { call, estate throws(Refusal) in
        let identity = try SecurityIdentity.noun.find(.securityRead, call, estate)
        return .reply(call.object(IdentityPermissions(identity, estate.security), IdentityPermissions.model, .shown, estate))
    }

    private static let create = Operation(
        .post, "/Security/Identities", needs: .everywhere(.securityModify), takes: Contents.of(SecurityIdentity.model, .create),
        returns: Contents.of(SecurityIdentity.model, .shown), established: "body, 200 with a User without roles (recorded)",
        assumed: "permission; any account is taken; 400 for one that is there already"
    ) { call, estate throws(Refusal) in
        var identity = try call.read(SecurityIdentity.model)
        guard estate.security.identities.named(identity.accountName) == nil else {
            throw .alreadyExists("security identity", "AccountName", identity.accountName)
        }
        return .commit { estate in
            identity.id = estate.security.next(.identity)
            estate.security.put(identity)
            return call.object(identity, SecurityIdentity.model, .shown, estate)
        }
    }

    private static let delete = Operation(
        .delete, "/Security/Identities/{id}", needs: .everywhere(.securityModify), id: .integer, established: "204 (recorded)",
        assumed: "permission; its roles lose it"
    ) { call, estate throws(Refusal) in
        let identity = try SecurityIdentity.noun.find(.securityModify, call, estate)
        return .commit { estate in
            estate.security.removeIdentity(identity.id)
            return Reply(204)
        }
    }

    private static let my = Operation(
        .get, "/Security/My", needs: .nothing, returns: Contents.of(CallerRights.model, .shown), established: "members (documented)",
        assumed: "the words of permissions; for a caller who may do everything all of them, and the immutable roles"
    ) { call, estate in
        .reply(call.object(CallerRights(call.caller, estate.security), CallerRights.model, .shown, estate))
    }
}
