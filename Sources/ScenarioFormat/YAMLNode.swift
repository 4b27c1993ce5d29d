public import Base

/// A position in a text, for the caret under it.
public struct Mark: Sendable, Equatable {
    /// The line, counted from 1.
    public var line: Int32
    /// The column in characters (Unicode scalars), counted from 1.
    var column: Int32
    /// How many characters to underline; 0 if the value is empty or spans several lines.
    var width: Int32

    /// A place by line and column, both from 1, and its width.
    public init(line: Int32, column: Int32, width: Int32) {
        self.line = line
        self.column = column
        self.width = width
    }
}

/// A value in YAML or JSON, with its position in the text.
public struct YAMLNode: Sendable, Equatable {
    /// The content of a value. Whether a plain scalar is a number, a boolean or text is decided when it is read.
    public enum Content: Sendable, Equatable {
        /// Nothing, or an unquoted `~` or `null`.
        case null
        /// The text, without its quotes if it is quoted. Block scalars (`|`, `>`) count as quoted.
        case scalar(String, quoted: Bool)
        /// Values in order.
        case sequence([YAMLNode])
        /// Unique keys with their values, in the order of the text. Merged (`<<`) entries come last.
        case mapping([YAMLEntry])
    }

    /// The content.
    public var content: Content
    /// Where it begins. A value that an alias refers to is marked at the alias, its parts where they were written.
    public var mark: Mark
}

/// A key and its value.
public struct YAMLEntry: Sendable, Equatable {
    /// The key: always a scalar.
    public var key: YAMLNode
    /// The value.
    public var value: YAMLNode
}

/// Accessors that never fail, so that reading values after a successful check needs no error handling.
extension YAMLNode {
    /// The value of a key, or nil if it does not exist or this is not a mapping. Searches linearly: meant for objects, not for large maps.
    ///
    /// - Parameter key: the key's exact text.
    public subscript(key: String) -> YAMLNode? {
        entries.first { $0.key.text == key }?.value
    }

    /// Whether the value is null or missing.
    public var isNull: Bool { content == .null }

    /// A scalar's characters as written (a plain `25.10` stays `25.10`, a plain `off` stays `off`), or nil.
    public var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    /// A sequence's values; empty if this is not a sequence.
    public var items: [YAMLNode] {
        if case .sequence(let items) = content { items } else { [] }
    }

    /// A mapping's entries; empty if this is not a mapping.
    public var entries: [YAMLEntry] {
        if case .mapping(let entries) = content { entries } else { [] }
    }

    /// A scalar that is not quoted, and so may be a number or a boolean.
    public var plain: String? {
        if case .scalar(let text, quoted: false) = content { text } else { nil }
    }

    /// How a mistake describes this value: `'fast'`, `"5"`, `a list`, `a mapping`, `null` or `nothing`.
    var found: String {
        switch content {
        case .null: mark.width == 0 ? "nothing" : "null"
        case .scalar(let text, quoted: false): "'\(Mistake.shortened(text))'"
        case .scalar(let text, quoted: true): "\"\(Mistake.shortened(text))\""
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension YAMLNode: HoldsBytes {
    /// Its text, or its parts and what they hold.
    public var heldBytes: Int {
        switch content {
        case .null: 0
        case .scalar(let text, _): text.heldBytes
        case .sequence(let items): items.heldBytes
        case .mapping(let entries): entries.heldBytes
        }
    }
}

extension YAMLEntry: HoldsBytes {
    /// What key and value hold.
    public var heldBytes: Int { key.heldBytes + value.heldBytes }
}
