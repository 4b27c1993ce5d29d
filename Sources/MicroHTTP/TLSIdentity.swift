import CListener
import Glibc

/// A key and a certificate for HTTPS, and the authority that signed it if it was made here.
public struct TLSIdentity: Sendable {
    /// The server's certificate as PEM: the leaf, then the chain to an authority.
    public let certificate: String
    /// The server's private key as PEM.
    let key: String
    /// The authority's certificate as PEM, for clients to trust; `nil` if the certificate came from elsewhere.
    public let authority: String?
    /// What another certificate is made from; `nil` if this one came from elsewhere.
    private let origin: Origin?

    private struct Origin {
        /// The authority's key.
        var key: String
        var names: [String]
        var subjects: Subjects
    }

    /// The common names that certificates made here get.
    public struct Subjects: Sendable {
        /// The authority's.
        var authority: String
        /// The server certificate's.
        var leaf: String

        /// Common names.
        ///
        /// - Parameters:
        ///   - authority: the authority's, at most 64 characters.
        ///   - leaf: the server certificate's, at most 64 characters.
        public init(authority: String = "Throwaway CA", leaf: String = "Throwaway server") {
            self.authority = authority
            self.leaf = leaf
        }
    }

    /// Names that every machine has for itself.
    ///
    /// Go and GnuTLS accept `*.localhost` for `a.localhost`; OpenSSL wants two labels after an asterisk, so its clients need such a
    /// name in full.
    public static let loopbackNames = ["localhost", "*.localhost", "127.0.0.1", "::1"]

    /// Takes a certificate and the key that belongs to it.
    ///
    /// - Parameters:
    ///   - certificate: PEM, the leaf first.
    ///   - key: PEM, not encrypted.
    /// - Throws: ``ListenerError/badCertificate(_:)`` if one of them cannot be read or they do not belong together.
    init(certificate: String, key: String) throws(ListenerError) {
        var good = false
        let reason = unsafe errorText { error in unsafe good = listener_check_identity(key, certificate, error) }
        guard good else { throw .badCertificate(reason) }
        self.init(certificate: certificate, key: key, authority: nil, origin: nil)
    }

    /// Reads a certificate and the key that belongs to it from files.
    ///
    /// - Parameters:
    ///   - certificateFile: the path of a PEM file, the leaf first.
    ///   - keyFile: the path of a PEM file, not encrypted.
    /// - Throws: if a file cannot be read, or what is in them does not belong together.
    public init(certificateFile: String, keyFile: String) throws(ListenerError) {
        try self.init(certificate: PEMFile.read(certificateFile), key: PEMFile.read(keyFile))
    }

    private init(certificate: String, key: String, authority: String?, origin: Origin?) {
        self.certificate = certificate
        self.key = key
        self.authority = authority
        self.origin = origin
    }

    /// Makes an authority and a certificate that live only in memory.
    ///
    /// - Parameters:
    ///   - names: what the certificate is valid for: DNS names, which may begin with `*.`, and numeric addresses.
    ///   - subjects: the common names.
    /// - Throws: ``ListenerError/badCertificate(_:)`` if a name cannot be used in a certificate.
    /// - Returns: the identity, with its authority.
    public static func throwaway(
        names: [String] = loopbackNames, subjects: Subjects = Subjects()
    ) throws(ListenerError) -> TLSIdentity {
        try signed(by: makeAuthority(subjects), names: names, subjects)
    }

    /// Makes a certificate signed by an authority that is kept in a folder, and is made there when first needed.
    ///
    /// A new folder gets mode 0700, its `ca-key.pem` 0600. Processes that use it at the same time take turns.
    ///
    /// - Parameters:
    ///   - folder: its path; made if its parent exists.
    ///   - names: what the certificate is valid for, as for ``throwaway(names:subjects:)``.
    ///   - subjects: the common names.
    /// - Throws: if folder or files cannot be used, or do not hold a key and its certificate.
    /// - Returns: the identity, with its authority.
    public static func kept(
        in folder: String, names: [String] = loopbackNames, subjects: Subjects = Subjects()
    ) throws(ListenerError) -> TLSIdentity {
        if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST { throw .file(path: folder, FileProblem(errno)) }
        let turn = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard turn >= 0, flock(turn, LOCK_EX) == 0 else { throw .file(path: folder, FileProblem(errno)) }
        defer { close(turn) }
        let (keyPath, certificatePath) = (folder + "/ca-key.pem", folder + "/ca.pem")
        try checkAccess(turn, folder, mode_t(S_IWOTH), "everybody may write in it", "chmod o-w \(folder)")
        let missing = [keyPath, certificatePath].filter { (path: String) in unsafe access(path, F_OK) != 0 }
        // Clients may trust what is left: a new CA in its place would fail them.
        if missing.count == 1 { throw .badAuthority(folder: folder, "\(missing[0].abbreviated) is missing, the other file is there") }
        if missing.isEmpty {
            let authority = (key: try PEMFile.read(keyPath), certificate: try PEMFile.read(certificatePath))
            try checkKey(keyPath)
            var good = false
            let reason = unsafe errorText { error in unsafe good = listener_check_authority(authority.key, authority.certificate, error) }
            guard good else { throw .badAuthority(folder: folder, reason) }
            return try signed(by: authority, names: names, subjects)
        }
        let authority = try makeAuthority(subjects)
        try PEMFile.write(authority.key, to: keyPath, isSecret: true)
        try PEMFile.write(authority.certificate, to: certificatePath)
        return try signed(by: authority, names: names, subjects)
    }

    /// Refuses a folder or file that anybody on this machine could use in place of its owner.
    private static func checkAccess(
        _ file: Int32, _ path: String, _ forbidden: mode_t, _ reason: String, _ advice: String
    ) throws(ListenerError) {
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw .file(path: path, FileProblem(errno)) }
        if status.st_mode & forbidden != 0 { throw .file(path: path, FileProblem("\(reason). Correct that with '\(advice)'.")) }
    }

    private static func checkKey(_ path: String) throws(ListenerError) {
        let file = unsafe open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard file >= 0 else { throw .file(path: path, FileProblem(errno)) }
        defer { close(file) }
        try checkAccess(file, path, mode_t(S_IRWXO), "everybody may use this key", "chmod o= \(path)")
    }

    /// Whether its certificate is valid for a name, however it came to that.
    ///
    /// - Parameter name: a DNS name.
    /// - Returns: whether a client that asked for the name would accept the certificate.
    public func isFor(_ name: String) -> Bool { unsafe listener_certificate_names(certificate, name) }

    /// Makes a certificate that clients must reject.
    ///
    /// It is signed by the authority of this one. If this one came from elsewhere, without its authority's key, it is signed by an
    /// unknown authority for the loopback names, and clients reject it for that.
    ///
    /// - Parameter flaw: what is to be wrong with it.
    /// - Throws: ``ListenerError/badCertificate(_:)`` if it cannot be made.
    /// - Returns: the identity.
    func flawed(_ flaw: Flaw) throws(ListenerError) -> TLSIdentity {
        let known: (key: String, certificate: String)? = if let origin, let authority { (origin.key, authority) } else { nil }
        let subjects = origin?.subjects ?? Subjects()
        let signer = if flaw != .untrusted, let known { known } else { try Self.makeAuthority(subjects) }
        let names = flaw == .wrongName ? ["wrong-name.invalid"] : origin?.names ?? Self.loopbackNames
        return try Self.signed(by: signer, names: names, subjects, isExpired: flaw == .expired)
    }

    /// What can be wrong with a certificate.
    enum Flaw { case expired, wrongName, untrusted }

    /// Writes the authority's certificate where clients can find it, as ``WholeFile`` writes.
    ///
    /// - Parameter path: the file's path; an existing file is replaced.
    /// - Throws: if it cannot be written, or the certificate came from elsewhere.
    public func writeAuthority(to path: String) throws(ListenerError) {
        guard let authority else { throw .badConfiguration("There is no authority to write: the certificate was given, not made.") }
        try PEMFile.write(authority, to: path)
    }

    private static func makeAuthority(_ subjects: Subjects) throws(ListenerError) -> (key: String, certificate: String) {
        try unsafe pair { key, certificate, error in unsafe listener_make_authority(subjects.authority, &key, &certificate, error) }
    }

    private static func signed(
        by authority: (key: String, certificate: String), names: [String], _ subjects: Subjects, isExpired: Bool = false
    ) throws(ListenerError) -> TLSIdentity {
        if names.isEmpty { throw .badConfiguration("A certificate needs at least one name. Give the host that clients ask for.") }
        let copies = unsafe names.map { unsafe strdup($0) }
        defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
        let texts = unsafe copies.map { unsafe UnsafePointer($0!) }
        let leaf = try unsafe pair { key, certificate, error in
            unsafe listener_make_leaf(
                subjects.leaf, isExpired, authority.key, authority.certificate, texts, texts.count, &key, &certificate, error)
        }
        return TLSIdentity(
            certificate: leaf.certificate, key: leaf.key, authority: authority.certificate,
            origin: Origin(key: authority.key, names: names, subjects: subjects))
    }

    private typealias Text = UnsafeMutablePointer<CChar>

    /// Takes over two texts that C has made, or throws its error.
    private static func pair(
        _ make: (_ key: inout Text?, _ certificate: inout Text?, _ error: Text) -> Bool
    ) throws(ListenerError) -> (key: String, certificate: String) {
        var key: Text? = nil
        var certificate: Text? = nil
        let reason = unsafe errorText { error in _ = unsafe make(&key, &certificate, error) }
        defer {
            unsafe free(key)
            unsafe free(certificate)
        }
        guard let keyText = unsafe key, let certificateText = unsafe certificate else { throw .badCertificate(reason) }
        return unsafe (String(cString: keyText), String(cString: certificateText))
    }
}

/// Key and certificate as sessions use them: read once, whatever the number of reactors.
///
/// Safe to share: it does not change, and GnuTLS lets sessions of several threads use it.
@safe final class Credentials: @unchecked Sendable {
    let raw: OpaquePointer

    init(_ identity: TLSIdentity) throws(ListenerError) {
        guard let raw = unsafe listener_identity_make(identity.key, identity.certificate) else {
            throw .badCertificate("GnuTLS cannot read it")
        }
        unsafe self.raw = raw
    }

    deinit { unsafe listener_identity_free(raw) }
}

/// Files of certificates and keys.
private enum PEMFile {
    /// Reads a file of at most 1 MiB.
    static func read(_ path: String) throws(ListenerError) -> String {
        do throws(FileProblem) {
            return String(decoding: try WholeFile.read(path, most: 1 << 20), as: UTF8.self)
        } catch {
            throw .file(path: path, error)
        }
    }

    static func write(_ text: String, to path: String, isSecret: Bool = false) throws(ListenerError) {
        do throws(FileProblem) {
            try WholeFile.write(Array(text.utf8), to: path, isSecret: isSecret)
        } catch {
            throw .file(path: path, error)
        }
    }
}
