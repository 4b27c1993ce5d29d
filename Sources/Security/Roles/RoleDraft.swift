import Base
import Entities
import Model

extension SecurityRole.Draft {
    /// The role that a request describes, held against the estate.
    ///
    /// - Parameters:
    ///   - known: the role as it was before.
    ///   - call: the request, whose version decides what it can say.
    ///   - estate: the estate.
    /// - Throws: a refusal that names the member.
    /// - Returns: the role; claims of the second version are added when it is put in.
    func role(over known: SecurityRole, _ call: Call, _ estate: Estate) throws(Refusal) -> SecurityRole {
        let security = estate.security
        if let other = security.roles.named(name), other.id != known.id { throw .alreadyExists("security role", "Name", name) }
        if let permissionSet, security.permissionSets[permissionSet] == nil {
            throw .permissionSetNotFound(permissionSet).forUnknownID(call.fidelity)
        }
        var role = known
        role.name = name
        role.description = description
        role.permissionSet = permissionSet ?? known.permissionSet ?? security.permissionSets.named("Global")?.id
        if call.apiVersion == 2 || call.product >= .v25 { role.emailAddress = emailAddress }
        if call.apiVersion == 2 {
            role.permissions = permissions.distinct
            return try role.limited()
        }
        role.isEnabled = isEnabled
        role.isPrivate = isPrivate
        role.permissions = (permissions + known.permissions.filter { PermissionWords.scope($0) != nil }).distinct
        role.identities = []
        for (index, reference) in accounts.enumerated() {
            guard let identity = security.identities.named(reference.account) else {
                throw .noSuchAccount("Identities[\(index)].AccountName", reference.account)
            }
            role.identities.append(identity.id)
        }
        role.identities = role.identities.distinct
        return try role.limited()
    }

    /// Puts a role in, with its claims, and answers with it in the version that was asked for.
    func put(_ role: SecurityRole, _ call: Call, _ estate: inout Estate) -> Reply {
        var role = role
        if call.apiVersion == 2 { role.claims = claims.map { estate.security.id(of: $0.claim) }.distinct }
        estate.security.put(role)
        return call.object(role, SecurityRole.noun.model(for: call), .shown, estate)
    }
}

extension SecurityRole {
    /// The most permissions of a role: a limit of the mock, since requests for parts of them look at all.
    private static let mostPermissions = 1_000

    /// The role, if it grants no more than it may.
    func limited() throws(Refusal) -> SecurityRole {
        guard permissions.count <= Self.mostPermissions else {
            throw .badArgument("Permissions: expected at most \(Self.mostPermissions) permissions, found \(permissions.count).")
        }
        return self
    }
}

extension SecurityTables {
    /// The Id of a claim, which is made if there is none like it.
    fileprivate mutating func id(of claim: SecurityClaim) -> Int {
        if let known = self.claim(like: claim) { return known.id }
        var claim = claim
        claim.id = next(.claim)
        put(claim)
        return claim.id
    }
}

extension Array where Element: Hashable {
    /// Each element once, in the order of first mention.
    var distinct: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

/// What a request says of a role's copy.
struct RoleCopy: Modelled {
    var name = ""
    var description: String?
    var emailAddress: String?

    static let model = Model<RoleCopy>([.create: "SecurityRoleCopyRequest"], blank: { .init() }) {
        Asked("Name", .text, required: "at least one character", \.name)
        Asked("Description", .text, \.description)
        Asked("EmailAddress", .text.limited(to: 256), \.emailAddress)
    }
}

/// The identities that a role is to have.
struct RoleIdentities: Modelled {
    var ids: [Int] = []

    static let model = Model<RoleIdentities>([.update: "SecurityRoleIdentitiesRequest"], blank: { .init() }) {
        Asked("Ids", .list(.number), in: .update, required: "an array of the ids of identities", \.ids)
    }
}

/// An identity as the list of a role's identities has it.
struct IdentityOfRole: Modelled {
    let id: Int
    let name: String

    static let model = Model<IdentityOfRole>([.shown: "IdentityOfRole"]) {
        Member("Id", .number) { $0.id }
        Member("Name", .text) { $0.name }
    }
}
