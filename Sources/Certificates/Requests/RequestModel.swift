import Base
public import Entities
public import Model
import PKI

extension CertificateRequest: Modelled {
    /// A request as `GET /Workflow/Certificates/Pending` and the like list it (listed), and as one is shown. Members as documented.
    public static let model = Model<CertificateRequest>([.listed: "CertificateRequestModel", .shown: "CertificateRequestResponse"]) {
        Member("Id", .number) { $0.id }.filtered(aliases: ["KeyfactorRequestId"], isKey: true)
        Member("CARequestId", .text) { String($0.id) }.filtered()
        Member("CommonName", .text) { $0.commonName }.filtered()
        Member("DistinguishedName", .text) { $0.subject }.filtered()
        Member("SubmissionDate", .time, nullable: { $0.submitted }).filtered()
        Member("CertificateAuthority", .text) { $1.estate.authorities[$0.authority]?.name ?? "" }.filtered()
        Member("Template", .text) { request, view in
            request.template.flatMap { view.estate.templates[$0]?.displayName } ?? ""
        }.filtered()
        Member("Requester", .text) { $1.estate.certificates.requester($0.requester) ?? "" }.filtered()
        Member("State", .number) { $0.state.rawValue }.filtered()
        Member("StateString", .text) { $0.state.name }
        Member("Metadata", .texts) { $0.metadata }
        Member("DenialComment", .text, nullable: { $0.denialComment }).only(in: .shown)
        Member("KeyLength", .text) { String($0.keySize) }.only(in: .shown)
        Member("SANs", .list(.text)) { $0.names.map(\.value) }.only(in: .shown)
        Member("CertStores", .json(.array(.any))) { _ in "[]" }.only(in: .shown)
        Member("Curve", .text, nullable: { $0.curve }).only(in: .shown)
        Member("SubjectAltNames", .list(.object(shownOnly: RequestedName.model))) { $0.names.map { RequestedName(name: $0) } }
            .only(in: .shown)
    }

    /// The requests of an estate, and what their operations share.
    static let noun = Noun(
        "/Workflow/Certificates", model, reads: .requestsManage, rows: \.requests.waiting, notFound: { .requestNotFound($0) })

    /// The common name in its subject; empty if it has none.
    var commonName: String { (try? DistinguishedName(subject))?["CN"] ?? "" }
}

/// An alternative name that a request asks for.
struct RequestedName: Modelled {
    let name: CertificateContent.AlternativeName

    static let model = Model<RequestedName>([.shown: "SubjectAlternativeName"]) {
        Member("Value", .text) { $0.name.value }
        // A text, as documented; its words are assumed.
        Member("Type", .text) { AlternativeNames.word(ofType: $0.name.type) }
    }
}
