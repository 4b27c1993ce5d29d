/// What an object says under a name: nothing, null, or a value.
enum Said<Value> {
    case nothing
    case null
    case value(Value)

    /// The value that holds after a request: what is not said stays, null takes away.
    ///
    /// - Parameter old: the value before.
    /// - Returns: the value after.
    func over(_ old: Value?) -> Value? {
        switch self {
        case .nothing: old
        case .null: nil
        case .value(let new): new
        }
    }

    /// The value said, if one is.
    var value: Value? { over(nil) }

    /// The same, with some values counted as null, such as ids that mean nothing.
    func countingAsNull(_ isNothing: (Value) -> Bool) -> Said {
        if case .value(let value) = self, isNothing(value) { return .null }
        return self
    }
}

extension JSONValue {
    /// What an object says under a name, as a whole number of 32 bits; one in quotes is taken too, as for schedules.
    ///
    /// - Parameters:
    ///   - name: the member's name.
    ///   - path: where the object stands, with a point behind it; empty for the body itself.
    /// - Throws: a refusal that names the member.
    /// - Returns: what is said.
    func number(_ name: String, at path: String = "") throws(Refusal) -> Said<Int> {
        try said(name, at: path, expected: "a whole number of 32 bits") { value in
            (value.integer ?? value.text.flatMap { Int($0) }).flatMap { Int32(exactly: $0) }.map { Int($0) }
        }
    }

    /// What an object says under a name, as a GUID. The empty GUID is null, as assumed. See `number(_:at:)`.
    func identifier(_ name: String, at path: String = "") throws(Refusal) -> Said<GUID> {
        let said = try said(name, at: path, expected: "a GUID such as 00000000-0000-0000-0000-000000000000") { $0.guid }
        return said.countingAsNull { $0 == .empty }
    }

    /// What an object says under a name, as a boolean. See `number(_:at:)`.
    func truth(_ name: String, at path: String = "") throws(Refusal) -> Said<Bool> {
        try said(name, at: path, expected: "true or false") { $0.boolean }
    }

    /// What an object says under a name, as text. See `number(_:at:)`.
    func string(_ name: String, at path: String = "") throws(Refusal) -> Said<String> {
        try said(name, at: path, expected: "a string") { $0.text }
    }

    /// A text that must be there and not be empty.
    ///
    /// - Parameters:
    ///   - name: the member's name.
    ///   - path: where the object stands, with a point behind it; empty for the body itself.
    ///   - what: what is expected: "a machine's name".
    /// - Throws: a refusal that names the member.
    /// - Returns: the text.
    func requiredText(_ name: String, at path: String = "", _ what: String) throws(Refusal) -> String {
        guard let text = try string(name, at: path).value else {
            throw .badArgument("\(path)\(name): expected \(what), found nothing.", member: path + name)
        }
        guard !text.isEmpty else { throw .badArgument("\(path)\(name): expected \(what), found an empty string.") }
        return text
    }

    /// An identifier that must be there. See `requiredText(_:at:_:)`.
    func requiredIdentifier(_ name: String, at path: String = "", _ what: String) throws(Refusal) -> GUID {
        guard let id = try identifier(name, at: path).value else {
            throw .badArgument("\(path)\(name): expected \(what), found nothing.", member: path + name)
        }
        return id
    }

    /// A number that must be there. See `requiredText(_:at:_:)`.
    func requiredNumber(_ name: String, at path: String = "", _ what: String) throws(Refusal) -> Int {
        guard let number = try number(name, at: path).value else {
            throw .badArgument("\(path)\(name): expected \(what), found nothing.", member: path + name)
        }
        return number
    }

    /// The objects of an array that must be there.
    ///
    /// - Parameters:
    ///   - name: the member's name.
    ///   - members: the members that each object may have.
    ///   - fidelity: decides whether others are refused.
    /// - Throws: a refusal that names the member or the element.
    /// - Returns: at least one object, each with where it stands.
    func objects(_ name: String, knowing members: [String], _ fidelity: Fidelity) throws(Refusal) -> [(path: String, value: JSONValue)] {
        guard let list = self[name], !list.isNull else {
            throw .badArgument("\(name): expected at least one object, found nothing.", member: name)
        }
        guard list.isArray else { throw .badArgument("\(name): expected an array of objects, found \(list.kindName).", member: name) }
        guard !list.elements.isEmpty else { throw .badArgument("\(name): expected at least one object, found none.") }
        return try Self.objects(list.elements, name, knowing: members, fidelity)
    }

    /// Elements of an array that must all be objects. See `objects(_:knowing:_:)`.
    static func objects(
        _ elements: [JSONValue], _ name: String, knowing members: [String], _ fidelity: Fidelity
    ) throws(Refusal) -> [(path: String, value: JSONValue)] {
        var objects: [(path: String, value: JSONValue)] = []
        for (index, element) in elements.enumerated() {
            let path = "\(name)[\(index)]"
            guard element.isObject else { throw .badArgument("\(path): expected an object, found \(element.kindName).", member: path) }
            if fidelity.unknownMembers == .refuse { try element.refuseUnknown(members, path) }
            objects.append((path + ".", element))
        }
        return objects
    }

    private func said<Value>(
        _ name: String, at path: String, expected: String, _ read: (JSONValue) -> Value?
    ) throws(Refusal) -> Said<Value> {
        guard let value = self[name] else { return .nothing }
        guard !value.isNull else { return .null }
        guard let meant = read(value) else {
            throw .badArgument("\(path)\(name): expected \(expected), found \(value.shortSource).", member: path + name)
        }
        return .value(meant)
    }
}
