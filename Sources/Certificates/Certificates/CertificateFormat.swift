import Base
import Entities
import MicroHTTP
import Model
import PKI

/// In what a certificate is sent: the value of the header field `x-certificateformat`, without case.
enum CertificateFormat: String, Sendable {
    case der, cer, crt, pem, p7b, pfx, zip, jks, store, replace

    /// The file name's ending, as `X-Certificatefile` has it.
    var suffix: String {
        switch self {
        case .replace: Self.store.rawValue
        default: rawValue
        }
    }

    /// Reads the header field.
    ///
    /// - Parameters:
    ///   - call: the request.
    ///   - allowed: what the operation takes.
    /// - Throws: the recorded refusals of a request without the field, and of a format that is not taken.
    /// - Returns: the format.
    static func read(_ call: Call, allowed: [CertificateFormat]) throws(Refusal) -> CertificateFormat {
        guard let text = call.request.header("x-certificateformat")?.trimmed, !text.isEmpty else { throw .missingCertificateFormat }
        guard let format = CertificateFormat(rawValue: text.lowercased()), allowed.contains(format) else {
            let list = allowed.map { $0.rawValue.uppercased() }.joined(separator: ", ")
            let why =
                text.lowercased() == jks.rawValue
                ? "the mock writes no Java keystores; keytool opens PFX, too" : "this operation takes \(list)"
            throw .invalidCertificateFormat(text, why: why)
        }
        return format
    }

    /// What requests say of a chain's order.
    enum ChainOrder: Int, NamedNumber {
        case endEntityFirst = 1
        case rootFirst = 2

        /// The name that requests use.
        var name: String { self == .rootFirst ? "RootFirst" : "EndEntityFirst" }
    }
}

extension Certificate {
    /// A file name for it.
    ///
    /// - Parameter ending: what follows its common name, with a dot or without.
    /// - Returns: such as `www.example.com.pem`.
    func fileName(ending: String) -> String { "\(commonName ?? serial)\(ending.hasPrefix(".") ? "" : ".")\(ending)" }

    /// What stands before it in PEM, as recorded.
    private var subjectLine: String { "#CN=\(commonName ?? subject)\n" }

    /// The certificate in PEM.
    ///
    /// - Parameter hasSubject: whether a line with its common name comes before it.
    /// - Returns: the text.
    func pem(hasSubject: Bool = true) -> String { (hasSubject ? subjectLine : "") + PEM.certificate(content.der) }
}
