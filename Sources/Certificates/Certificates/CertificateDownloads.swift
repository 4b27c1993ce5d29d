import Base
import Entities
import MicroHTTP
import Model
import PKI

/// What sends certificates as files, without their keys and with them.
enum CertificateDownloads {
    static let all = [download, recover]

    private static let collection = [Operation.Parameter(name: "collectionId", schema: .integer)]

    private static let download = Operation(
        .post, "/Certificates/Download", needs: .containers(.certificatesRead), takes: Contents.of(DownloadRequest.model, .create),
        returns: Contents.of(DownloadAnswer.model, .shown), query: collection,
        established:
            "body, `Content`, the header fields, DER, PEM and P7B (recorded, documented); CertID, Thumbprint, or SerialNumber with IssuerDN",
        assumed: "400 if none of these is given; PEM as Recover writes it; DER holds no chain"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(DownloadRequest.model)
        let certificate = try asked.reference.certificate(in: try CertificateScope(.certificatesRead, call, estate), estate)
        let format = try CertificateFormat.read(call, allowed: [.der, .cer, .crt, .pem, .p7b])
        guard !certificate.content.der.isEmpty else { throw .certificateNotKept(certificate.id) }
        var chain = asked.chain(of: certificate, estate)
        if asked.order == .rootFirst { chain.reverse() }
        let bytes: [UInt8] =
            switch format {
            case .pem: Array(chain.map { $0.pem(hasSubject: asked.includesSubject) }.joined().utf8)
            case .p7b: PKCS7.make(chain.map(\.content.der))
            default: certificate.content.der
            }
        var reply = call.object(DownloadAnswer(content: bytes), DownloadAnswer.model, .shown, estate)
        reply.add("X-Certificatefile", asked.fileName(of: certificate, format))
        return .reply(reply)
    }

    private static let recover = Operation(
        .post, "/Certificates/Recover", needs: .containers(.certificatesRecover), takes: Contents.of(DownloadRequest.model, .update),
        returns: Contents.of(RecoveryAnswer.model, .shown), query: collection,
        established: """
            body, `PFX` and `FileName`, PEM's layout, the refusals of a certificate without a key and of other formats, in this order (recorded \
            from 25.4.1)
            """,
        assumed: "the permission's path; any password of at least one character; JKS is refused, since the mock writes none"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(DownloadRequest.model, .update)
        let certificate = try asked.reference.certificate(in: try CertificateScope(.certificatesRecover, call, estate), estate)
        guard let key = estate.key(of: certificate) else { throw .noPrivateKey }
        let format = try CertificateFormat.read(call, allowed: call.product >= .v25 ? [.pfx, .pem, .zip] : [.pfx, .pem])
        guard !asked.password.isEmpty else {
            throw .badArgument("Password: expected at least one character, found an empty text.", member: "Password")
        }
        let file = KeyFile(
            format: format, key: key, chain: asked.chain(of: certificate, estate), password: asked.password,
            friendlyName: asked.friendlyName, isLegacy: asked.isLegacy, hasSubject: asked.includesSubject)
        let answer = RecoveryAnswer(fileName: asked.fileName(of: certificate, format))
        return .reply(call.object(answer, RecoveryAnswer.model, .shown, estate).finished(by: file))
    }
}

/// A file with a private key, which takes some milliseconds to write: it is written after the world's lock is released.
struct KeyFile: Sendable {
    let format: CertificateFormat
    let key: PrivateKey
    /// The certificate and what is to be with it.
    let chain: [Certificate]
    let password: String
    let friendlyName: String?
    let isLegacy: Bool
    var hasSubject = true

    /// What stands in an answer until the file is written.
    static let mark = "the-file-is-written-when-the-lock-is-released"
    /// The members of answers that hold files: a text of a client's cannot look like one of them.
    fileprivate static let places = ["Pkcs12Blob", "PKCS12Blob", "PFX"].map { "\"\($0)\":\"" }

    /// Its bytes.
    var bytes: [UInt8] {
        let certificates = chain.map(\.content.der)
        switch format {
        case .pem:
            return Array(pem.utf8)
        case .zip:
            return ZIP.make([("certificate.pem", Array(pem.utf8)), ("certificate.pfx", pfx(certificates))], modified: chain[0].notBefore)
        default:
            return pfx(certificates)
        }
    }

    private func pfx(_ certificates: [[UInt8]]) -> [UInt8] {
        PKCS12.make(key: key, certificates: certificates, password: password, friendlyName: friendlyName, isLegacy: isLegacy)
    }

    /// The certificate, its key, encrypted, and the rest of the chain, as recorded.
    private var pem: String {
        let texts = chain.map { $0.pem(hasSubject: hasSubject) }
        return (texts.first ?? "") + PEM.encryptedKey(key, password: password) + texts.dropFirst().joined()
    }
}

extension Reply {
    /// The same reply with a file in each place of `KeyFile.mark`, written before the reply is sent.
    func finished(by file: KeyFile) -> Reply {
        var reply = self
        reply.finish = { body in
            let text = Base64.encode(file.bytes)
            return KeyFile.places.reduce(body) { $0.replacing(Array("\($1)\(KeyFile.mark)\"".utf8), with: Array("\($1)\(text)\"".utf8)) }
        }
        return reply
    }
}

/// The bodies of `POST /Certificates/Download` (create) and `…/Recover` (update).
struct DownloadRequest: Modelled {
    var reference = CertificateReference()
    var password = ""
    var includesChain = false
    var order = CertificateFormat.ChainOrder.endEntityFirst
    var includesSubject = true
    var friendlyName: String?
    var fileExtension: String?
    var isLegacy = false

    private static let both: Forms = [.create, .update]
    private static let is25: @Sendable (ProductVersion) -> Bool = { $0 >= .v25 }

    static let model = Model<DownloadRequest>(
        [.create: "CertificateDownloadRequest", .update: "CertificateRecoveryRequest"], blank: { .init() }
    ) {
        CertificateReference.members(in: both, \DownloadRequest.reference)
        Asked("Password", .text, in: .update, required: "a password", \.password)
        Asked("IncludeChain", .flag, in: both, \.includesChain)
        Asked("ChainOrder", .word(nil), in: both, \.order)
        Asked("IncludeSubjectHeader", .flag, in: both, of: is25) { $0.includesSubject = $1.value ?? true }
        Asked("FriendlyName", .text, in: both, of: is25) { $0.friendlyName = $1.value }
        Asked("FileExtension", .text, in: both, of: is25) { $0.fileExtension = $1.value }
        Asked("UseLegacyEncryption", .flag, in: .update, \.isLegacy)
        Asked(dropped: "MicrosoftTargetCSP", .text, in: .update)
    }

    /// The name of the file that is sent.
    func fileName(of certificate: Certificate, _ format: CertificateFormat) -> String {
        certificate.fileName(ending: fileExtension.flatMap { $0.isEmpty ? nil : $0 } ?? format.suffix)
    }

    /// A certificate with as much of its chain as was asked for, the certificate first.
    func chain(of certificate: Certificate, _ estate: Estate) -> [Certificate] {
        includesChain ? estate.certificates.chain(of: certificate) : [certificate]
    }
}

/// The answer of `POST /Certificates/Download`.
struct DownloadAnswer: Modelled {
    let content: [UInt8]

    static let model = Model<DownloadAnswer>([.shown: "CertificateDownloadResponse"]) {
        Member("Content", .text) { Base64.encode($0.content) }
    }
}

/// The answer of `POST /Certificates/Recover`. Whatever the format, the member is called PFX, as recorded.
struct RecoveryAnswer: Modelled {
    let fileName: String

    static let model = Model<RecoveryAnswer>([.shown: "RecoveryResponse"]) {
        Member("PFX", .text) { _ in KeyFile.mark }
        Member("FileName", .text) { $0.fileName }
    }
}
