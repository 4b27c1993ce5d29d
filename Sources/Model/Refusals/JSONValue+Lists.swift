public import Base

extension JSONValue {
    /// This value as an array of at least one GUID, each counted once, in the order of first mention.
    ///
    /// - Parameters:
    ///   - place: where it stands in the body; `nil` is the body itself, whose elements are named by their index, `[0]`.
    ///   - what: what the GUIDs name, for refusals.
    /// - Throws: a refusal that names the member or the element at fault.
    /// - Returns: at least one GUID.
    public func guids(at place: String?, of what: String) throws(Refusal) -> [GUID] {
        try list(at: place, of: what) { element, place throws(Refusal) in
            guard let id = element.guid else { throw .notAGUID(place, element.shortSource) }
            return id
        }
    }

    /// This value as an array of at least one whole number. See `guids(at:of:)`.
    public func integers(at place: String?, of what: String) throws(Refusal) -> [Int] {
        try list(at: place, of: what) { element, place throws(Refusal) in
            guard let number = element.listedNumber else {
                throw .badArgument("\(place): expected a whole number, found \(element.shortSource).", member: place)
            }
            return number
        }
    }

    private func list<Element: Hashable>(
        at place: String?, of what: String, _ read: (JSONValue, String) throws(Refusal) -> Element
    ) throws(Refusal) -> [Element] {
        let (name, prefix) = (place ?? "The request body", place ?? "")
        guard !isNull else { throw .badArgument("\(name): expected at least one \(what) id, found nothing.", member: place ?? "$") }
        guard isArray else {
            throw .badArgument("\(name): expected an array of \(what) ids, found \(kindName).", member: place ?? "$")
        }
        let elements = elements
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
