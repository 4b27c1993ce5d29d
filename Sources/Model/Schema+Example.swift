public import Base

extension Schema {
    /// Writes an example of a value of this schema: the members that must be there and those with a known value, or all if none must be.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - name: the name of the member that the value is for; empty for a body.
    ///   - known: the value of a member as JSON, by its name; `nil` for one that any value will do for.
    public func writeExample(to writer: inout JSONWriter, of name: String = "", known: (String) -> String?) {
        let isArray = if case .array = self { true } else { false }
        if !isArray, !name.isEmpty, let value = known(name) { return writer.raw(value) }
        switch self {
        case .array(let element):
            writer.array([element]) { $1.writeExample(to: &$0, of: name, known: known) }
        case .model(_, let schema):
            schema.writeExample(to: &writer, of: name, known: known)
        case .either(let choices):
            choices.first?.writeExample(to: &writer, of: name, known: known)
        case .object(let members):
            let wanted = members.filter { $0.presence == .always || known($0.name) != nil }
            writer.object { writer in
                for member in wanted.isEmpty ? members : wanted {
                    writer.name(member.name)
                    member.schema.writeExample(to: &writer, of: member.name, known: known)
                }
            }
        default:
            writer.raw(known(name) ?? plainExample)
        }
    }

    /// A value of a schema without parts.
    private var plainExample: String {
        switch self {
        case .text: #""example""#
        case .guid: "\"\(GUID.empty.text)\""
        case .time: #""2026-03-01T09:00:00Z""#
        case .integer: "1"
        case .boolean: "false"
        case .word(let numbers, let names): numbers.first.map(String.init) ?? names.first.map { "\"\($0)\"" } ?? "1"
        case .map: "{}"
        case .any, .either, .array, .object, .model: "null"
        }
    }
}
