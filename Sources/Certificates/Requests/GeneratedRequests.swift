import Base
public import Entities
import MicroHTTP
public import Model
import PKI

extension GeneratedRequest: Modelled {
    /// A request that the server made, as lists show it (listed) and as one is shown.
    public static let model = Model<GeneratedRequest>([.listed: "PendingCSRResponse", .shown: "CSRGenerationResponse"]) {
        Member("Id", .number) { $0.id }.only(in: .listed).filtered(isKey: true)
        Member("CSR", .text) { PEM.request($0.der) }.only(in: .listed)
        Member("RequestTime", .time) { $0.requested }.only(in: .listed).filtered()
        Member("Subject", .list(.text)) { $0.subject }.only(in: .listed).filtered()
        Member("CSRFilePath", .text) { "\($0.subject.first.map { String($0.dropFirst(3)) } ?? "request").csr" }.only(in: .shown)
        Member("CSRText", .text) { PEM.request($0.der) }.only(in: .shown)
    }

    /// The generated requests of an estate, and what their operations share.
    static let noun = Noun(
        "/CSRGeneration/Pending", model, reads: .csrGeneration, rows: \.requests.generated, notFound: { .generatedRequestNotFound($0) })
}

/// What makes requests for signing, with keys that the server keeps.
enum GeneratedRequestOperations {
    static let all = [
        generate,
        GeneratedRequest.noun.list(
            sortedBy: "Id", form: .listed, established: "members, default sort Id, the prefix `sq.` in 10.x (documented)",
            assumed: "query fields"),
        GeneratedRequest.noun.get(established: "members (documented)", assumed: "`CSRFilePath` is a file name; text of the 404"),
        deleteMany,
        delete,
    ]

    /// The most requests that a world keeps.
    private static let most = 10_000

    private static let generate = Operation(
        .post, "/CSRGeneration/Generate", needs: .everywhere(.csrGeneration), takes: Contents.of(GenerationRequest.model, .create),
        returns: Contents.of(CSRText.model, .shown), established: "body, `CSR` (documented)",
        assumed: "all of its 400s; a certificate for it that is enrolled by `POST /Enrollment/CSR` has the kept key"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(GenerationRequest.model)
        let kind = try asked.kind(call, estate)
        let subject: DistinguishedName
        let names: [SubjectAltName]
        do throws(PKIMistake) {
            subject = try DistinguishedName(asked.subject)
            guard !subject.isEmpty else { throw PKIMistake("expected a distinguished name such as CN=www.example.com, found nothing.") }
            names = try asked.names.map { name throws(PKIMistake) in try name.encoded() }
        } catch {
            throw .badArgument("Subject: \(error.message)", member: "Subject")
        }
        guard estate.requests.generated.count < most else { throw .worldIsFull("generated requests", limit: most) }
        return .commit { estate in
            let number = estate.certificates.keys
            estate.certificates.keys += 1
            estate.requests.highestGenerated += 1
            let key = PrivateKey(kind, seed: estate.identifiers.seed, number: number)!
            let made = GeneratedRequest(
                id: estate.requests.highestGenerated, der: SigningRequest.make(key: key, subject: subject, sans: names),
                requested: call.now,
                subject: subject.parts, key: number, publicKey: key.publicKeyInfo)
            estate.requests.generated.put(made, at: made.id)
            return call.object(CSRText(csr: PEM.request(made.der)), CSRText.model, .shown, estate)
        }
    }

    private static let deleteMany = Operation(
        .delete, "/CSRGeneration/Pending", needs: .everywhere(.csrGeneration), takes: { _ in .array(.integer) },
        established: "body, 204 (documented)", assumed: "unknown ids are passed over"
    ) { call, _ throws(Refusal) in
        let ids = try call.numbers(of: "generated request")
        return .commit { estate in
            for id in ids { estate.requests.generated.remove(id) }
            return Reply(204)
        }
    }

    private static let delete = Operation(
        .delete, "/CSRGeneration/Pending/{id}", needs: .everywhere(.csrGeneration), id: .integer, established: "204 (documented)",
        assumed: "404 for an unknown id"
    ) { call, estate throws(Refusal) in
        let id = try GeneratedRequest.noun.find(.csrGeneration, call, estate).id
        return .commit { estate in
            estate.requests.generated.remove(id)
            return Reply(204)
        }
    }
}

/// The body of `POST /CSRGeneration/Generate`.
struct GenerationRequest: Modelled {
    var subject = ""
    var keyType = ""
    var keyLength: Int?
    var curve: String?
    var names: [CertificateContent.AlternativeName] = []
    var template = ""
    var pattern: Int?

    static let model = Model<GenerationRequest>([.create: "CSRGenerationRequest"], blank: { .init() }) {
        Asked("Subject", .text, required: "a distinguished name such as CN=www.example.com", \.subject)
        Asked("KeyType", .text, required: "one of RSA, ECC, ED448, ED25519", \.keyType)
        Asked("KeyLength", .number(null: 0)) { $0.keyLength = $1.value }
        Asked("Curve", .text) { $0.curve = $1.value.flatMap { $0.isEmpty ? nil : $0 } }
        Asked("Template", .text, \.template)
        Asked("EnrollmentPatternId", .number, of: { $0 >= .v25 }) { $0.pattern = $1.value }
        Asked("SANs", .alternativeNames, \.names)
        Asked(ignored: "AlternativeKeyType", .text, of: { $0 >= .v25 })
        Asked(ignored: "AlternativeKeyLength", .integer, of: { $0 >= .v25 })
    }

    /// The kind of key that is asked for: one that the template allows, where one is named.
    func kind(_ call: Call, _ estate: Estate) throws(Refusal) -> KeyKind {
        var allowed: [KeyAlgorithm] = []
        if !template.isEmpty || pattern != nil {
            let (template, pattern) = try EnrollmentTarget.subject(
                template: template, pattern: pattern, for: .csrGeneration, call, estate)
            allowed = EnrollmentTarget.keys(template, pattern)
        }
        return try EnrollmentPlan.kind(keyType, length: keyLength, curve: curve, among: allowed)
    }
}
