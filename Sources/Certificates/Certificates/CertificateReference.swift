import Base
import Entities
import Model

/// How requests name one certificate: by id, by thumbprint, or by serial number and issuer.
struct CertificateReference: Sendable {
    var id: Int?
    var thumbprint: String?
    var serial: String?
    var issuer: String?

    /// The certificate that is named.
    ///
    /// - Parameters:
    ///   - scope: the certificates that the caller may use.
    ///   - estate: where they lie.
    /// - Throws: a refusal if none is named, or if there is none.
    /// - Returns: the certificate.
    func certificate(in scope: CertificateScope, _ estate: Estate) throws(Refusal) -> Certificate {
        if let id, id != 0 { return try scope.find(id) }
        if let thumbprint, !thumbprint.isEmpty {
            guard let known = estate.certificates.find(thumbprint: Self.digits(thumbprint)) else {
                throw .certificateNotFound("Thumbprint", thumbprint)
            }
            return try scope.find(known.id)
        }
        if let serial, !serial.isEmpty {
            let all = estate.certificates.find(serial: Self.digits(serial)).filter { issuer.map($0.isIssued) ?? true }
            guard let known = all.first else { throw .certificateNotFound("SerialNumber", serial) }
            return try scope.find(known.id)
        }
        throw .badArgument("One of CertID, Thumbprint, and SerialNumber with IssuerDN is required.", member: "CertID")
    }

    /// The digits of a thumbprint or serial number as certificates show them, however they were typed.
    private static func digits(_ text: String) -> String { text.uppercased().filter { $0 != ":" && $0 != " " } }

    /// The members of requests that hold it.
    @FieldBuilder<Row> static func members<Row: Modelled>(
        in forms: Forms, _ path: any WritableKeyPath<Row.Draft, CertificateReference> & Sendable
    ) -> [Field<Row>] {
        Asked("CertID", .number, in: forms) { $0[keyPath: path].id = $1.value }
        Asked("Thumbprint", .text, in: forms) { $0[keyPath: path].thumbprint = $1.value }
        Asked("SerialNumber", .text, in: forms) { $0[keyPath: path].serial = $1.value }
        Asked("IssuerDN", .text, in: forms) { $0[keyPath: path].issuer = $1.value }
    }
}

extension Certificate {
    /// Whether its issuer has a distinguished name; blanks after commas do not matter.
    fileprivate func isIssued(by name: String) -> Bool {
        issuer.replacing(", ", with: ",").lowercased() == name.replacing(", ", with: ",").lowercased()
    }
}
