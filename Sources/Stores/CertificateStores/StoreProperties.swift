import Base
import Model

/// A store's properties: JSON in a string, as requests bring it and answers show it.
///
/// In requests a value is a text, or an object `{"value": …}` around a text or a secret. What is kept is an object of texts, in which
/// a secret is the object that a GET shows.
public struct StoreProperties: Sendable {
    /// What is said of one property.
    private enum Value: Sendable {
        case text(String)
        case secret(Secret)
    }

    private var values: [(name: String, value: Value)] = []

    /// Properties that are secrets whatever they look like: the credentials of store types that need a server.
    private static let secretNames: Set<String> = ["serverusername", "serverpassword"]

    /// Reads the `Properties` member of a request.
    ///
    /// - Parameters:
    ///   - value: the member's value.
    ///   - path: how to name the member in refusals.
    /// - Throws: a refusal that names the member or the property.
    /// - Returns: `nil` if nothing is said.
    static func read(_ value: JSONValue?, path: String = "Properties") throws(Refusal) -> StoreProperties? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.text else {
            throw .badArgument("\(path): expected a string that holds a JSON object, found \(value.kindName).", member: path)
        }
        guard !text.isEmpty else { return StoreProperties() }
        guard let root = try? value.document(in: text).root, root.isObject else {
            throw .badArgument("\(path): expected a string that holds a JSON object, found a string that holds none.", member: path)
        }
        var properties = StoreProperties()
        for (name, value) in root.members {
            if let meant = try property(name, value, "\(path).\(name)") { properties.values.append((name, meant)) }
        }
        return properties
    }

    private static func property(_ name: String, _ value: JSONValue, _ path: String) throws(Refusal) -> Value? {
        if value.isObject, isSecret(value) { return .secret(try Secret.read(value, path: path)) }
        let value = value["value"] ?? value
        if value.isNull { return nil }
        if value.isObject { return .secret(try Secret.read(value, path: path)) }
        guard !value.isArray else { throw .badArgument("\(path): expected a string, found an array.", member: path) }
        let text = value.text ?? value.source
        return .text(text)
    }

    private static func isSecret(_ value: JSONValue) -> Bool {
        ["SecretValue", "Provider", "InstanceGuid", "SecretTypeGuid"].contains { value[$0] != nil }
    }

    /// What is kept.
    ///
    /// - Parameters:
    ///   - old: the properties before, of which secrets that come masked are taken over.
    ///   - secrets: the names, in lower case, of what the store's type declares to be secret.
    ///   - identifiers: where identifiers of new secrets come from.
    /// - Returns: a JSON object as text.
    func kept(over old: String, secrets: [String], _ identifiers: inout Identifiers) -> String {
        let old = try? JSONDocument(Array(old.utf8)).root
        var writer = JSONWriter(capacity: 64)
        writer.object { writer in
            for (name, value) in values {
                writer.name(anyText: name)
                switch Self.meant(value, name, secrets) {
                case .text(let text): writer.value(text)
                case .secret(let secret):
                    let before = old?[name]
                    let instance = before?["InstanceGuid"]?.guid ?? identifiers.next(.secret)
                    KeyfactorSecret(isPresent: secret.over(before?["HasValue"]?.boolean ?? false), instance: instance).write(to: &writer)
                }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// A text is a secret where the store's type, or its name, says so.
    private static func meant(_ value: Value, _ name: String, _ secrets: [String]) -> Value {
        guard case .text(let text) = value, isSecret(name, secrets) else { return value }
        return .secret(.of(text))
    }

    private static func isSecret(_ name: String, _ secrets: [String]) -> Bool {
        secretNames.contains(name.lowercased()) || secrets.contains(name.lowercased())
    }

    /// The properties that a scenario file gives a store, without the secrets that it spells out.
    ///
    /// - Parameters:
    ///   - written: a JSON object as text.
    ///   - secrets: the names, in lower case, of what the store's type declares to be secret.
    ///   - key: what the identifiers of secrets are drawn from.
    ///   - seed: the scenario's seed.
    /// - Returns: a JSON object as text.
    public static func secured(_ written: String, secrets: [String], key: String, seed: UInt64) -> String {
        guard let root = try? JSONDocument(Array(written.utf8)).root else { return written }
        let isOpen = { (name: String, value: JSONValue) in value.isString && isSecret(name, secrets) }
        guard root.members.contains(where: isOpen) else { return written }
        var writer = JSONWriter(capacity: 64)
        writer.object { writer in
            for (name, value) in root.members {
                writer.name(anyText: name)
                guard isOpen(name, value) else {
                    if let text = value.text { writer.value(text) } else { writer.raw(value.source) }
                    continue
                }
                let instance = Identifiers.fixed(.secret, "\(key)\n\(name)", seed: seed)
                KeyfactorSecret(isPresent: value.text?.isEmpty == false, instance: instance).write(to: &writer)
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The properties as the answer to a write shows them: a secret is its identifier. Recorded.
    ///
    /// - Parameter kept: what is kept.
    /// - Returns: a JSON object as text.
    static func answered(_ kept: String) -> String {
        guard let root = try? JSONDocument(Array(kept.utf8)).root, root.members.contains(where: { $0.value.isObject }) else { return kept }
        var writer = JSONWriter(capacity: 64)
        writer.object { writer in
            for (name, value) in root.members {
                writer.name(anyText: name)
                writer.value(value.text ?? value["InstanceGuid"]?.text ?? "")
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension Kind where Value == StoreProperties {
    /// A store's properties as requests bring them: JSON in a string.
    static var storeProperties: Kind {
        Kind(.text) { _, _, writer in
            writer.null()
        } read: { value, place, _ throws(Refusal) in
            try StoreProperties.read(value, path: place).map { .value($0) } ?? .absent
        }
    }
}
