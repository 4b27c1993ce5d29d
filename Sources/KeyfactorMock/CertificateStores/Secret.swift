/// What a request says of a secret. The secret itself is dropped as it is read: all that is kept is whether there is one.
enum Secret: Equatable {
    /// Nothing is said, or it comes masked, as a GET shows it: the secret stays as it is.
    case unchanged
    /// There is to be none.
    case absent
    /// There is to be one.
    case present

    /// What stands in place of a secret in answers. Recorded.
    static let mask = "********************"

    /// Reads a KeyfactorAPISecret: `{"SecretValue": "…"}`, or a provider with parameters. `Value` is what releases before 10 called it.
    ///
    /// - Parameters:
    ///   - value: the member's value.
    ///   - path: how to name the member in refusals, which never show what it holds.
    ///   - takesText: whether the secret may also come as a bare string.
    /// - Throws: a refusal that names the member.
    /// - Returns: what is said.
    static func read(_ value: JSONValue?, path: String, takesText: Bool = false) throws(Refusal) -> Secret {
        guard let value, !value.isNull else { return .unchanged }
        if takesText, let text = value.text { return of(text) }
        guard value.isObject else {
            let expected = "\(takesText ? "a string or " : "")an object such as {\"SecretValue\":\"...\"}"
            throw .badArgument("\(path): expected \(expected), found \(value.kindName).", member: path)
        }
        if let parameters = value["Parameters"], !parameters.isNull, !parameters.isObject {
            throw .badArgument("\(path).Parameters: expected an object, found \(parameters.kindName).", member: path + ".Parameters")
        }
        if let provider = value["Provider"] ?? value["ProviderId"], !provider.isNull {
            guard provider.integer != nil else {
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
    static func of(_ text: String) -> Secret {
        text.isEmpty ? .absent : text.allSatisfy { $0 == "*" } ? .unchanged : .present
    }

    /// Whether there is a secret afterwards.
    func over(_ old: Bool) -> Bool {
        switch self {
        case .unchanged: old
        case .absent: false
        case .present: true
        }
    }

    /// Writes a secret as a GET shows it (KeyfactorSecret): masked. The empty GUID is recorded, SecretType 0 too; the rest is assumed.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - isPresent: whether there is one.
    ///   - instance: the identifier by which it goes in a store's properties.
    static func write(to writer: inout JSONWriter, isPresent: Bool, instance: GUID? = nil) {
        writer.object { writer in
            writer.member("Value", isPresent ? mask : nil)
            writer.member("SecretTypeGuid", GUID.empty)
            writer.null("InstanceId")
            writer.member("InstanceGuid", instance)
            writer.name("ProviderTypeParameterValues")
            writer.array([Int]()) { $0.value($1) }
            writer.null("ProviderId")
            writer.member("IsManaged", false)
            writer.member("SecretType", 0)
            writer.null("RemoteProviderName")
            writer.member("HasValue", isPresent)
        }
    }
}
