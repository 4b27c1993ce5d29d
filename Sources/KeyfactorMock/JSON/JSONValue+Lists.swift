extension JSONValue {
    /// A member that must be an array of GUIDs, each counted once, in the order of their first mention.
    ///
    /// - Parameters:
    ///   - name: the member's name.
    ///   - what: what the GUIDs name, for refusals.
    /// - Returns: at least one GUID.
    /// - Throws: a refusal that names the member or the element at fault.
    func guids(_ name: String, of what: String) throws(Refusal) -> [GUID] {
        try Self.list(name, of: what, self[name], Self.guid)
    }

    /// This value, a body, as an array of GUIDs; see `guids(_:of:)`. Elements are named by their index, `[0]`.
    ///
    /// - Parameter what: what the GUIDs name, for refusals.
    /// - Returns: at least one GUID.
    /// - Throws: a refusal that names the body or the element at fault.
    func guids(of what: String) throws(Refusal) -> [GUID] {
        try Self.list(nil, of: what, self, Self.guid)
    }

    private static func guid(_ element: JSONValue, _ path: String) throws(Refusal) -> GUID {
        if let id = element.guid { return id }
        let example = "a GUID such as 00000000-0000-0000-0000-000000000000"
        throw .badArgument("\(path): expected \(example), found \(element.shortSource).", member: path)
    }

    /// A member that must be an array of whole numbers; see `guids(_:of:)`.
    ///
    /// - Parameters:
    ///   - name: the member's name.
    ///   - what: what the numbers name, for refusals.
    /// - Returns: at least one number.
    /// - Throws: a refusal that names the member or the element at fault.
    func integers(_ name: String, of what: String) throws(Refusal) -> [Int] {
        try Self.list(name, of: what, self[name]) { element, path throws(Refusal) in
            guard let number = element.integer else {
                throw .badArgument("\(path): expected a whole number, found \(element.shortSource).", member: path)
            }
            return number
        }
    }

    private static func list<Element: Hashable>(
        _ member: String?, of what: String, _ value: JSONValue?, _ read: (JSONValue, String) throws(Refusal) -> Element
    ) throws(Refusal) -> [Element] {
        let (name, prefix, path) = (member ?? "The request body", member ?? "", member ?? "$")
        guard let value, !value.isNull else {
            throw .badArgument("\(name): expected at least one \(what) id, found nothing.", member: path)
        }
        guard value.isArray else { throw .badArgument("\(name): expected an array of \(what) ids, found \(value.kindName).", member: path) }
        let elements = value.elements
        guard !elements.isEmpty else { throw .badArgument("\(name): expected at least one \(what) id, found none.") }
        if elements.count == 1 { return [try read(elements[0], "\(prefix)[0]")] }
        var (list, seen): ([Element], Set<Element>) = ([], [])
        for (index, element) in elements.enumerated() {
            let item = try read(element, "\(prefix)[\(index)]")
            if seen.insert(item).inserted { list.append(item) }
        }
        return list
    }
}
