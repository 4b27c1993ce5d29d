import Base
import Entities
import MicroHTTP
import Model
import PKI

/// What renews certificates.
enum Renewals {
    static let all = [
        available("Id/{id}") { call, _ throws(Refusal) in CertificateReference(id: try Int.read(call)) },
        available("Thumbprint/{thumbprint}") { call, _ throws(Refusal) in CertificateReference(thumbprint: call.text("thumbprint")) },
        renew,
    ]

    private static func available(
        _ end: String, _ reference: @escaping @Sendable (Call, Estate) throws(Refusal) -> CertificateReference
    ) -> Operation {
        Operation(
            .get, "/Enrollment/AvailableRenewal/\(end)", needs: .containers(.certificatesRead),
            returns: Contents.of(AvailableRenewal.model, .shown), query: [.init(name: "collectionId", schema: .integer)], id: .integer,
            established: "members; 0 none, 1 by a seeded PFX, 2 with one click (documented)",
            assumed: "the texts; 2 where the template or its authority allows it; 0 where no authority of the estate issued it"
        ) { call, estate throws(Refusal) in
            let scope = try CertificateScope(.certificatesRead, call, estate)
            let certificate = try reference(call, estate).certificate(in: scope, estate)
            return .reply(call.object(AvailableRenewal(certificate, estate), AvailableRenewal.model, .shown, estate))
        }
    }

    private static let renew = Operation(
        .post, "/Enrollment/Renew", needs: .all([.containers(.certificatesRead), .everywhere(.enrollPFX)]),
        takes: Contents.of(RenewalRequest.model, .create), returns: Contents.of(RenewalAnswer.model, .shown),
        query: [.init(name: "collectionId", schema: .integer)],
        established: "body, answer, permissions; nothing is deployed by it (documented)",
        assumed: """
            subject, names, metadata and owner are those of the renewed certificate, the key is new and of the same kind; template or pattern \
            of the certificate where the request names none
            """
    ) { call, estate throws(Refusal) in
        let asked = try call.read(RenewalRequest.model)
        let scope = try CertificateScope(.certificatesRead, call, estate)
        guard asked.reference.id == nil || asked.reference.thumbprint == nil else {
            throw .badArgument("CertificateId and Thumbprint: expected one of them, found both.", member: "CertificateId")
        }
        let certificate = try asked.reference.certificate(in: scope, estate)
        guard let kind = certificate.content.keyKind else {
            throw .badArgument("Certificate \(certificate.id) has a key of a kind that the mock cannot make.")
        }
        let target = try asked.target(of: certificate, call, estate)
        var enrollment = EnrollmentRequest()
        (enrollment.subject, enrollment.names) = (certificate.subject, certificate.content.names)
        (enrollment.metadata, enrollment.owner) = (certificate.metadata, certificate.owner)
        let plan = try EnrollmentPlan(enrollment, making: kind, for: target, call, estate)
        try estate.requireRoom(forCertificates: 1)
        return .commit { estate in
            var answer = EnrollmentAnswer(metadata: plan.metadata)
            estate.carryOut(plan, keepingKey: true, call, into: &answer)
            answer.password = answer.certificate == nil ? nil : estate.newPassword()
            answer.hasFile = answer.certificate != nil
            return call.object(RenewalAnswer(answer: answer), RenewalAnswer.model, .shown, estate)
        }
    }
}

/// How a certificate can be renewed.
struct AvailableRenewal: Modelled {
    let type: Int
    let message: String

    init(_ certificate: Certificate, _ estate: Estate) {
        let authority = certificate.origin.authority.flatMap { estate.authorities[$0] }
        let template = certificate.origin.template.flatMap { estate.templates[$0] }
        if authority == nil {
            (type, message) = (0, "The certificate was issued by no certificate authority of this Command.")
        } else if template?.allowsOneClickRenewals == true || authority?.allowsOneClickRenewals == true {
            (type, message) = (2, "The certificate can be renewed with one click.")
        } else {
            (type, message) = (1, "The certificate can be renewed by a PFX enrollment.")
        }
    }

    static let model = Model<AvailableRenewal>([.shown: "EnrollmentAvailableRenewal"]) {
        Member("AvailableRenewalType", .number) { $0.type }
        Member("Message", .text) { $0.message }
    }
}

/// The body of `POST /Enrollment/Renew`.
struct RenewalRequest: Modelled {
    var reference = CertificateReference()
    var template = ""
    var pattern: Int?
    var authority = ""

    static let model = Model<RenewalRequest>([.create: "EnrollmentRenewalRequest"], blank: { .init() }) {
        Asked("CertificateId", .number(null: 0)) { $0.reference.id = $1.value }
        Asked("Thumbprint", .text) { $0.reference.thumbprint = $1.value.flatMap { $0.isEmpty ? nil : $0 } }
        Asked("CertificateAuthority", .text, \.authority)
        Asked("Template", .text, \.template)
        Asked("EnrollmentPatternId", .number, of: { $0 >= .v25 }) { $0.pattern = $1.value }
        Asked("Timestamp", .time) { _, _ in }
    }

    /// What it is renewed for: what the request says, else what the certificate was enrolled for.
    func target(of certificate: Certificate, _ call: Call, _ estate: Estate) throws(Refusal) -> EnrollmentTarget {
        let known = certificate.origin.template.flatMap { estate.templates[$0]?.name } ?? ""
        let issuer = certificate.origin.authority.flatMap { estate.authorities[$0]?.name } ?? ""
        let isNamed = !template.isEmpty || pattern != nil
        return try EnrollmentTarget(
            template: isNamed ? template : known,
            pattern: isNamed ? pattern : certificate.origin.pattern.flatMap { estate.enrollmentPatterns[$0]?.id },
            authority: authority.isEmpty ? issuer : authority, for: .pfx, call, estate)
    }
}

/// The answer of `POST /Enrollment/Renew`.
struct RenewalAnswer: Modelled {
    let answer: EnrollmentAnswer

    static let model = Model<RenewalAnswer>([.shown: "EnrollmentRenewalResponse"]) {
        Member("KeyfactorId", .number) { $0.answer.certificate?.id ?? 0 }
        Member("KeyfactorRequestId", .number) { $0.answer.requestNumber }
        Member("Thumbprint", .text) { $0.answer.certificate?.thumbprint ?? "" }
        Member("SerialNumber", .text) { $0.answer.certificate?.serial ?? "" }
        Member("IssuerDN", .text) { $0.answer.certificate?.issuer ?? "" }
        Member("RequestDisposition", .text) { $0.answer.disposition }
        Member("DispositionMessage", .text) { $0.answer.message }
        Member("Password", .text, nullable: { $0.answer.password })
    }
}
