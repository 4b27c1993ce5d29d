import Base
public import Entities
import MicroHTTP
public import Model
import Orchestrators

/// What can be read of certificates.
enum CertificateReads {
    static let all = [list, csv, compare, get, security, validate, history]

    private static let flags: [Operation.Parameter] = [
        .init(name: "collectionId", schema: .integer), .init(name: "includeLocations", schema: .boolean),
        .init(name: "includeMetadata", schema: .boolean), .init(name: "includeHasPrivateKey", schema: .boolean),
        .init(name: "verbose", schema: .integer),
    ]

    /// By what 25 sorts; recorded live from 25.5.
    private static let sortFields = ["certid", "issuedcn", "issueddate", "issuerdn"]

    private static let list = Operation(
        .get, "/Certificates", needs: .containers(.certificatesRead), returns: Contents.array(Contents.of(Certificate.model, .shown)),
        query: Operation.Parameter.list() + flags + [
            .init(name: "includeRevoked", schema: .boolean), .init(name: "includeExpired", schema: .boolean),
        ], counts: true,
        established: """
            members and their order, nulls sent, what is not included is empty (recorded from 25.4.1); `X-Total-Count`, sort fields of 25 and \
            the refusal of others (client, live); revoked and expired ones are left out unless asked for (documented)
            """,
        assumed: """
            `collectionId` also filters by the collection's query, see the switch `collectionId`; revoked and expired ones stay hidden even \
            where the query names CertState or ExpirationDate; `verbose` says nothing; default sort CertId; names of query fields beyond \
            Thumbprint, IssuedCN, CN, SerialNumber, CertRequestId, IssuedDN, IssuerDN, CA, OwnerRoleName, IssuedDate and metadata fields; a \
            look at re-enrollments, which bring certificates, and with `includeLocations` at the jobs that put certificates into stores or \
            take them out
            """
    ) { call, estate throws(Refusal) in
        let page = try page(call, estate)
        return .reply(call.list(page, Certificate.model, .shown, estate))
    }.showing { call, estate throws(Refusal) in
        let filter = try CertificateScope.query(of: call.query["querystring"] ?? "", call, estate)
        let showsLocations = try call.flag("includeLocations")
        return estate.jobsOnStores { job in
            if case .enroll? = job.order.change { return true }
            return showsLocations
                && estate.certificates(movedBy: job).contains { estate.certificates[$0].map { filter?.matches($0) ?? true } ?? false }
        }
    }

    private static func page(_ call: Call, _ estate: Estate) throws(Refusal) -> Page<Certificate> {
        let scope = try CertificateScope(.certificatesRead, call, estate)
        if call.product >= .v25, let name = call.query["sortfield"], !name.isEmpty, !sortFields.contains(name.lowercased()) {
            throw .invalidSortField(name)
        }
        let isVisible = visible(
            revoked: try call.flag("includeRevoked"), expired: try call.flag("includeExpired"), scope, call.now)
        return try call.page(
            of: estate.certificates, fields: Certificate.queryFields(call.view(.shown, estate)), defaultSort: "CertId",
            isVisible: isVisible)
    }

    /// A test of what a list shows; `nil` if it shows all.
    static func visible(revoked: Bool, expired: Bool, _ scope: CertificateScope, _ now: Timestamp) -> ((Certificate) -> Bool)? {
        guard !revoked || !expired || !scope.isEverything else { return nil }
        return { certificate in
            (revoked || certificate.state != .revoked) && (expired || certificate.notAfter >= now) && scope.contains(certificate)
        }
    }

    private static let get = Operation(
        .get, "/Certificates/{id}", needs: .containers(.certificatesRead), returns: Contents.of(Certificate.model, .shown), query: flags,
        id: .integer, established: "members, their order, text of the 404 (recorded from 25.4.1)",
        assumed: """
            an id outside of the collection is refused like an unknown one; with `includeLocations` a look at jobs as GET /Certificates
            """
    ) { call, estate throws(Refusal) in
        let certificate = try CertificateScope(.certificatesRead, call, estate).find(try Int.read(call))
        return .reply(call.object(certificate, Certificate.model, .shown, estate))
    }.showing { call, estate throws(Refusal) in
        guard try call.flag("includeLocations") else { return [] }
        let id = try Int.read(call)
        return estate.jobsOnStores { estate.certificates(movedBy: $0).contains(id) }
    }

    /// A list as text. Which columns Command writes is not known.
    private static let csv = Operation(
        .get, "/Certificates/CSV", needs: .containers(.certificatesRead), returns: { _ in .text },
        query: [
            .init(name: "Query", schema: .text), .init(name: "SortName", schema: .text), .init(name: "SortOrder", schema: .integer),
            .init(name: "CollectionId", schema: .integer),
        ], established: "a JSON string that holds CSV, its parameters (documented)", assumed: "all columns; not sorted but by CertId"
    ) { call, estate throws(Refusal) in
        let scope = try CertificateScope(.certificatesRead, call, estate)
        let isVisible = visible(revoked: false, expired: false, scope, call.now)
        var text = "CertId,IssuedCN,IssuedDN,IssuerDN,SerialNumber,Thumbprint,NotBefore,NotAfter,CertState\r\n"
        for row in try scope.matching(call.query["query"]) where isVisible?(row) ?? true {
            let cells = [
                String(row.id), row.commonName ?? "", row.subject, row.issuer, row.serial, row.thumbprint, row.notBefore.iso,
                row.notAfter.iso,
                row.state.name,
            ]
            text += cells.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",") + "\r\n"
        }
        return .reply(call.object { $0.value(text) })
    }

    private static let compare = Operation(
        .get, "/Certificates/Metadata/Compare", needs: .containers(.certificatesRead), returns: { _ in .boolean },
        query: [
            .init(name: "certificateId", schema: .integer, isRequired: true),
            .init(name: "metadataFieldName", schema: .text, isRequired: true),
            .init(name: "value", schema: .text, isRequired: true), .init(name: "collectionId", schema: .integer),
        ], established: "parameters, a bare boolean (documented)", assumed: "compared as texts; an unknown field is refused"
    ) { call, estate throws(Refusal) in
        guard let id = call.query.trimmed("certificateid").flatMap({ Int($0) }) else {
            throw .badArgument("certificateId: expected the id of a certificate.", member: "certificateId")
        }
        guard let value = call.query["value"] else {
            throw .badArgument("value: expected the value to compare with, found nothing.", member: "value")
        }
        let certificate = try CertificateScope(.certificatesRead, call, estate).find(id)
        let field = try estate.metadataField(call.query["metadatafieldname"] ?? "", in: "metadataFieldName")
        return .reply(call.object { $0.value((certificate.metadata[field.name] ?? "") == value) })
    }

    private static let security = Operation(
        .get, "/Certificates/{id}/Security", needs: .containers(.certificatesRead), returns: Contents.of(CertificateAccess.model, .shown),
        query: [.init(name: "collectionId", schema: .integer)], id: .integer, established: "members (documented)",
        assumed: """
            the roles that may do something with all certificates, or with a collection that it is in; the words for their permissions
            """
    ) { call, estate throws(Refusal) in
        let certificate = try CertificateScope(.certificatesRead, call, estate).find(try Int.read(call))
        return .reply(call.object(CertificateAccess(certificate, call, estate), CertificateAccess.model, .shown, estate))
    }

    private static let validate = Operation(
        .get, "/Certificates/{id}/Validate", needs: .containers(.certificatesRead),
        returns: Contents.of(CertificateValidation.model, .shown),
        query: [.init(name: "collectionId", schema: .integer)], id: .integer, established: "members of 10, 11 and 25 (documented)",
        assumed: "12.3 and 24.4 as 11; the names of the results; a chain is built for what an authority of the estate issued"
    ) { call, estate throws(Refusal) in
        let certificate = try CertificateScope(.certificatesRead, call, estate).find(try Int.read(call))
        return .reply(call.object(CertificateValidation(certificate, call.now), CertificateValidation.model, .shown, estate))
    }

    private static let history = Operation(
        .get, "/Certificates/{id}/History", needs: .containers(.certificatesRead),
        returns: Contents.array(Contents.of(CertificateHistoryRow.model, .shown)), query: Operation.Parameter.list(filters: false),
        counts: true, id: .integer, established: "members, paging (documented)", assumed: "the words of `Action`; at most 50 entries"
    ) { call, estate throws(Refusal) in
        let certificate = try CertificateScope(.certificatesRead, call, estate).find(try Int.read(call))
        let rows = GatheredRows(all: certificate.history.enumerated().map { CertificateHistoryRow(id: $0 + 1, event: $1) })
        let fields = CertificateHistoryRow.model.queryFields(call.view(.shown, estate))
        let page = try call.page(of: rows, fields: fields, defaultSort: "Id", takesQuery: false)
        return .reply(call.list(page, CertificateHistoryRow.model, .shown, estate))
    }
}

extension Certificates: PageSource {
    /// Every certificate by id.
    public var all: [Certificate] { table.all }

    /// At most `limit` certificates from a place on, by id.
    public func slice(from start: Int, limit: Int) -> [Certificate] { table.slice(from: start, limit: limit) }

    /// A part of the certificates that pass a test, by id.
    public func page(where passes: (Certificate) -> Bool, from start: Int, limit: Int, descending: Bool) -> Page<Certificate> {
        table.page(where: passes, from: start, limit: limit, descending: descending)
    }

    /// The certificates with an id, thumbprint, serial number or request id.
    public func rows(withKey key: QueryKey) -> [Certificate]? {
        switch (key.field, key.value) {
        case ("CertId", .number(let id)): self[id].map { [$0] } ?? []
        case ("CertRequestId", .number(let id)): find(request: id).map { [$0] } ?? []
        case ("Thumbprint", .text(let text)): find(thumbprint: text.uppercased()).map { [$0] } ?? []
        case ("SerialNumber", .text(let text)): find(serial: text.uppercased())
        default: nil
        }
    }
}
