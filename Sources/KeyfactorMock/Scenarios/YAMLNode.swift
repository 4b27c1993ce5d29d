/// Where something stands in a text, for the caret under it.
struct Mark: Sendable, Equatable {
    /// The line, counted from 1.
    var line: Int32
    /// The column in characters (Unicode scalars), counted from 1.
    var column: Int32
    /// How many characters to underline; 0 if the thing is empty or goes on in the next line.
    var width: Int32
}

/// A value read from YAML or JSON, with its place in the text.
struct YAMLNode: Sendable, Equatable {
    /// What a value is. What a plain scalar means (a number, a switch, text) is decided where it is asked for.
    enum Content: Sendable, Equatable {
        /// Nothing: left out, `~` or `null`, unquoted.
        case null
        /// Characters, as written between the quotes or without any. Block scalars (`|`, `>`) count as quoted.
        case scalar(String, quoted: Bool)
        /// Values in order.
        case sequence([YAMLNode])
        /// Keys with their values, in the order of the text; no key stands twice. Merged (`<<`) entries come last.
        case mapping([YAMLEntry])
    }

    /// What the value is.
    var content: Content
    /// Where it begins. The top of what an alias stands for is marked at the alias, the parts below where they were written.
    var mark: Mark
}

/// A key and its value.
struct YAMLEntry: Sendable, Equatable {
    /// The key: always a scalar.
    var key: YAMLNode
    /// The value.
    var value: YAMLNode
}

/// The plain accessors: total, so that after a successful check converting needs no second round of mistakes.
extension YAMLNode {
    /// The value of a key, or nil if there is none or this is no mapping. Walks the keys: meant for objects, not for large maps.
    ///
    /// - Parameter key: the key's text, matched exactly.
    subscript(key: String) -> YAMLNode? {
        entries.first { $0.key.text == key }?.value
    }

    /// Whether nothing stands here.
    var isNull: Bool { content == .null }

    /// A scalar's characters as written (a plain `25.10` stays `25.10`, a plain `off` stays `off`), or nil.
    var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    /// A sequence's values; empty for anything else.
    var items: [YAMLNode] {
        if case .sequence(let items) = content { items } else { [] }
    }

    /// A mapping's entries; empty for anything else.
    var entries: [YAMLEntry] {
        if case .mapping(let entries) = content { entries } else { [] }
    }

    /// A scalar that is not quoted, so that it may mean a number or a switch.
    var plain: String? {
        if case .scalar(let text, quoted: false) = content { text } else { nil }
    }

    /// How a mistake names this value: `'fast'`, `"5"`, `a list`, `a mapping`, `null` or `nothing`.
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
