import Base
public import MicroHTTP

/// What a request says about who makes it, read from its `Authorization` header but not yet verified.
public enum Credential: Sendable, Equatable {
    /// No header.
    case none
    /// A user, with or without a domain, and a password, which may contain `:`.
    case basic(User, password: [UInt8])
    case bearer(String)
    /// A token that was issued by a world which does not exist.
    case bearerOfNoWorld(String)
    /// A header that is neither, or is malformed.
    case malformed

    /// A user as Windows writes one: `DOMAIN\user`, `user@DOMAIN` or `user`.
    public struct User: Sendable, Equatable {
        var name: String
        var domain: String?

        /// Reads one of the three forms.
        init(_ text: String) {
            if let slash = text.utf8.firstIndex(of: UInt8(ascii: "\\")) {
                name = String(text[text.index(after: slash)...])
                domain = String(text[..<slash])
            } else if let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) {
                name = String(text[..<at])
                domain = String(text[text.index(after: at)...])
            } else {
                name = text
            }
        }

        /// Whether both are the same user: names ignoring case, and domains only if both have one, since some SDKs never send it.
        func isSame(as other: User) -> Bool {
            guard name.lowercased() == other.name.lowercased() else { return false }
            guard let domain, let theirs = other.domain else { return true }
            return domain.lowercased() == theirs.lowercased()
        }

        /// The user as a refusal names it.
        var text: String { domain.map { "\($0)\\\(name)" } ?? name }
    }

    /// Reads the `Authorization` header of a request.
    public init(_ request: Request) {
        guard let range = request.headerRange("authorization") else {
            self = .none
            return
        }
        self.init(header: request.bytes[range])
    }

    /// Reads the value of an `Authorization` header (RFC 7617, RFC 6750). The scheme's case does not matter.
    init(header: ArraySlice<UInt8>) {
        guard let blank = header.firstIndex(of: UInt8(ascii: " ")) else {
            self = .malformed
            return
        }
        let rest = header[(blank + 1)...].drop { $0 == UInt8(ascii: " ") }
        switch header[..<blank] {
        case let scheme where Self.isScheme(scheme, "basic"): self = Self.basic(rest)
        case let scheme where Self.isScheme(scheme, "bearer"):
            self = rest.isEmpty || !rest.allSatisfy(Self.isTokenByte) ? .malformed : .bearer(String(decoding: rest, as: UTF8.self))
        default: self = .malformed
        }
    }

    /// Whether a word is a scheme's name, which is given in lower case.
    private static func isScheme(_ word: ArraySlice<UInt8>, _ name: String) -> Bool {
        let wanted = name.utf8Span.span
        guard word.count == wanted.count else { return false }
        for offset in wanted.indices where word[word.startIndex + offset] | 0x20 != wanted[offset] { return false }
        return true
    }

    private static func basic(_ encoded: ArraySlice<UInt8>) -> Credential {
        guard let bytes = Base64.decode(encoded), let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        else { return .malformed }
        return .basic(User(text(bytes[..<colon])), password: Array(bytes[(colon + 1)...]))
    }

    /// A text in UTF-8. Clients without UTF-8 send Latin-1, which has a character for every byte.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        // Validating makes a copy first, 900 instructions; nearly all names are ASCII.
        if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
        return String(validating: bytes, as: UTF8.self) ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"),
            UInt8(ascii: "="):
            true
        default: false
        }
    }
}
