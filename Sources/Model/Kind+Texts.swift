import Base
import Entities
import ScenarioFormat

extension Kind where Value == [String: String] {
    /// Texts by names, in the order of the names.
    public static var texts: Kind {
        let write = { @Sendable (texts: [String: String], writer: inout JSONWriter) in
            writer.object { writer in
                for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
                    writer.name(anyText: name)
                    writer.value(text)
                }
            }
        }
        var kind = Kind(.map(.text)) { texts, _, writer in write(texts, &writer) }
        kind.shape = .map(of: .text())
        kind.seed = { node, _ in
            Dictionary(node.entries.map { ($0.key.text ?? "", $0.value.text ?? "") }) { _, last in last }
        }
        kind.dump = { texts, _, writer in write(texts, &writer) }
        return kind
    }
}
