import Base
import Entities
import MicroHTTP
import Model
import PKI
import Stores

/// What enrolls for certificates: with a key that the server makes, or with a client's request for signing.
enum Enrollments {
    static let all = [pfx, csr, parse]

    /// What the first version of the API and releases before 25 take.
    private static let firstFormats: [CertificateFormat] = [.pfx, .zip, .store, .replace]

    private static let pfx = Operation(
        .post, "/Enrollment/PFX", versionTwoSince: .v10, needs: .everywhere(.enrollPFX),
        takes: Contents.of(EnrollmentRequest.model, .create),
        returns: Contents.of(EnrollmentAnswer.model, .shown),
        established: """
            body, answer and its spelling, header fields, both versions, the key's file and its order, ten minutes back-dated, 20 bytes of \
            serial number (recorded from 25.4.1); text of an authority that does not exist, of a missing format (client); RenewalCertificateId \
            0 is an error (documented)
            """,
        assumed: """
            all other 400s and their texts; formats without case; a password of any length; what a request that waits is answered; the server's \
            own password; delivery to stores as `POST /Enrollment/PFX/Deploy`; AllowedRequesters as the roles that the caller must have one of
            """
    ) { call, estate throws(Refusal) in
        let asked = try call.read(EnrollmentRequest.model)
        let formats = call.product >= .v25 && call.apiVersion == 2 ? firstFormats + [.pem] : firstFormats
        let format = try CertificateFormat.read(call, allowed: formats)
        let target = try EnrollmentTarget(asked, for: .pfx, call, estate)
        let plan = try EnrollmentPlan(asked, making: nil, for: target, call, estate)
        let stores = asked.stores
        if !stores.isEmpty { try call.require(.storesSchedule, container: nil) }
        try estate.requireRoom(forCertificates: 1)
        return .commit { estate in
            var answer = EnrollmentAnswer(metadata: plan.metadata)
            let keeps = plan.target.keepsKeys || format == .store
            estate.carryOut(plan, keepingKey: keeps, call, into: &answer)
            guard let certificate = answer.certificate, let key = answer.key else {
                return call.object(answer, EnrollmentAnswer.model, call.apiVersion == 2 ? .written : .shown, estate)
            }
            if asked.password == nil { answer.password = estate.newPassword() }
            if call.apiVersion == 2, !stores.isEmpty {
                answer.stores = estate.deliver(certificate.id, to: stores.map { $0.at(asked.jobTime) }, call).done
            }
            answer.hasFile = true
            let form: Forms = call.apiVersion == 2 ? .written : .shown
            var reply = call.object(answer, EnrollmentAnswer.model, form, estate)
            reply.add("X-Certificatefile", certificate.fileName(ending: asked.fileExtension ?? format.suffix))
            reply.add("X-Privatekeystatus", answer.keyStatus)
            return reply.finished(
                by: KeyFile(
                    format: format, key: key, chain: asked.includesChain ? estate.certificates.chain(of: certificate) : [certificate],
                    password: asked.password ?? answer.password ?? "", friendlyName: asked.friendlyName, isLegacy: asked.isLegacy,
                    hasSubject: asked.includesSubject))
        }
    }

    private static let csr = Operation(
        .post, "/Enrollment/CSR", versionTwoSince: .v10, needs: .everywhere(.enrollCSR),
        takes: Contents.of(EnrollmentRequest.model, .update),
        returns: Contents.of(EnrollmentAnswer.model, .listed), query: [.init(name: "forceEnroll", schema: .boolean)],
        established: """
            body, answer and its spelling, `Certificates` with a line `#CN=` each, header fields (recorded from 25.4.1); PEM with any line ends \
            or without its armour, raw line feeds in the JSON (client, recorded)
            """,
        assumed: "all of its 400s; DER is sent in base64; names of the request and of the CSR are merged; `forceEnroll` says nothing"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(EnrollmentRequest.model, .update)
        let format = try CertificateFormat.read(call, allowed: [.pem, .der])
        let request: SigningRequest
        do throws(PKIMistake) {
            request = try SigningRequest(asked.csr)
        } catch {
            throw .badArgument("CSR: \(error.message)", member: "CSR")
        }
        let target = try EnrollmentTarget(asked, for: .csr, call, estate)
        let plan = try EnrollmentPlan(asked, csr: request, for: target, call, estate)
        try estate.requireRoom(forCertificates: 1)
        return .commit { estate in
            var answer = EnrollmentAnswer(metadata: plan.metadata)
            estate.carryOut(plan, keepingKey: false, call, into: &answer)
            guard let certificate = answer.certificate else { return call.object(answer, EnrollmentAnswer.model, .listed, estate) }
            var chain = asked.includesChain ? estate.certificates.chain(of: certificate) : [certificate]
            if asked.order == .rootFirst { chain.reverse() }
            answer.texts = chain.map { $0.text(format, hasSubject: asked.includesSubject, call.fidelity) }
            var reply = call.object(answer, EnrollmentAnswer.model, .listed, estate)
            reply.add("X-Certificatefile", certificate.fileName(ending: asked.fileExtension ?? format.suffix))
            return reply
        }
    }

    private static let parse = Operation(
        .post, "/Enrollment/CSR/Parse", needs: .everywhere(.enrollCSR), takes: Contents.of(CSRText.model, .create),
        returns: { _ in .array(.text) }, established: "body, a list of texts (documented)",
        assumed: "the parts of the subject, then the names"
    ) { call, _ throws(Refusal) in
        let text = try call.read(CSRText.model).csr
        do throws(PKIMistake) {
            let request = try SigningRequest(text)
            let names = request.sans.map { "SAN=\($0.value)" }
            return .reply(call.object { $0.array(request.subject.parts + names) { $0.value($1) } })
        } catch {
            throw .badArgument("CSR: \(error.message)", member: "CSR")
        }
    }
}

extension EnrollmentTarget {
    /// What an enrollment names.
    init(_ asked: EnrollmentRequest, for type: EnrollmentTypes, _ call: Call, _ estate: Estate) throws(Refusal) {
        try self.init(
            template: asked.template, pattern: asked.pattern, authority: asked.authority, for: type, call, estate)
    }
}

extension Certificate {
    /// The certificate as answers to a CSR hold it.
    fileprivate func text(_ format: CertificateFormat, hasSubject: Bool, _ fidelity: Fidelity) -> String {
        guard format == .pem, fidelity.certificateText != .base64 else { return Base64.encode(content.der) }
        let text = pem(hasSubject: hasSubject)
        return fidelity.certificateText == .crlf ? text.replacing("\n", with: "\r\n") : text
    }
}

/// A body that holds a request for signing.
struct CSRText: Modelled {
    var csr = ""

    static let model = Model<CSRText>([.create: "CSRContents", .shown: "CSRContents"], blank: { .init() }) {
        Member("CSR", .text) { $0.csr }.asked(.create, required: "a request for signing in PEM", \.csr)
    }
}
