public import Base

/// What a request says of a secret. The secret itself is dropped as it is read: all that is kept is whether there is one.
public enum Secret: Sendable, Equatable {
    /// Nothing is said, or it comes masked, as a GET shows it: the secret stays as it is.
    case unchanged
    /// There is to be none.
    case absent
    /// There is to be one.
    case present

    /// What stands in place of a secret in answers. Recorded.
    public static let mask = "********************"

    /// Reads a KeyfactorAPISecret: `{"SecretValue": "…"}`, or a provider with parameters. `Value` is what releases before 10 called it.
    ///
    /// - Parameters:
    ///   - value: the member's value.
    ///   - path: how to name the member in refusals, which never show what it holds.
    ///   - takesText: whether the secret may also come as a bare string.
    /// - Throws: a refusal that names the member.
    /// - Returns: what is said.
    public static func read(_ value: JSONValue?, path: String, takesText: Bool = false) throws(Refusal) -> Secret {
        guard let value, !value.isNull else { return .unchanged }
        if takesText, let text = value.text { return of(text) }
        guard value.isObject else {
            let expected = "\(takesText ? "a string or " : "")an object such as {\"SecretValue\":\"...\"}"
            throw .badArgument("\(path): expected \(expected), found \(value.kindName).", member: path)
        }
        if let parameters = value["Parameters"], !parameters.isNull, !parameters.isObject {
            throw .badArgument("\(path).Parameters: expected an object, found \(parameters.kindName).", member: path + ".Parameters")
        }
        if let provider = value["Provider"] ?? value["ProviderId"], !provider.isNothing {
            guard provider.listedNumber != nil else {
                throw .badArgument("\(path).Provider: expected a whole number, found \(provider.kindName).", member: path + ".Provider")
            }
            return .present
        }
        let name = value["SecretValue"] == nil ? "Value" : "SecretValue"
        guard let secret = value[name] else { return .unchanged }
        if secret.isNull { return .absent }
        guard let text = secret.text else {
            throw .badArgument("\(path).\(name): expected a string, found \(secret.kindName).", member: "\(path).\(name)")
        }
        return of(text)
    }

    /// What a bare text says: an empty one that there is none, one of asterisks nothing.
    public static func of(_ text: String) -> Secret {
        text.isEmpty ? .absent : text.allSatisfy { $0 == "*" } ? .unchanged : .present
    }

    /// Whether there is a secret afterwards.
    public func over(_ old: Bool) -> Bool {
        switch self {
        case .unchanged: old
        case .absent: false
        case .present: true
        }
    }
}

extension Kind where Value == Secret {
    /// A secret that a request sets.
    public static var secret: Kind { secret() }

    /// A secret that a request sets.
    ///
    /// - Parameter takesText: whether it may also come as a bare string.
    /// - Returns: the kind.
    public static func secret(takesText: Bool = false) -> Kind {
        let object = Schema.model(
            "KeyfactorAPISecret",
            .object([.nullable("SecretValue", .text), .nullable("Provider", .integer), .nullable("Parameters", .map(.any))]))
        return Kind(takesText ? .either([object, .text]) : object) { _, _, writer in
            writer.null()
        } read: { value, place, _ throws(Refusal) in
            .value(try Secret.read(value, path: place, takesText: takesText))
        }
    }
}
