import Base
import Entities
import MicroHTTP
public import Model

/// What can be done with claims.
public enum ClaimOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        [
            SecurityClaim.noun.list(
                sortedBy: "Id", established: "members (recorded); paging; queries by ClaimType and ClaimValue (documented, client)",
                assumed: "permission; default sort Id; field Description"),
            SecurityClaim.noun.get(established: "members (recorded)", assumed: "permission; text of the 404"), roles,
        ] + [create, update, delete]

    private static let roles = Operation(
        .get, "/Security/Claims/Roles", since: .v11, needs: .everywhere(.securityRead),
        returns: Contents.array(Contents.of(RoleOfClaim.model, .shown)),
        query: [
            .init(name: "ClaimType", schema: .text, isRequired: true), .init(name: "ClaimValue", schema: .text, isRequired: true),
            .init(name: "ProviderAuthenticationScheme", schema: .text, isRequired: true),
        ], established: "parameters, members (documented)",
        assumed: "permission; all three parameters are required; `[]` for an unknown claim"
    ) { call, estate throws(Refusal) in
        let claim = SecurityClaim(
            id: 0, kind: try kind(call), value: try call.required("ClaimValue"), description: "",
            scheme: try call.required("ProviderAuthenticationScheme"))
        let known = estate.security.claim(like: claim)
        let roles = estate.security.roles.all.filter { role in known.map { role.claims.contains($0.id) } ?? false }
        return .reply(call.bareList(roles.map { RoleOfClaim(role: $0) }, RoleOfClaim.model, estate))
    }

    private static let create = Operation(
        .post, "/Security/Claims", since: .v11, needs: .everywhere(.securityModify), takes: Contents.of(SecurityClaim.model, .create),
        returns: Contents.of(SecurityClaim.model, .shown),
        established: "body with the number of the type, 200 with the claim and the type's name (recorded)",
        assumed: "permission; any authentication scheme is taken; 400 for a claim that is there already"
    ) { call, estate throws(Refusal) in
        var claim = try call.read(SecurityClaim.model)
        guard estate.security.claim(like: claim) == nil else { throw .alreadyExists("claim", "ClaimValue", claim.value) }
        return .commit { estate in
            claim.id = estate.security.next(.claim)
            estate.security.put(claim)
            return call.object(claim, SecurityClaim.model, .shown, estate)
        }
    }

    private static let update = Operation(
        .put, "/Security/Claims", since: .v11, needs: .everywhere(.securityModify), takes: Contents.of(SecurityClaim.model, .update),
        returns: Contents.of(SecurityClaim.model, .shown), established: "body of Id and Description, 200 with the claim (recorded)",
        assumed: "permission"
    ) { call, estate throws(Refusal) in
        let draft = try call.read(SecurityClaim.model, .update)
        var claim = try SecurityClaim.noun.find(draft.id, .securityModify, call, estate)
        claim.description = draft.description
        return .commit { estate in
            estate.security.put(claim)
            return call.object(claim, SecurityClaim.model, .shown, estate)
        }
    }

    private static let delete = Operation(
        .delete, "/Security/Claims/{id}", since: .v11, needs: .everywhere(.securityModify), id: .integer, established: "204 (recorded)",
        assumed: "permission; roles that it gave lose it"
    ) { call, estate throws(Refusal) in
        let claim = try SecurityClaim.noun.find(.securityModify, call, estate)
        return .commit { estate in
            estate.security.removeClaim(claim.id)
            return Reply(204)
        }
    }

    /// The type of a claim in the query, by name or number.
    private static func kind(_ call: Call) throws(Refusal) -> SecurityClaim.Kind {
        let text = try call.required("ClaimType").trimmed
        guard
            let kind = SecurityClaim.Kind.allCases.first(where: { $0.name.lowercased() == text.lowercased() || String($0.rawValue) == text }
            )
        else {
            throw .badArgument("ClaimType: expected \(SecurityClaim.Kind.oneOfAll), found '\(text.prefix(60))'.", member: "ClaimType")
        }
        return kind
    }
}

extension SecurityTables {
    /// The claim that is the same as another, whatever it is called.
    func claim(like claim: SecurityClaim) -> SecurityClaim? { claims.rows(holding: claim.value)?.first { $0.isSame(as: claim) } }
}

extension Call {
    /// A parameter of the query that must be there and hold something.
    func required(_ name: String) throws(Refusal) -> String {
        guard let text = query[name.lowercased()], !text.isEmpty else {
            throw .badArgument("\(name): expected a value in the query, found nothing.", member: name)
        }
        return text
    }
}
