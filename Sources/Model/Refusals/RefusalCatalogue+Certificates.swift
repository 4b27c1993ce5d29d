/// What is refused of certificates and of enrollments.
extension Refusal {
    /// No such certificate. Recorded from 25.4.
    public static func certificateNotFound(_ id: Int) -> Refusal { notFound("Unable to find 'Certificate' with Id '\(id)'", .recorded) }

    /// No certificate of this thumbprint or serial number.
    public static func certificateNotFound(_ member: String, _ value: String) -> Refusal {
        notFound("Unable to find 'Certificate' with \(member) '\(value.prefix(60))'", .assumed)
    }

    /// A certificate's key is asked for, and Command keeps none. Recorded from 25.4.
    public static var noPrivateKey: Refusal {
        Refusal(
            status: 400, code: "0xA0110002", message: "No private key could be found for the given certificate.", provenance: .recorded,
            why: "Command keeps no key for this certificate")
    }

    /// The header field that says the format is missing. Its text and code are quoted by a client.
    public static var missingCertificateFormat: Refusal {
        Refusal(
            status: 400, code: "0xA0110007",
            message: "You must supply a certificate format in the 'X-CertificateFormat' header of the request.", provenance: .recorded)
    }

    /// A format that the operation does not take. Recorded from 25.4.
    ///
    /// - Parameters:
    ///   - name: the format as it was sent.
    ///   - why: what would be right.
    /// - Returns: a refusal with status 400.
    public static func invalidCertificateFormat(_ name: String, why: String) -> Refusal {
        Refusal(status: 400, code: "0xA0110008", message: "The format '\(name.prefix(60))' is invalid.", provenance: .recorded, why: why)
    }

    /// A certificate that a scenario only describes has no bytes that could be sent.
    public static func certificateNotKept(_ id: Int) -> Refusal {
        badArgument("Certificate \(id) has no content: the scenario describes it by its thumbprint, and the mock cannot make it.")
    }

    /// No such authority to enroll with. That the text holds `CA does not exist` is known from a client.
    public static func authorityUnknown(_ name: String) -> Refusal {
        badArgument("The CA does not exist: '\(name.prefix(60))'.", member: "CertificateAuthority")
    }

    /// No such request for a certificate.
    public static func requestNotFound(_ id: Int) -> Refusal { notFound("Unable to find 'Certificate Request' with Id '\(id)'", .assumed) }

    /// No such request for signing among those that the server made.
    public static func generatedRequestNotFound(_ id: Int) -> Refusal { notFound("Unable to find 'Pending CSR' with Id '\(id)'", .assumed) }
}
