import Base
import Entities
import ScenarioFormat

extension Kind where Value == [String: String] {
    /// Texts by names, in the order of the names. Requests may also send numbers and booleans, and null, which counts as an empty text.
    public static var texts: Kind {
        let write = { @Sendable (texts: [String: String], writer: inout JSONWriter) in
            writer.object { writer in
                for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
                    writer.name(anyText: name)
                    writer.value(text)
                }
            }
        }
        var kind = Kind(.map(.text)) { texts, _, writer in
            write(texts, &writer)
        } read: { value, place, _ throws(Refusal) in
            guard value.isObject else { throw .badArgument("\(place): expected an object, found \(value.kindName).", member: place) }
            var texts: [String: String] = [:]
            for (name, value) in value.members {
                guard !value.isObject, !value.isArray else {
                    throw .badArgument(
                        "\(place).\(name.prefix(60)): expected a text, a number or a boolean, found \(value.kindName).", member: place)
                }
                texts[name] = value.isNull ? "" : value.text ?? value.source
            }
            return .value(texts)
        }
        kind.shape = .map(of: .text())
        kind.seed = { node, _ in
            Dictionary(node.entries.map { ($0.key.text ?? "", $0.value.text ?? "") }) { _, last in last }
        }
        kind.dump = { texts, _, writer in write(texts, &writer) }
        return kind
    }
}

extension Kind where Value == [String] {
    /// Names with a backslash between their parts, which queries find however the backslash is sent.
    public static var paths: Kind {
        var kind = Kind.list(.text)
        kind.query = .init(kind: .paths) { .list($0) }
        return kind
    }
}
