import Base
import Entities
import MicroHTTP
import Model

/// What gives certificates to security roles.
enum CertificateOwners {
    static let all = [change, changeMany]

    private static let collection = [Operation.Parameter(name: "collectionId", schema: .integer)]

    private static let change = Operation(
        .put, "/Certificates/{id}/Owner", since: .v12, needs: .containers(.certificatesOwner),
        takes: Contents.of(OwnerRequest.model, .update),
        query: collection, id: .integer,
        established: "body, 204, noted in the history; the first release that has it, and its permission (documented)",
        assumed: "neither id nor name clears the owner; that the caller must hold both roles is not checked; 400 for an unknown role"
    ) { call, estate throws(Refusal) in
        let certificate = try CertificateScope(.certificatesOwner, call, estate).find(try Int.read(call))
        let owner = try call.read(OwnerRequest.model, .update).role(in: estate)
        return .commit { estate in
            estate.certificates.change(certificate.id) { $0.give(to: owner, call) }
            return Reply(204)
        }
    }

    private static let changeMany = Operation(
        .put, "/Certificates/OwnerBulk", since: .v25, needs: .containers(.certificatesOwner),
        takes: Contents.of(OwnerRequest.model, .create),
        query: collection, established: "that later builds of 25 have it (documented)",
        assumed: "everything else: `CertificateIds` with the owner's members; unknown ids are passed over"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(OwnerRequest.model, .create)
        let rows = try CertificateScope(.certificatesOwner, call, estate).certificates(ids: asked.ids, query: nil)
        let owner = try asked.role(in: estate)
        return .commit { estate in
            for row in rows { estate.certificates.change(row.id) { $0.give(to: owner, call) } }
            return Reply(204)
        }
    }
}

extension Certificate {
    fileprivate mutating func give(to owner: (id: Int, name: String)?, _ call: Call) {
        self.owner = owner?.id
        note(.init(at: call.now, user: call.caller.name, action: "Owner Changed", comment: owner?.name ?? "none"))
    }
}

/// Who is to own a certificate.
struct OwnerRequest: Modelled {
    var ids: [Int] = []
    var newRole: Int?
    var newRoleName: String?

    static let model = Model<OwnerRequest>([.update: "CertificateOwnerRequest", .create: "CertificateOwnersRequest"], blank: { .init() }) {
        Asked("CertificateIds", .numbers(of: "certificate"), required: "at least one id of a certificate", \.ids)
        Asked("NewRoleId", .number(null: 0), in: [.create, .update], \.newRole)
        Asked("NewRoleName", .text, in: [.create, .update], \.newRoleName)
    }

    /// The role that is named; `nil` if none is.
    func role(in estate: Estate) throws(Refusal) -> (id: Int, name: String)? {
        try estate.owner(id: newRole, name: newRoleName, "NewRole")
    }
}

extension Estate {
    /// The security role that a request names by id or by name.
    ///
    /// - Parameters:
    ///   - id: the role's id.
    ///   - name: the role's name, without case.
    ///   - member: the members' names without `Id` and `Name`, for refusals.
    /// - Throws: a refusal of a role that does not exist.
    /// - Returns: `nil` if none is named.
    func owner(id: Int?, name: String?, _ member: String) throws(Refusal) -> (id: Int, name: String)? {
        if let id {
            guard let role = security.roles[id] else { throw .badArgument("\(member)Id: expected the id of a security role, found \(id).") }
            return (role.id, role.name)
        }
        guard let name, !name.isEmpty else { return nil }
        guard let role = security.roles.all.first(where: { $0.name.lowercased() == name.lowercased() }) else {
            let nearest = nearestWord(to: name, among: security.roles.all.map(\.name)).map { "; did you mean '\($0)'?" } ?? "."
            throw .badArgument("\(member)Name: expected the name of a security role, found '\(name.prefix(60))'\(nearest)")
        }
        return (role.id, role.name)
    }
}
