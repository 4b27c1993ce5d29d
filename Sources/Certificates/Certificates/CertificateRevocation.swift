import Base
import Entities
import MicroHTTP
import Model

/// What revokes certificates, puts them on hold and takes them off it.
enum CertificateRevocation {
    static let all = [revoke, revokeAll]

    /// The reasons that are taken: those of RFC 5280, 8 as the description has it, removal from hold, and unknown.
    private static let reasons = Set(0...8).union([-1, 999])
    /// The reason that can be taken back.
    static let hold = 6
    private static let removal = -1

    private static let revoke = Operation(
        .post, "/Certificates/Revoke", needs: .containers(.certificatesRevoke), takes: Contents.of(RevocationRequest.model, .create),
        returns: Contents.of(RevocationAnswer.model, .shown),
        established: """
            body, answer (recorded from 25.4.1); state, date, reason and comment of the certificate; a blank comment is refused, -1 takes a hold \
            off (documented); reasons in quotes, 200 with text after the first value (client)
            """,
        assumed: "404 for an unknown id and nothing is done; revoking again is 200; 400 for a certificate of no authority of the estate"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(RevocationRequest.model)
        let scope = try CertificateScope(.certificatesRevoke, collection: asked.collection, call, estate)
        var certificates: [Certificate] = []
        for id in asked.ids { certificates.append(try scope.find(id)) }
        return try outcome(asked, certificates, call)
    }

    private static let revokeAll = Operation(
        .post, "/Certificates/RevokeAll", until: .v10, needs: .containers(.certificatesRevoke),
        takes: Contents.of(RevocationRequest.model, .update), returns: Contents.of(RevocationAnswer.model, .shown),
        query: [.init(name: "collectionId", schema: .integer)], established: "body, answer; gone since 11 (documented)",
        assumed: "certificates of no authority of the estate are passed over"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(RevocationRequest.model, .update)
        let scope = try CertificateScope(.certificatesRevoke, call, estate)
        let isVisible = CertificateReads.visible(revoked: asked.includesRevoked, expired: asked.includesExpired, scope, call.now)
        let rows = try scope.matching(asked.query ?? "").filter { (isVisible?($0) ?? true) && $0.origin.authority != nil }
        return try outcome(asked, rows, call)
    }

    private static func outcome(_ asked: RevocationRequest, _ rows: [Certificate], _ call: Call) throws(Refusal) -> Outcome {
        guard reasons.contains(asked.reason) else {
            throw .badArgument("Reason: expected a number from 0 to 8, -1 or 999, found \(asked.reason).", member: "Reason")
        }
        guard !asked.comment.trimmed.isEmpty else {
            throw .badArgument("Comment: expected at least one character, found an empty text.", member: "Comment")
        }
        for row in rows where row.origin.authority == nil {
            throw .badArgument("Certificate \(row.id) was issued by no certificate authority of this Command, and cannot be revoked here.")
        }
        for row in rows where asked.reason == removal && row.revocation?.reason != hold {
            throw .badArgument("Reason: -1 takes a certificate off hold, and certificate \(row.id) is not on hold.", member: "Reason")
        }
        let ids = rows.map(\.id)
        return .commit { estate in
            for id in ids { estate.certificates.change(id) { $0.revoke(asked, call) } }
            return call.object(RevocationAnswer(ids: ids), RevocationAnswer.model, .shown, estate)
        }
    }
}

extension Certificate {
    fileprivate mutating func revoke(_ asked: RevocationRequest, _ call: Call) {
        let isRemoval = asked.reason == -1
        note(
            .init(at: call.now, user: call.caller.name, action: isRemoval ? "Removed From Hold" : "Revoked", comment: asked.comment))
        state = isRemoval ? .active : .revoked
        revocation =
            isRemoval ? nil : Revocation(effective: asked.effective ?? call.now, reason: asked.reason, comment: asked.comment)
    }
}

/// The bodies of `POST /Certificates/Revoke` (create) and `…/RevokeAll` (update).
struct RevocationRequest: Modelled {
    var ids: [Int] = []
    var query: String?
    var reason = 0
    var comment = ""
    var effective: Timestamp?
    var collection: Int?
    var includesRevoked = false
    var includesExpired = false

    static let model = Model<RevocationRequest>(
        [.create: "RevokeCertificateRequest", .update: "RevokeAllCertificatesRequest"], blank: { .init() }
    ) {
        Asked("CertificateIds", .numbers(of: "certificate"), in: .create, required: "at least one id of a certificate", \.ids)
        Asked("Query", .text, in: .update, required: "a query", \.query)
        Asked("Reason", .number, in: [.create, .update], required: "a reason", \.reason)
        Asked("Comment", .text, in: [.create, .update], \.comment)
        Asked("EffectiveDate", .time, in: [.create, .update], \.effective)
        Asked("CollectionId", .number(null: 0), in: .create, \.collection)
        Asked("IncludeRevoked", .flag, in: .update, \.includesRevoked)
        Asked("IncludeExpired", .flag, in: .update, \.includesExpired)
        // Lists of the mock's authorities are always up to date.
        Asked(dropped: "PublishCRL", .flag)
        Asked(ignored: "ContainerId", .integer, of: { $0 >= .v25 })
    }
}

/// The answer to a revocation. No workflow of the mock ever holds one.
struct RevocationAnswer: Modelled {
    let ids: [Int]

    static let model = Model<RevocationAnswer>([.shown: "RevocationResponse"]) {
        Member("RevokedIds", .list(.number)) { $0.ids }
        Member("SuspendedCerts", .json(.array(.any))) { _ in "[]" }
    }
}
