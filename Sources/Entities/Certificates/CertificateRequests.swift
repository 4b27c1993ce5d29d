public import Base
import PKI

/// Requests for certificates, those that the server made, and the keys of the authorities that issue.
public struct CertificateRequests: Sendable {
    /// The requests that wait for an approval, or were denied, by id.
    public var waiting = Table<Int, CertificateRequest>(sortedBy: { $0.id < $1.id })
    /// The requests for signing that the server made, by id.
    public var generated = Table<Int, GeneratedRequest>(sortedBy: { $0.id < $1.id })
    /// The highest id of a request ever given.
    public var highest = 0
    /// The highest id of a generated request ever given.
    public var highestGenerated = 0
    /// Where revocation lists and responders are said to be found: the beginning of their addresses.
    public var lists = "http://ca.example"
    /// Whether the estate dump says private keys that were sent in.
    public var dumpsKeys = false
    /// The keys of authorities by logical name, made when they are first needed.
    private var issuers: [String: PKI.CertificateAuthority] = [:]

    /// No requests yet.
    public init() {}

    /// The name of the authority above all others.
    public static let root = "Root-CA"
    /// How long certificates of authorities are valid, whatever the world's clock says.
    private static let validity = (from: Timestamp(year: 2000, month: 1, day: 1)!, until: Timestamp(year: 2049, month: 12, day: 31)!)

    /// The authority with a logical name: the root, or one below it.
    mutating func issuer(_ name: String, seed: UInt64) -> PKI.CertificateAuthority {
        if let known = issuers[name] { return known }
        let parent = name == Self.root ? nil : issuer(Self.root, seed: seed)
        let made = PKI.CertificateAuthority(
            commonName: name, seed: seed, notBefore: Self.validity.from, notAfter: Self.validity.until, parent: parent,
            crlURL: parent == nil ? nil : list(of: Self.root), statusURL: parent == nil ? nil : responder(of: Self.root))
        issuers[name] = made
        return made
    }

    /// The address of an authority's revocation list.
    func list(of name: String) -> String { "\(lists)/crl/\(Self.fileName(of: name)).crl" }

    /// The address where the status of an authority's certificates can be asked for.
    func responder(of name: String) -> String { "\(lists)/ocsp/\(Self.fileName(of: name))" }

    /// An authority's name as it stands in an address.
    public static func fileName(of name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" })
    }
}
