import Base
import Entities
import MicroHTTP
import Model

/// What deletes certificates, or only their private keys. Stores that hold them keep them.
enum CertificateDeletion {
    static let all = [deleteMany, deleteByQuery, deleteKeys, deleteKey, delete]

    private static let collection = [Operation.Parameter(name: "collectionId", schema: .integer)]
    private static let ids: Content = { _ in .array(.integer) }

    private static let delete = Operation(
        .delete, "/Certificates/{id}", needs: .containers(.certificatesDelete), query: collection, id: .integer,
        established: "204; the key goes too (documented)", assumed: "the permission's path; inventories no longer show it"
    ) { call, estate throws(Refusal) in
        let id = try CertificateScope(.certificatesDelete, call, estate).find(try Int.read(call)).id
        return .commit { estate in
            estate.removeCertificate(id)
            return Reply(204)
        }
    }

    private static let deleteMany = Operation(
        .delete, "/Certificates", needs: .containers(.certificatesDelete), takes: ids, query: collection,
        established: "body, 204; single failures are passed over (documented)", assumed: "unknown ids are such failures"
    ) { call, estate throws(Refusal) in
        let rows = try CertificateScope(.certificatesDelete, call, estate).certificates(
            ids: try call.numbers(of: "certificate"), query: nil)
        return .commit { estate in
            for row in rows { estate.removeCertificate(row.id) }
            return Reply(204)
        }
    }

    private static let deleteByQuery = Operation(
        .delete, "/Certificates/Query", needs: .containers(.certificatesDelete), takes: { _ in .text }, query: collection,
        established: "a JSON string with a query, 204 (documented)",
        assumed: "an empty query is refused, so that nobody deletes everything by mistake; revoked and expired ones are deleted too"
    ) { call, estate throws(Refusal) in
        guard let text = call.body?.root.text?.trimmed, !text.isEmpty else {
            throw .badArgument("The request body: expected a JSON string that holds a query.", member: "$")
        }
        let rows = try CertificateScope(.certificatesDelete, call, estate).matching(text)
        return .commit { estate in
            for row in rows { estate.removeCertificate(row.id) }
            return Reply(204)
        }
    }

    private static let deleteKeys = Operation(
        .delete, "/Certificates/PrivateKey", needs: .containers(.certificatesDelete), takes: ids, query: collection,
        established: "body, 204; single failures are passed over; permission (documented)",
        assumed: "certificates without a key are such failures"
    ) { call, estate throws(Refusal) in
        let rows = try CertificateScope(.certificatesDelete, call, estate).certificates(
            ids: try call.numbers(of: "certificate"), query: nil)
        return .commit { estate in
            for row in rows { estate.certificates.change(row.id) { $0.dropKey(call) } }
            return Reply(204)
        }
    }

    private static let deleteKey = Operation(
        .delete, "/Certificates/PrivateKey/{id}", needs: .containers(.certificatesDelete), query: collection, id: .integer,
        established: "204 (documented)", assumed: "permission; a certificate without a key is refused as Recover refuses it"
    ) { call, estate throws(Refusal) in
        let certificate = try CertificateScope(.certificatesDelete, call, estate).find(try Int.read(call))
        guard certificate.key != nil else { throw .noPrivateKey }
        return .commit { estate in
            estate.certificates.change(certificate.id) { $0.dropKey(call) }
            return Reply(204)
        }
    }
}

extension Certificate {
    fileprivate mutating func dropKey(_ call: Call) {
        guard key != nil else { return }
        key = nil
        note(.init(at: call.now, user: call.caller.name, action: "Private Key Deleted"))
    }
}
