import MicroHTTP

/// Redacts what nobody may read in a journal: credentials, tokens, passwords, private keys.
enum Secrets {
    static let struckOut = "(struck out)"

    /// Whether a name belongs to a secret: the name of a member of a body, a query parameter or a form field.
    static func isSecret(name: String) -> Bool {
        let name = name.lowercased()
        return name == "token" || words.contains { name.contains($0) }
    }

    private static let words = [
        "password", "passphrase", "secret", "privatekey", "private_key", "access_token", "refresh_token", "id_token", "apikey", "api_key",
        "pfx",
    ]
    private static let headers = [
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-mock-token", "x-api-key", "x-auth-token",
    ]

    /// Whether a selector reads a secret.
    static func isSecret(_ selector: Selector) -> Bool {
        switch selector {
        case .header(let name): headers.contains(name)
        case .query(let name): isSecret(name: name)
        case .body(let steps):
            steps.contains { step in
                if case .member(let name) = step { isSecret(name: name) } else { false }
            }
        default: false
        }
    }

    /// A header field's value as the journal shows it; of credentials, only the scheme.
    static func header(_ name: String, _ value: String) -> String {
        guard headers.contains(name.lowercased()) else { return value }
        let scheme = value.prefix { $0 != " " }
        return scheme.count < value.count && scheme.count <= 9 ? "\(scheme) \(struckOut)" : struckOut
    }

    /// A text as messages show it.
    static func shown(_ text: String) -> String { mayHold(text) ? struckOut : text }

    /// A query without the values of secrets.
    static func query(_ text: String) -> String { form(text) }

    /// A body as the journal shows it.
    ///
    /// - Parameters:
    ///   - bytes: the body, which may have been cut.
    ///   - isForm: whether it is a form, as token requests are.
    /// - Returns: text; bytes that are not UTF-8 are replaced.
    static func body(_ bytes: ArraySlice<UInt8>, isForm: Bool) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        if isForm { return form(text) }
        guard mayHold(text) else { return text }
        guard let document = try? JSONDocument(Array(bytes)) else { return struckOut }
        var writer = JSONWriter(capacity: bytes.count)
        write(document.root, to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func mayHold(_ text: String) -> Bool {
        let text = text.lowercased()
        // A name may be written with escapes.
        return (["\"token"] + words).contains { text.contains($0) } || text.contains("private key") || text.contains("\\u")
    }

    private static func form(_ text: String) -> String {
        text.split(separator: "&", omittingEmptySubsequences: false).map { part in
            let name = part.prefix { $0 != "=" }
            let decoded = PercentEncoding.decode(name.utf8, plusIsSpace: true) ?? String(name)
            return name.count < part.count && isSecret(name: decoded) ? "\(name)=\(struckOut)" : String(part)
        }.joined(separator: "&")
    }

    private static func write(_ value: JSONValue, to writer: inout JSONWriter) {
        if value.isObject {
            writer.object { writer in
                for member in value.members {
                    writer.name(anyText: member.name)
                    if isSecret(name: member.name), !member.value.isNull {
                        writer.value(struckOut)
                    } else {
                        write(member.value, to: &writer)
                    }
                }
            }
        } else if value.isArray {
            writer.array(value.elements) { write($1, to: &$0) }
        } else if let text = value.text {
            writer.value(Self.text(text))
        } else {
            writer.raw(value.source)
        }
    }

    /// A text inside JSON: it may be a private key, or JSON itself, as a store's properties are.
    private static func text(_ text: String) -> String {
        if text.contains("PRIVATE KEY-----") { return struckOut }
        guard let first = text.first(where: { !$0.isWhitespace }), first == "{" || first == "[", mayHold(text),
            let document = try? JSONDocument(Array(text.utf8))
        else {
            return text
        }
        var writer = JSONWriter(capacity: text.utf8.count)
        write(document.root, to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
