@testable import Base
@testable import Model

extension Schema {
    /// What of a value is not as described.
    ///
    /// - Parameters:
    ///   - value: the value.
    ///   - path: how to name it.
    ///   - omitsNulls: whether members without a value are left out, rather than null.
    /// - Returns: a sentence for each difference.
    func objections(to value: JSONValue, at path: String, omitsNulls: Bool) -> [String] {
        let wrong = ["\(path) is \(value.kindName)"]
        switch self {
        case .text: return value.isString ? [] : wrong
        case .guid: return value.guid != nil ? [] : wrong
        case .time: return value.text.flatMap { Timestamp($0) } != nil ? [] : wrong
        case .integer: return value.integer != nil ? [] : wrong
        case .boolean: return value.boolean != nil ? [] : wrong
        case .any: return []
        case .word(let numbers, let names):
            return value.integer.map(numbers.contains) ?? value.text.map(names.contains) ?? false ? [] : ["\(path) is \(value.source)"]
        case .either(let choices):
            return choices.contains { $0.objections(to: value, at: path, omitsNulls: omitsNulls).isEmpty } ? [] : wrong
        case .array(let element):
            guard value.isArray else { return wrong }
            return value.elements.enumerated().flatMap {
                element.objections(to: $0.element, at: "\(path)[\($0.offset)]", omitsNulls: omitsNulls)
            }
        case .map(let element):
            guard value.isObject else { return wrong }
            return value.members.flatMap { element.objections(to: $0.value, at: "\(path).\($0.name)", omitsNulls: omitsNulls) }
        case .model(_, let schema): return schema.objections(to: value, at: path, omitsNulls: omitsNulls)
        case .object(let members): return value.isObject ? Self.objections(to: value, members, at: path, omitsNulls) : wrong
        }
    }

    private static func objections(to value: JSONValue, _ members: [Member], at path: String, _ omitsNulls: Bool) -> [String] {
        var found: [String] = []
        let sent = value.members
        for member in members {
            let place = "\(path).\(member.name)"
            guard let value = sent.first(where: { $0.name == member.name })?.value else {
                if member.presence == .always || member.presence == .nullable && !omitsNulls { found.append("\(place) is missing") }
                continue
            }
            if value.isNull, member.presence == .nullable, !omitsNulls { continue }
            found += value.isNull ? ["\(place) is null"] : member.schema.objections(to: value, at: place, omitsNulls: omitsNulls)
        }
        found += sent.filter { one in !members.contains { $0.name == one.name } }.map { "\(path).\($0.name) is not described" }
        return found
    }
}
