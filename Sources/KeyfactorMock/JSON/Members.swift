/// An object in a request, read member by member. Absent and null are one; every refusal names the member by its place in the body.
struct Members {
    let value: JSONValue
    /// Where the object stands, such as `Properties[0]`; empty for the body itself.
    let path: String
    private let fidelity: Fidelity

    /// The members of an object.
    ///
    /// - Parameters:
    ///   - value: an object.
    ///   - path: where it stands.
    ///   - fidelity: decides whether unknown members are refused.
    init(_ value: JSONValue, path: String = "", _ fidelity: Fidelity) {
        self.value = value
        self.path = path
        self.fidelity = fidelity
    }

    /// How a refusal names a member.
    func place(_ name: String) -> String { prefix + name }

    private var prefix: String { path.isEmpty ? "" : path + "." }

    /// A string.
    func text(_ name: String) throws(Refusal) -> String? { try value.string(name, at: prefix).value }

    /// A string that must be there and hold something.
    func requiredText(_ name: String) throws(Refusal) -> String {
        let text = try text(name)
        guard let text, !text.isEmpty else {
            throw .badArgument(
                "\(place(name)): expected at least one character, found \(text == nil ? "nothing" : "''").", member: place(name))
        }
        return text
    }

    /// A string, or a number or a boolean as it is written.
    func scalar(_ name: String) throws(Refusal) -> String? {
        guard let value = present(name) else { return nil }
        guard !value.isObject, !value.isArray else { throw wrong(name, "a string", value) }
        return value.text ?? value.source
    }

    /// A boolean.
    func flag(_ name: String) throws(Refusal) -> Bool? { try value.truth(name, at: prefix).value }

    /// A whole number of 32 bits, also in quotes, as .NET reads it.
    func number(_ name: String) throws(Refusal) -> Int? { try value.number(name, at: prefix).value }

    /// A GUID; the empty one is none.
    func guid(_ name: String) throws(Refusal) -> GUID? { try value.identifier(name, at: prefix).value }

    /// An enum by its name without case, or by its number, also in quotes.
    func word<Word: NamedNumber>(_ name: String, _: Word.Type) throws(Refusal) -> Word? {
        guard let value = present(name) else { return nil }
        let text = value.text?.lowercased()
        let number = value.integer ?? text.flatMap { Int($0) }
        guard let word = Word.allCases.first(where: { $0.rawValue == number || $0.name.lowercased() == text }) else {
            throw wrong(name, "one of \(Word.allCases.map { "\($0.name) (\($0.rawValue))" }.joined(separator: ", "))", value)
        }
        return word
    }

    /// An object.
    func object(_ name: String, knowing known: [String]) throws(Refusal) -> Members? {
        guard let value = present(name) else { return nil }
        return try object(value, place(name), known)
    }

    /// An array of objects; none if it is not there.
    func objects(_ name: String, knowing known: [String]) throws(Refusal) -> [Members] {
        guard let value = present(name) else { return [] }
        guard value.isArray else { throw wrong(name, "an array", value) }
        var all: [Members] = []
        for (index, element) in value.elements.enumerated() { all.append(try object(element, "\(place(name))[\(index)]", known)) }
        return all
    }

    private func object(_ value: JSONValue, _ path: String, _ known: [String]) throws(Refusal) -> Members {
        guard value.isObject else { throw .badArgument("\(path): expected an object, found \(value.shortSource).", member: path) }
        if fidelity.unknownMembers == .refuse { try value.refuseUnknown(known, path) }
        return Members(value, path: path, fidelity)
    }

    private func present(_ name: String) -> JSONValue? {
        value[name].flatMap { $0.isNull ? nil : $0 }
    }

    private func wrong(_ name: String, _ expected: String, _ found: JSONValue) -> Refusal {
        .badArgument("\(place(name)): expected \(expected), found \(found.shortSource).", member: place(name))
    }
}

/// An enum that has a number and a name on the wire.
protocol NamedNumber: RawRepresentable<Int>, CaseIterable {
    var name: String { get }
}
