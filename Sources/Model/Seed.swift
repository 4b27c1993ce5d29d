public import Base
public import Entities
public import ScenarioFormat

/// A member of a noun as scenario files have it: its key, what may stand there, and how it gets into a row and out again.
public struct Seed<Row: Sendable>: Sendable {
    let field: Shape.Field
    /// Puts what the file says into a row. Called where the key is there.
    let read: @Sendable (YAMLNode, inout Row, inout Seeding) -> Void
    /// Writes key and value as files have them, or nothing.
    let dump: @Sendable (Row, Estate, inout JSONWriter) -> Void

    /// A key in words of its own.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - shape: what may stand there.
    ///   - required: whether a row is wrong without it.
    ///   - about: what it is, in a few words, for the schema.
    ///   - dump: writes key and value, or nothing.
    ///   - read: puts what the file says into a row.
    public init(
        _ key: String, _ shape: Shape, required: Bool = false, about: String,
        dump: @escaping @Sendable (Row, Estate, inout JSONWriter) -> Void,
        read: @escaping @Sendable (YAMLNode, inout Row, inout Seeding) -> Void
    ) {
        field = .init(key, shape, required: required, about: about)
        self.read = read
        self.dump = dump
    }

    /// A key of a value that is always there.
    public init<Value>(
        _ key: String, _ kind: Kind<Value>, required: Bool = false, about: String, _ path: any WritableKeyPath<Row, Value> & Sendable
    ) {
        self.init(key, kind.shape, required: required, about: about) { row, estate, writer in
            writer.name(key)
            kind.dump(row[keyPath: path], estate, &writer)
        } read: { node, row, seeding in
            if let value = kind.seed(node, &seeding) { row[keyPath: path] = value }
        }
    }

    /// A key of a value that may be missing, which files say as null or by leaving the key out.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - kind: what may stand there.
    ///   - about: what it is, in a few words, for the schema.
    ///   - isNullSaid: whether the dump says null, since leaving the key out means something else.
    ///   - path: where the value lies.
    public init<Value>(
        _ key: String, _ kind: Kind<Value>, about: String, isNullSaid: Bool = false, _ path: any WritableKeyPath<Row, Value?> & Sendable
    ) {
        self.init(key, .orNull(kind.shape), about: about) { row, estate, writer in
            guard let value = row[keyPath: path] else {
                if isNullSaid { writer.member(key, String?.none) }
                return
            }
            writer.name(key)
            kind.dump(value, estate, &writer)
        } read: { node, row, seeding in
            row[keyPath: path] = node.isNull ? nil : kind.seed(node, &seeding)
        }
    }
}
