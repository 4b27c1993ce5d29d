public import Base

extension JSONValue {
    /// The value as it stands in the text, cut to what a message can hold.
    public var shortSource: String {
        switch true {
        case isObject, isArray: kindName
        case isString: "'\(source.prefix(60))'"
        default: String(source.prefix(60))
        }
    }

    /// Refuses members that a model does not have.
    ///
    /// - Parameters:
    ///   - known: the right names.
    ///   - path: where the object stands, empty for the body itself.
    /// - Throws: a refusal that names the first unknown member.
    public func refuseUnknown(_ known: [String], _ path: String = "") throws(Refusal) {
        for member in members where !known.contains(where: { $0.lowercased() == member.name.lowercased() }) {
            let place = path.isEmpty ? member.name : "\(path).\(member.name)"
            let nearest = nearestWord(to: member.name, among: known).map { "did you mean \($0)? Expected" } ?? "expected"
            throw .badArgument("\(place): unknown member; \(nearest) one of \(known.joined(separator: ", ")).", member: place)
        }
    }
}
