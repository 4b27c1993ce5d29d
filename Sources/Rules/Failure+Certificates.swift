import Certificates
import Model

extension Failure {
    /// The failures of enrollments and certificates.
    static let certificates: [Failure] = [
        Failure(
            "not-found-certificate", 404, Refusal.notFoundCode, "Unable to find 'Certificate' with Id '{id}'", .recorded,
            when: "no such certificate; the text is recorded, its code is not"),
        Failure(
            "no-private-key", 400, "0xA0110002", "No private key could be found for the given certificate.", .recorded,
            when: "a key is to be recovered that Command does not keep"),
        Failure(
            "format-missing", 400, "0xA0110007",
            "You must supply a certificate format in the 'X-CertificateFormat' header of the request.", .recorded,
            when: "the header field x-certificateformat is missing"),
        Failure(
            "format-invalid", 400, "0xA0110008", "The format 'STORE' is invalid.", .recorded,
            when: "an operation does not take the format that x-certificateformat asks for"),
        Failure(
            "ca-missing", 400, Refusal.badArgumentCode, "The CA does not exist: 'ca.example\\Sub-CA'.", .assumed,
            when: "the authority is down or unknown; clients look for `CA does not exist`"),
        Failure(
            "enrollment-denied", 200, "", "The request was denied.", .assumed, form: .disposition("DENIED"),
            when: "the authority denies an enrollment; a success whose RequestDisposition is DENIED"),
        Failure(
            "enrollment-pending", 200, "", "The request is pending.", .assumed, form: .disposition("PENDING"),
            when: "an enrollment waits forever; a success whose RequestDisposition is PENDING"),
        Failure(
            "enrollment-failed", 200, "", "The authority returned an error.", .assumed, form: .disposition("FAILED"),
            when: "the authority fails; a success whose RequestDisposition is FAILED"),
        Failure(
            "no-default-pattern", 400, Refusal.badArgumentCode,
            "Template: the template 'WebServer-1y' has no default enrollment pattern.", .assumed,
            when: "from 25 on, a template is named that has no default enrollment pattern"),
        Failure(
            "subject-invalid", 400, Refusal.badArgumentCode, "Subject: CN 'www.example.com' does not match '^.*\\.corp\\.example$'.",
            .assumed, when: "the subject does not match a regular expression of the template"),
        Failure(
            "metadata-required", 400, Refusal.badArgumentCode,
            "Metadata.Owner: expected a value, since the field is required, found nothing.", .assumed,
            when: "a metadata field that is required has no value"),
    ]

    /// The answer to an enrollment that gave no certificate, as the operation, its version and the release have it.
    func enrollment(_ word: String, _ context: Substitute.Context) -> [UInt8] {
        let request = word == "PENDING" ? Self.requestOfNobody : 0
        return FruitlessEnrollment(word, message, request: request).body(
            of: context.path, isVersionTwo: context.isVersionTwo, context.product, context.fidelity)
    }

    /// The number of a request that stands in no list, so that nobody takes another's certificate for it.
    private static let requestOfNobody = 999_999_999
}
