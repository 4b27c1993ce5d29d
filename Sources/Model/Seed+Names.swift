import Base
public import Entities
import ScenarioFormat

extension Kind where Value == String {
    /// One of some words, in scenario files.
    public static func word(_ words: [String]) -> Kind {
        var kind = Kind.text
        kind.shape = .word(words)
        return kind
    }
}

extension Seed {
    /// A key that names a row of another noun, or null for none.
    public static func name(
        _ key: String, _ what: String, about: String, _ path: any WritableKeyPath<Row, Int?> & Sendable,
        among names: @escaping @Sendable (Seeding) -> [String: Int], of name: @escaping @Sendable (Int, Estate) -> String?
    ) -> Seed {
        Seed(key, .orNull(.text()), about: about) { row, estate, writer in
            guard let id = row[keyPath: path], let name = name(id, estate) else { return }
            writer.member(key, name)
        } read: { node, row, seeding in
            row[keyPath: path] = node.isNull ? nil : seeding.find(node, in: names(seeding), what)
        }
    }
}
