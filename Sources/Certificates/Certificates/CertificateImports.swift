import Base
import Entities
import MicroHTTP
import Model
import Orchestrators
import PKI

/// What brings certificates in that were made elsewhere.
enum CertificateImports {
    static let all = [importOne, analyze]

    private static let importOne = Operation(
        .post, "/Certificates/Import", needs: .everywhere(.certificatesImport), takes: Contents.of(ImportRequest.model, .create),
        returns: Contents.of(ImportAnswer.model, .shown), mayTakeLong: true,
        established: """
            body; DER, PEM or PFX in base64; answer without an id: clients look the certificate up by its thumbprint; \
            metadata take the place of what the certificate had; permission (documented)
            """,
        assumed: """
            the same certificate twice is 200 and no new record; `ImportStatus` 1 for a new certificate, 2 with a key; \
            `JobStatus` 1 where nothing was to be scheduled; metadata is checked as `PUT /Certificates/Metadata` does
            """
    ) { call, estate throws(Refusal) in
        let asked = try call.read(ImportRequest.model)
        let sent = try SentCertificates(asked.certificate, password: asked.password)
        let metadata = try estate.checked(asked.metadata, at: "Metadata").filter { !$0.value.isEmpty }
        let owner = try estate.owner(id: asked.owner, name: asked.ownerName, "OwnerRole")?.id
        let stores = StoreTypeDelivery.deliveries(to: asked.storeIDs, asked.types, estate)
        try estate.requireRoom(forCertificates: sent.all.count)
        try estate.requireRoom(forJobs: stores.count)
        return .commit { estate in
            for (index, (der, facts)) in sent.all.enumerated().reversed() {
                let thumbprint = CertificateFacts.thumbprint(of: der)
                if estate.certificates.find(thumbprint: thumbprint) == nil {
                    var row = Certificate(id: estate.certificates.nextID, facts, der: der, imported: call.now)
                    row.note(.init(at: call.now, user: call.caller.name, action: "Imported"))
                    estate.certificates.put(row)
                }
                guard index == 0, let id = estate.certificates.find(thumbprint: thumbprint)?.id else { continue }
                estate.certificates.change(id) { row in
                    if row.state == .unknown { row.state = .active }
                    if !asked.metadata.isEmpty { row.metadata = metadata }
                    row.owner = owner ?? row.owner
                    row.key = sent.key.map { .given($0) } ?? row.key
                }
            }
            let thumbprint = sent.all.first.map { CertificateFacts.thumbprint(of: $0.der) } ?? ""
            let id = estate.certificates.find(thumbprint: thumbprint)?.id ?? 0
            let (done, failed) = estate.deliver(id, to: stores.map { $0.at(asked.moment) }, call)
            let answer = ImportAnswer(
                status: sent.key == nil ? 1 : 2, jobs: stores.isEmpty ? 1 : done.isEmpty ? 3 : 2, failed: failed, thumbprint: thumbprint)
            return call.object(answer, ImportAnswer.model, .shown, estate)
        }
    }

    private static let analyze = Operation(
        .post, "/Certificates/Analyze", needs: .everywhere(.certificatesImport), takes: Contents.of(ImportRequest.model, .update),
        returns: Contents.array(Contents.of(AnalyzedCertificate.model, .shown)), mayTakeLong: true,
        established: "body, members (documented)",
        assumed: "the permission; an end entity is what is no authority"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(ImportRequest.model, .update)
        let sent = try SentCertificates(asked.certificate, password: asked.password)
        let rows = sent.all.map { AnalyzedCertificate(facts: $0.facts, thumbprint: CertificateFacts.thumbprint(of: $0.der)) }
        return .reply(call.list(Page(rows: rows, total: rows.count), AnalyzedCertificate.model, .shown, estate).withoutTotal)
    }
}

/// Certificates as a request holds them, and the key of the first.
private struct SentCertificates {
    let all: [(der: [UInt8], facts: CertificateFacts)]
    let key: [UInt8]?

    /// The most certificates of one file.
    private static let most = 100

    init(_ text: String, password: String) throws(Refusal) {
        do throws(PKIMistake) {
            let (ders, key) = try Self.read(text, password)
            guard !ders.isEmpty else { throw PKIMistake("expected a certificate in DER, PEM or PFX, found none.") }
            guard ders.count <= Self.most else { throw PKIMistake("expected at most \(Self.most) certificates, found \(ders.count).") }
            all = try ders.map { der throws(PKIMistake) in (der, try CertificateFacts(der: der)) }
            self.key = key
        } catch {
            throw .badArgument("Certificate: \(error.message)", member: "Certificate")
        }
    }

    private static func read(_ text: String, _ password: String) throws(PKIMistake) -> ([[UInt8]], key: [UInt8]?) {
        if text.contains("-----BEGIN") { return (try PEM.certificates(in: text), nil) }
        guard let bytes = Base64.decode(Array(text.utf8.filter { !" \r\n\t".utf8.contains($0) })[...]) else {
            throw PKIMistake("expected base64 of a certificate in DER, PEM or PFX.")
        }
        let decoded = String(decoding: bytes, as: UTF8.self)
        if decoded.contains("-----BEGIN") { return (try PEM.certificates(in: decoded), nil) }
        if (try? CertificateFacts(der: bytes)) != nil { return ([bytes], nil) }
        let opened = try PKCS12.open(bytes, password: password)
        return (opened.certificates, opened.key?.pkcs8)
    }
}

/// The bodies of `POST /Certificates/Import` (create) and `…/Analyze` (update).
struct ImportRequest: Modelled {
    var certificate = ""
    var password = ""
    var metadata: [String: String] = [:]
    var types: [StoreTypeDelivery] = []
    var storeIDs: [GUID] = []
    var moment: Timestamp?
    var owner: Int?
    var ownerName: String?

    static let model = Model<ImportRequest>(
        [.create: "CertificateImportRequest", .update: "CertificateAnalyzeRequest"], blank: { .init() }
    ) {
        Asked("Certificate", .text, in: [.create, .update], required: "a certificate in DER, PEM or PFX as base64", \.certificate)
        Asked("Password", .text, in: [.create, .update], \.password)
        Asked("Metadata", .texts, \.metadata)
        Asked("StoreIds", .list(.guid), \.storeIDs)
        Asked("StoreTypes", .objects(StoreTypeDelivery.model), \.types)
        Asked("Schedule", .time, \.moment)
        Asked("ImportMetadata", .flag, of: { $0 == .v10 }) { _, _ in }
        Asked("OwnerRoleId", .number(null: 0), of: { $0 >= .v12 }) { $0.owner = $1.value }
        Asked("OwnerRoleName", .text, of: { $0 >= .v12 }) { $0.ownerName = $1.value }
    }
}

/// What became of an import.
struct ImportAnswer: Modelled {
    let status: Int
    let jobs: Int
    let failed: [GUID]
    let thumbprint: String

    static let model = Model<ImportAnswer>([.shown: "CertificateImportResponse"]) {
        Member("ImportStatus", .number) { $0.status }
        Member("JobStatus", .number) { $0.jobs }
        Member("InvalidKeystores", .list(.object(shownOnly: Invalid.model))) { $0.failed.map { Invalid(store: $0) } }
        Member("Thumbprint", .text) { $0.thumbprint }
    }

    /// A store that the certificate does not go to.
    struct Invalid: Modelled {
        let store: GUID

        static let model = Model<Invalid>([.shown: "InvalidKeystore"]) {
            Member("KeystoreId", .guid) { $0.store }
            Member("ClientMachine", .text, nullable: { $1.estate.stores[$0.store]?.machine })
            Member("StorePath", .text, nullable: { $1.estate.stores[$0.store]?.path })
            Member("Alias", .text, nullable: { _ in nil })
            Member("Reason", .number) { _ in 1 }
            Member("Explanation", .text) { row, view in
                view.estate.stores[row.store] == nil ? "The certificate store does not exist." : "The certificate store cannot have it."
            }
        }
    }
}

/// What is read from a certificate that is not kept.
struct AnalyzedCertificate: Modelled {
    let facts: CertificateFacts
    let thumbprint: String

    static let model = Model<AnalyzedCertificate>([.shown: "CertificateDetails"]) {
        Member("IssuedDN", .text) { $0.facts.subject.text }
        Member("IssuerDN", .text) { $0.facts.issuer.text }
        Member("Thumbprint", .text) { $0.thumbprint }
        Member("NotAfter", .time) { $0.facts.notAfter }
        Member("NotBefore", .time) { $0.facts.notBefore }
        Member("Metadata", .json(.map(.any))) { _ in "{}" }
        Member("IsEndEntity", .flag) { !$0.facts.isCA }
    }
}
