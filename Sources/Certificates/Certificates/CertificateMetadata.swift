import Base
import Entities
import Issuance
import MicroHTTP
import Model

/// What changes the metadata of certificates.
enum CertificateMetadata {
    static let all = [update, updateAll]

    private static let collection = [Operation.Parameter(name: "collectionId", schema: .integer)]

    private static let update = Operation(
        .put, "/Certificates/Metadata", needs: .containers(.certificatesMetadata), takes: Contents.of(MetadataRequest.model, .update),
        query: collection,
        established:
            "body, 204; only the fields named change (documented); texts, numbers and booleans are taken, dates as yyyy-mm-dd (client)",
        assumed: "`\"\"` and null clear a field; 400 for an unknown field and for a value that does not fit, 404 for an unknown id"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(MetadataRequest.model, .update)
        let certificate = try CertificateScope(.certificatesMetadata, call, estate).find(asked.id)
        let values = try estate.checked(asked.values, at: "Metadata")
        return .commit { estate in
            estate.certificates.change(certificate.id) { $0.apply(values, by: call) }
            return Reply(204)
        }
    }

    private static let updateAll = Operation(
        .put, "/Certificates/Metadata/All", needs: .containers(.certificatesMetadata),
        takes: Contents.of(MetadataForAllRequest.model, .update),
        query: collection,
        established:
            "body, 204; one of `Query`, `CertificateIds` and collectionId is needed; `OverwriteExisting` false keeps values (documented)",
        assumed: "unknown ids are passed over; an empty `Query` alone gets 400; revoked and expired ones of a query change too"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(MetadataForAllRequest.model, .update)
        guard asked.query != nil || asked.ids != nil || call.query["collectionid"] != nil else {
            throw .badArgument("One of Query, CertificateIds and collectionId is required.", member: "Query")
        }
        if let query = asked.query, asked.ids == nil, call.query["collectionid"] == nil {
            try query.requireQuery(such: "CN -contains \"example\"", of: "certificate", call.fidelity)
        }
        var changes: [(values: [String: String], overwrites: Bool)] = []
        for entry in asked.entries {
            changes.append((try estate.checked([entry.name: entry.value], at: "Metadata"), entry.overwrites))
        }
        let scope = try CertificateScope(.certificatesMetadata, call, estate)
        let rows = try scope.certificates(ids: asked.ids, query: asked.query).map(\.id)
        return .commit { [changes] estate in
            for id in rows {
                estate.certificates.change(id) { certificate in
                    for change in changes {
                        certificate.apply(
                            change.overwrites ? change.values : change.values.filter { certificate.metadata[$0.key] == nil }, by: call)
                    }
                }
            }
            return Reply(204)
        }
    }
}

extension Certificate {
    /// Sets metadata; an empty text clears a field.
    fileprivate mutating func apply(_ values: [String: String], by call: Call) {
        guard !values.isEmpty else { return }
        for (name, value) in values { metadata[name] = value.isEmpty ? nil : value }
        note(.init(at: call.now, user: call.caller.name, action: "Metadata Updated", comment: values.keys.sorted().joined(separator: ", ")))
    }
}

extension CertificateScope {
    /// Certificates by their ids or by a query, or all of the scope. Ids that do not exist are passed over.
    func certificates(ids: [Int]?, query: String?) throws(Refusal) -> [Certificate] {
        if let ids {
            var seen: Set<Int> = []
            return ids.filter { seen.insert($0).inserted }.compactMap { try? find($0) }
        }
        return try matching(query)
    }
}

/// The body of `PUT /Certificates/Metadata`.
struct MetadataRequest: Modelled {
    var id = 0
    var values: [String: String] = [:]

    /// The description of 11 calls `CertificateId` what all others call `Id`; both are taken.
    static let model = Model<MetadataRequest>([.update: "MetadataUpdateRequest"], blank: { .init() }, check: check) {
        Asked("Id", .number, in: .update, \.id)
        Asked("CertificateId", .number, in: .update, \.id)
        Asked("Metadata", .texts, in: .update, required: "an object of metadata", \.values)
        Asked(ignored: "CollectionId", in: .update)
    }

    private static func check(_ draft: inout MetadataRequest, _ prefix: String, _ reading: Reading) throws(Refusal) {
        guard draft.id == 0 else { return }
        throw .badArgument("Id: expected the id of a certificate, found nothing.", member: "Id")
    }
}

/// The body of `PUT /Certificates/Metadata/All`.
struct MetadataForAllRequest: Modelled {
    var query: String?
    var ids: [Int]?
    var entries: [Entry] = []

    struct Entry: Modelled {
        var name = ""
        var value = ""
        var overwrites = false

        static let model = Model<Entry>(blank: { .init() }) {
            Asked("MetadataName", .text, in: .update, required: "the name of a metadata field", \.name)
            Asked("Value", .scalar, in: .update, \.value)
            Asked("OverwriteExisting", .flag, in: .update, \.overwrites)
        }
    }

    static let model = Model<MetadataForAllRequest>([.update: "MetadataAllUpdateRequest"], blank: { .init() }) {
        Asked("Query", .text, in: .update, \.query)
        Asked("CertificateIds", .list(.number), in: .update, \.ids)
        Asked("Metadata", .objects(Entry.model), in: .update, required: "at least one object", \.entries)
    }
}
