import Base
import Entities
import Model
import PKI

/// The answer to an enrollment: what became of it.
struct EnrollmentAnswer: Modelled {
    /// The certificate, if it was issued at once.
    var certificate: Certificate?
    /// The request, if it waits for an approval.
    var request: CertificateRequest?
    /// The certificate in the format that was asked for, for a CSR.
    var texts: [String] = []
    /// The key that the server made, kept or not.
    var key: PrivateKey?
    /// Whether there is a file to be written.
    var hasFile = false
    /// The password that the server made.
    var password: String?
    var metadata: [String: String] = [:]
    /// The stores that it will be delivered to; `nil` if none was named.
    var stores: [GUID]?
    var workflow = GUID.empty
    var workflowNumber = 0
    /// What is said in place of all that, where a rule lets the enrollment come to nothing.
    var nothing: FruitlessEnrollment?

    /// For a key that the server made (shown), with the stores in the second version (written), or for the client's own (listed).
    /// Members and their order recorded from 25.4.1.
    static let model = Model<EnrollmentAnswer>(
        [.shown: "PFXEnrollmentResponse", .written: "PFXEnrollmentResponseV2", .listed: "CSREnrollmentResponse"]
    ) {
        Member("SuccessfulStores", .list(.guid), nullable: { $0.stores }).only(in: .written)
        Member("CertificateInformation", .object(shownOnly: PFXInformation.model)) { PFXInformation(answer: $0) }.only(in: [
            .shown, .written,
        ])
        Member("CertificateInformation", .object(shownOnly: CSRInformation.model)) { CSRInformation(answer: $0) }.only(in: .listed)
        Member("Metadata", .texts) { $0.metadata }
    }

    var disposition: String { nothing?.disposition ?? (certificate == nil ? "PENDING" : "ISSUED") }

    /// The KeyfactorRequestId; 0 where a certificate was issued at once.
    var requestNumber: Int { nothing?.request ?? request?.id ?? 0 }

    /// Recorded for an issued certificate with a kept key; what is sent while a request waits is assumed.
    var message: String {
        if let nothing { return nothing.message }
        if certificate == nil { return "The certificate request is pending approval." }
        return certificate?.key == nil || !hasFile ? "" : "The private key was successfully retained."
    }

    /// Whether the server keeps the key, as `X-Privatekeystatus` says it. `Saved` is recorded, the other word assumed.
    var keyStatus: String { (certificate?.key ?? request?.key) == nil ? "NotSaved" : "Saved" }
}

/// A certificate for which the server made the key.
struct PFXInformation: Modelled {
    let answer: EnrollmentAnswer

    static let model = Model<PFXInformation>([.shown: "PFXCertificateInformation"]) {
        issued
        Member("KeyfactorId", .number) { $0.answer.certificate?.id ?? 0 }
        Member("Pkcs12Blob", .text, nullable: { $0.answer.hasFile ? KeyFile.mark : nil })
        // As one client spells it, beside the recorded name.
        Member("PKCS12Blob", .text, optional: { $0.answer.hasFile && $1.fidelity.legacySpelling ? KeyFile.mark : nil })
        Member("Password", .text, nullable: { $0.answer.password })
        workflow
        Member("StoreIdsInvalidForRenewal", .json(.array(.guid))) { _ in "[]" }.sent { $0 >= .v11 }
        Member("ChainFailedToBuild", .flag) { _ in false }.sent { $0 >= .v25 }
        disposition
    }

    @FieldBuilder<PFXInformation> private static var issued: [Field<PFXInformation>] {
        Member("SerialNumber", .text) { $0.answer.certificate?.serial ?? "" }
        Member("IssuerDN", .text) { $0.answer.certificate?.issuer ?? "" }
        Member("Thumbprint", .text) { $0.answer.certificate?.thumbprint ?? "" }
    }

    @FieldBuilder<PFXInformation> private static var workflow: [Field<PFXInformation>] {
        Member("WorkflowInstanceId", .guid) { $0.answer.workflow }.sent { $0 >= .v11 }
        Member("WorkflowReferenceId", .number) { $0.answer.workflowNumber }.sent { $0 >= .v11 }
    }

    @FieldBuilder<PFXInformation> private static var disposition: [Field<PFXInformation>] {
        Member("KeyfactorRequestId", .number) { $0.answer.requestNumber }
        Member("RequestDisposition", .text) { $0.answer.disposition }
        Member("DispositionMessage", .text) { $0.answer.message }
        Member("EnrollmentContext", .json(.map(.any)), nullable: { _ in nil })
    }
}

/// A certificate whose key the client made. `KeyfactorID` is spelled so here, and `KeyfactorId` above: recorded.
struct CSRInformation: Modelled {
    let answer: EnrollmentAnswer

    static let model = Model<CSRInformation>([.shown: "CSRCertificateInformation"]) {
        Member("SerialNumber", .text) { $0.answer.certificate?.serial ?? "" }
        Member("IssuerDN", .text) { $0.answer.certificate?.issuer ?? "" }
        Member("Thumbprint", .text) { $0.answer.certificate?.thumbprint ?? "" }
        Member("KeyfactorID", .number) { $0.answer.certificate?.id ?? 0 }
        Member("Certificates", .list(.text)) { $0.answer.texts }
        Member("WorkflowInstanceId", .guid) { $0.answer.workflow }.sent { $0 >= .v11 }
        Member("WorkflowReferenceId", .number) { $0.answer.workflowNumber }.sent { $0 >= .v11 }
        Member("KeyfactorRequestId", .number) { $0.answer.requestNumber }
        Member("RequestDisposition", .text) { $0.answer.disposition }
        Member("DispositionMessage", .text) { $0.answer.message }
        Member("EnrollmentContext", .json(.map(.any)), nullable: { _ in nil })
    }
}
