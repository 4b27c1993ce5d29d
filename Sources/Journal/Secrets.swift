import Base
import MicroHTTP
import Rules

/// Redacts what nobody may read in a journal: credentials, tokens, passwords, private keys. What is not understood is redacted whole.
public enum Secrets {
    static let struckOut = "(struck out)"

    // MARK: Names

    /// Whether a name belongs to a secret: the name of a member of a body, a query parameter or a form field. Case, `_`, `-` and `.` do
    /// not matter.
    static func isSecret(name: String) -> Bool {
        guard name.utf8.count <= 64 else { return isSecret(plainName: plain(name)) }
        return known.withLock { known in
            if let isSecret = known[name] { return isSecret }
            let isSecret = isSecret(plainName: plain(name))
            if known.count < 2_000 { known[name] = isSecret }
            return isSecret
        }
    }

    /// Names that were asked for before: replies repeat a few of them many times.
    private static let known = Lock<[String: Bool]>([:])

    private static func isSecret(plainName name: String) -> Bool {
        guard !harmlessNames.contains(where: { name.hasSuffix($0) }) else { return false }
        return endings.contains { name.hasSuffix($0) } || words.contains { name.contains($0) }
    }

    /// A name in lower case, with its letters and digits only.
    static func plain(_ name: some StringProtocol) -> String {
        String(decoding: name.lowercased().utf8.filter { $0 >= 0x80 || isWord($0) && !isJoint($0) }, as: UTF8.self)
    }

    /// What names of secrets contain.
    private static let words = [
        "password", "passphrase", "passwd", "passcode", "secret", "privatekey", "accesstoken", "refreshtoken", "idtoken", "apikey", "pfx",
        "pkcs12", "serverusername", "connectionstring", "credential", "sessionid",
    ]
    /// How names of secrets end.
    private static let endings = [
        "token", "tokens", "assertion", "jsonkey", "accesskey", "accountkey", "sharedkey", "signingkey", "encryptionkey", "masterkey",
        "sshkey", "authkey", "pwd", "jwt", "authorization", "cookie",
    ]
    /// Names that speak of secrets and hold none.
    private static let harmlessNames = ["setnewpasswordallowed", "passwordoptions", "privatekeyallowed", "hasprivatekey"]

    /// Whether a selector reads a secret.
    static func isSecret(_ selector: Selector, _ names: SecretNames) -> Bool {
        switch selector {
        case .header(let name): !isHarmless(header: name)
        case .query(let name): isSecret(name: name)
        case .body(let steps):
            steps.contains { step in
                if case .member(let name) = step { isSecret(name: name) || names.contains(name) } else { false }
            }
        default: false
        }
    }

    // MARK: Header fields

    /// Header fields that are shown; any other may be somebody's credential.
    private static let harmlessHeaders: Set<String> = [
        "accept", "accept-charset", "accept-encoding", "accept-language", "accept-ranges", "age", "allow", "api-supported-versions",
        "cache-control", "connection", "content-disposition", "content-encoding", "content-language", "content-length", "content-range",
        "content-type", "date", "dnt", "etag", "expect", "expires", "forwarded", "host", "http2-settings", "if-match", "if-modified-since",
        "if-none-match", "if-range", "if-unmodified-since", "keep-alive", "last-modified", "location", "max-forwards", "origin", "pragma",
        "prefer", "priority", "range", "referer", "retry-after", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user",
        "server",
        "strict-transport-security", "te", "traceparent", "tracestate", "trailer", "transfer-encoding", "upgrade",
        "upgrade-insecure-requests", "user-agent", "vary", "via", "warning", "www-authenticate", "x-content-type-options",
        "x-certificatefile", "x-certificateformat", "x-correlation-id", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
        "x-frame-options",
        "x-keyfactor-api-version",
        "x-keyfactor-correlation-id", "x-keyfactor-product-version", "x-keyfactor-requested-with", "x-mock-why", "x-mock-world",
        "x-powered-by", "x-privatekeystatus", "x-request-id", "x-requested-with", "x-total-count",
    ]

    private static func isHarmless(header name: String) -> Bool { harmlessHeaders.contains(name.lowercased()) }

    /// A header field's value as the journal shows it; of credentials, only the scheme.
    static func header(_ name: String, _ value: String) -> String {
        if isHarmless(header: name) { return shown(value) }
        guard name.lowercased().hasSuffix("authorization") else { return struckOut }
        let scheme = value.prefix { $0 != " " }
        return scheme.count < value.count && scheme.count <= 9 ? "\(scheme) \(struckOut)" : struckOut
    }

    // MARK: Texts

    /// What a text contains at least that names or holds a secret, by its first letter.
    private static let stems: [[[UInt8]]] = {
        var stems: [[[UInt8]]] = Array(repeating: [], count: 256)
        let all = [
            "pass", "pwd", "secret", "priv", "token", "key", "pfx", "serveruser", "server_user", "server-user", "connection", "credential",
            "session", "assertion", "jwt", "authorization", "cookie", "providertypeparam", "kfm-", "eyj", "://", "\\u", "basic ", "bearer ",
            "mii", "mig", "mih", "mhc", "mc4", "mec", "pkcs12",
        ]
        for stem in all.map({ Array($0.utf8) }) { stems[Int(stem[0])].append(stem) }
        return stems
    }()

    /// Whether anything in a text is worth a closer look. Quick, since most bodies hold nothing.
    static func isSuspect(_ bytes: some Sequence<UInt8>) -> Bool {
        var lowered: [UInt8] = []
        lowered.reserveCapacity(bytes.underestimatedCount)
        for byte in bytes { lowered.append(CaselessText.lower(byte)) }
        for (place, byte) in lowered.enumerated() {
            for stem in stems[Int(byte)] where lowered.count - place >= stem.count {
                if (1..<stem.count).allSatisfy({ lowered[place + $0] == stem[$0] }) { return true }
            }
        }
        return false
    }

    /// A text as messages show it.
    public static func shown(_ text: String) -> String { holdsSecret(text) ? struckOut : text }

    /// A sentence that may quote a request: what it quotes is redacted if it is about a secret.
    public static func reason(_ sentence: String) -> String {
        guard holdsSecret(sentence) else { return sentence }
        guard let found = sentence.firstRange(of: " found ") ?? sentence.firstRange(of: "'") else { return struckOut }
        return sentence[..<found.lowerBound] + " " + struckOut
    }

    /// Whether a text names a secret and then gives it a value (`password=x`, `<Secret>x`, `--token x`), or is itself one by its looks.
    static func holdsSecret(_ text: String) -> Bool {
        guard isSuspect(text.utf8) else { return false }
        let small = text.lowercased()
        if looksSecret(text, small) { return true }
        var (word, quotes): ([UInt8], Int) = ([], 0)
        for byte in small.utf8 {
            switch byte {
            case _ where isWord(byte) || byte >= 0x80:
                if quotes > 0 {
                    // A blank ends a word, but for the operators of queries and options of commands: `Password -eq x`, `--password x`.
                    if binds(word, blank: true) || byte == UInt8(ascii: "-") && binds(word) { return true }
                    (word, quotes) = ([], 0)
                }
                word.append(byte)
            case UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: ">"), UInt8(ascii: "]"):
                if binds(word) { return true }
                (word, quotes) = ([], 0)
            case UInt8(ascii: " "), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "\t"): quotes += 1
            default: (word, quotes) = ([], 0)
            }
        }
        return false
    }

    private static func looksSecret(_ text: String, _ small: String) -> Bool {
        if showsKey(small) || isKeyFile(text) || small.contains("kfm-") { return true }
        if text.contains("eyJ"), text.utf8.count(where: { $0 == UInt8(ascii: ".") }) >= 2 { return true }
        if small.hasPrefix("basic ") || small.hasPrefix("bearer ") {
            // A challenge names a realm or nothing.
            return small.utf8.count >= 14 && !small.contains("realm=")
        }
        guard let scheme = small.firstRange(of: "://") else { return false }
        return small[scheme.upperBound...].prefix { $0 != "/" }.contains("@")
    }

    private static func binds(_ word: [UInt8], blank: Bool = false) -> Bool {
        guard !word.isEmpty, word.count <= 200, !blank || word.starts(with: "--".utf8) else { return false }
        return isSecret(name: String(decoding: word, as: UTF8.self))
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || isJoint(byte)
    }

    private static func isJoint(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}
