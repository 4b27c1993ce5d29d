public import ScenarioFormat

extension Mistakes {
    /// Shows the mistakes with the lines that they are in, without the secrets of the text.
    ///
    /// - Parameters:
    ///   - file: the name of the file.
    ///   - source: the text of the file.
    /// - Returns: what ``drawn(file:source:_:)`` draws, with `(struck out)` where a secret is.
    public func shown(file: String, source: [UInt8]) -> String {
        let redaction = Redaction(hides: WrittenSecrets.hides) { Secrets.text($0) != $0 }
        return drawn(file: file, source: source, redaction)
    }
}

/// Which values of scenario files are secrets, or may be.
enum WrittenSecrets {
    /// The keys of the part `auth` that are shown.
    private static let keysOfCallers: Set<String> = ["name", "id", "mode", "world", "expiresIn", "permissions", "roles"]
    private static let partsOfCallers: Set<String> = ["auth", "users", "clients", "tokens"]
    /// The keys under which anybody's names have values: only a store's type knows which of them are secret.
    private static let namedValues: Set<String> = ["properties", "parameters", "params"]

    /// Whether what a key holds is redacted, by the keys above it. The key of an item in a list is empty.
    static func hides(_ key: String, above: [String], _ value: YAMLNode) -> Bool {
        if above.first == "fidelity" { return false }
        if above.contains(where: { ["auth", "users", "clients"].contains($0) }) || above.isEmpty && key == "auth" {
            if partsOfCallers.contains(key) { return value.items.isEmpty && value.entries.isEmpty }
            if key.isEmpty { return value.entries.isEmpty && !keysOfCallers.contains(above.last ?? "") }
            return !keysOfCallers.contains(key)
        }
        if key.hasPrefix("header.") { return isHidden(header: key.dropFirst("header.".count)) }
        if above.last == "headers" { return isHidden(header: key[...]) }
        let plain = Secrets.plain(key)
        if namedValues.contains(where: { plain.hasSuffix($0) }) || plain.contains("bodyproperties") { return value.items.isEmpty }
        if above.contains(where: { namedValues.contains($0) }), ["value", "default", "defaultvalue"].contains(plain) { return true }
        return Secrets.isSecret(name: key)
    }

    private static func isHidden(header name: Substring) -> Bool { Secrets.header(String(name), "x") != "x" }
}
