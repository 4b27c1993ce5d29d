import Base
import Command
import MicroHTTP
import Model

/// Bodies and queries without their secrets. What a body is follows from its content and its type, not from its path.
extension Secrets {
    /// The body of a request as the journal shows it.
    ///
    /// - Parameters:
    ///   - bytes: the body, which may have been cut.
    ///   - isForm: whether it is said, or known, to be a form.
    ///   - names: what store types declare to be secret.
    /// - Returns: text. JSON that only the lenient parser reads is shown as it was read, without comments and what follows. What is neither
    ///   JSON nor a form is redacted, since nobody knows where in it a secret may stand.
    static func body(_ bytes: ArraySlice<UInt8>, isForm: Bool, _ names: SecretNames = .none) -> String {
        if bytes.isEmpty { return "" }
        let document = try? JSONDocument.lenient(Array(bytes))
        if let document, document.departure == nil { return redacted(document.root, bytes, names) }
        let first = bytes.first { $0 > 0x20 }
        if isForm, first != UInt8(ascii: "{"), first != UInt8(ascii: "["), let text = String(validating: bytes, as: UTF8.self) {
            return query(text)
        }
        if let document { return rewritten(document.root, names) }
        // A few characters again and again, as tests of sizes send them, are no secret.
        return Set(bytes.prefix(4_096)).count < 4 && Set(bytes).count < 4 ? String(decoding: bytes, as: UTF8.self) : struckOut
    }

    /// The body of a reply as the journal shows it: the mock's own, or one that a rule's author wrote.
    static func reply(_ bytes: ArraySlice<UInt8>, _ names: SecretNames = .none) -> String {
        if let document = try? JSONDocument(Array(bytes)) { return redacted(document.root, bytes, names) }
        let text = String(decoding: bytes, as: UTF8.self)
        return isSuspect(bytes) && mayHold(text) ? struckOut : text
    }

    /// An expectation as reports show it, without the secrets that it names.
    static func expectation(_ json: String) -> String {
        guard let document = try? JSONDocument(Array(json.utf8)) else { return struckOut }
        return redacted(document.root, Array(json.utf8)[...], .none)
    }

    /// The longest query or form that is searched for secrets, in bytes; a longer one is redacted whole.
    private static let longestQuery = 65_536

    /// A query, or a form, without the values of secrets. Its parts are separated by `&` or `;`.
    ///
    /// - Parameters:
    ///   - text: the query.
    ///   - length: how many bytes to show of a longer one, up to the end of a part if there is one; `nil` shows all.
    /// - Returns: what is left to show.
    static func query(_ text: String, cutTo length: Int? = nil) -> String {
        guard text.utf8.count <= longestQuery else { return struckOut }
        var text = text[...]
        if let length, text.utf8.count > length {
            let end = text.utf8.prefix(length).lastIndex { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: ";") }
            guard let end else { return String(query(String(text)).prefix(length)) }
            text = text[..<end]
        }
        let parts = text.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: ";") }
            .map { Substring($0) }
        let pairs = parts.map { part -> (name: String, value: String?) in
            guard let equals = part.utf8.firstIndex(of: UInt8(ascii: "=")) else { return (decoded(part), nil) }
            return (decoded(part[..<equals]), decoded(part[equals...].dropFirst()))
        }
        let isApart = pairs.contains { nameKeys.contains(plain($0.name)) && $0.value.map(isSecretWord) == true }
        var shown = ""
        for (part, pair) in zip(parts, pairs) {
            let name = Substring(part.utf8.prefix { $0 != UInt8(ascii: "=") })
            shown += strikes(pair, isApart: isApart) ? "\(name)=\(struckOut)" : part
            if part.endIndex < text.endIndex { shown.append(text[part.endIndex]) }
        }
        return shown
    }

    private static func strikes(_ pair: (name: String, value: String?), isApart: Bool) -> Bool {
        guard let value = pair.value, !value.isEmpty else { return false }
        if ["true", "false"].contains(value.lowercased()) { return false }
        if isSecret(name: pair.name) || isApart && !keysBesideNames.contains(plain(pair.name)) { return true }
        if !isKnown(parameter: pair.name), value.utf8.count > 3 { return true }
        return holdsSecret(value) || text(value) != value
    }

    /// Whether a parameter is one of an operation's query or of a token request: of any other nobody knows whether it is a secret.
    private static func isKnown(parameter: String) -> Bool {
        knownParameters.contains(String(parameter.lowercased().split(separator: ".").last ?? ""))
    }

    private static let knownParameters: Set<String> = Set(
        API.operations.flatMap { $0.query.map { $0.name.lowercased().split(separator: ".").last.map(String.init) ?? "" } }
    )
    .union(["grant_type", "client_id", "scope", "username", "audience", "resource", "token_type_hint", "client_assertion_type"])

    private static func decoded(_ text: Substring) -> String { PercentEncoding.decode(text.utf8, plusIsSpace: true) ?? String(text) }

    /// Whether what cannot be parsed may hold a secret.
    private static func mayHold(_ text: String) -> Bool {
        let small = text.lowercased()
        // A name may be written with escapes.
        return small.contains("\\u") || small.contains("password") || small.contains("passphrase") || small.contains("secret")
            || small.contains("privatekey") || small.contains("private_key") || small.contains("pfx") || holdsSecret(text)
    }

    // MARK: JSON

    /// The members that name what another member of the same object is worth: `{"Name": "Password", "Value": "x"}`.
    private static let nameKeys: Set<String> = [
        "name", "key", "field", "fieldname", "parameter", "parametername", "property", "propertyname", "attribute", "header", "headername",
        "k", "n", "option", "setting", "label", "variable", "type", "kind", "displayname", "path",
    ]
    /// The members that are shown although a secret is named beside them.
    private static let keysBesideNames = nameKeys.union([
        "required", "dependson", "description", "id", "order", "storetypeid", "storetype", "shortname", "capability", "jobtypename",
    ])

    /// A document without its secrets; as it was written if it has none.
    private static func redacted(_ value: JSONValue, _ source: ArraySlice<UInt8>, _ names: SecretNames) -> String {
        let text = String(decoding: source, as: UTF8.self)
        guard !names.isEmpty || isSuspect(source) else { return text }
        let redacted = rewritten(value, names)
        return redacted.contains(struckOut) ? redacted : text
    }

    /// A document without its secrets, written again.
    private static func rewritten(_ value: JSONValue, _ names: SecretNames) -> String {
        var writer = JSONWriter()
        write(value, names, to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func write(_ value: JSONValue, _ names: SecretNames, to writer: inout JSONWriter) {
        if value.isObject {
            writeObject(value.members, names, to: &writer)
        } else if value.isArray {
            var isNamed = false
            writer.array(value.elements) { writer, element in
                if isNamed, !isPlain(element) {
                    writer.value(struckOut)
                } else {
                    write(element, names, to: &writer)
                }
                // A pair such as ["Password", "x"], or a list of names and values in turn.
                if let name = element.text, isSecretWord(name) || names.contains(name) { isNamed = true }
            }
        } else if let text = value.text {
            writer.value(Self.text(text, names))
        } else {
            writer.raw(value.source)
        }
    }

    private static func writeObject(_ members: [(name: String, value: JSONValue)], _ names: SecretNames, to writer: inout JSONWriter) {
        let isApart = members.contains { member in
            nameKeys.contains(plain(member.name)) && member.value.text.map { isSecretWord($0) || names.contains($0) } == true
        }
        // A value of a PAM provider: only the provider's type knows whether it is a secret.
        let isOfPam = members.contains { plain($0.name) == "providertypeparam" }
        writer.object { writer in
            for member in members {
                writer.name(anyText: member.name)
                let isSecret =
                    isOfPam && plain(member.name) == "value" || isSecret(name: member.name) || names.contains(member.name)
                    || isApart && !keysBesideNames.contains(plain(member.name))
                if isSecret, !isPlain(member.value) { writer.value(struckOut) } else { write(member.value, names, to: &writer) }
            }
        }
    }

    /// Whether a value is the name of a secret: a few words of letters and digits.
    private static func isSecretWord(_ text: String) -> Bool {
        text.utf8.count <= 128 && text.utf8.allSatisfy { !"{}[]\"=:<>&;,\\".utf8.contains($0) } && isSecret(name: text)
    }

    /// Whether a value cannot be a secret, whatever its name.
    private static func isPlain(_ value: JSONValue) -> Bool { value.isNull || value.boolean != nil }

    /// A text inside JSON: it may be a private key, or JSON itself, as a store's properties are.
    static func text(_ text: String, _ names: SecretNames = .none) -> String {
        guard let first = text.first(where: { !$0.isWhitespace }), first == "{" || first == "[" else { return shown(text) }
        let document = try? JSONDocument.lenient(Array(text.utf8))
        if let document, document.departure == nil { return redacted(document.root, Array(text.utf8)[...], names) }
        if let document, case let redacted = rewritten(document.root, names), redacted.contains(struckOut) { return redacted }
        // What only the lenient parser reads may have a secret in a comment, or after what was read.
        return !names.isEmpty || mayHold(text) ? struckOut : text
    }
}
