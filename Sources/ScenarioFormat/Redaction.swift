/// Which values of a document are not shown, because they are secrets or may be.
public struct Redaction: Sendable {
    /// Whether what a key holds is not shown, by the keys above it. The key of an item in a list is empty.
    public typealias Hides = @Sendable (_ key: String, _ above: [String], _ value: YAMLNode) -> Bool

    let hides: Hides
    /// Whether a text is a secret by its looks.
    let looksSecret: @Sendable (String) -> Bool

    /// Shows everything.
    static let none = Redaction(hides: { _, _, _ in false }, looksSecret: { _ in false })

    /// A redaction by its two questions.
    public init(hides: @escaping Hides, looksSecret: @escaping @Sendable (String) -> Bool) {
        (self.hides, self.looksSecret) = (hides, looksSecret)
    }

    /// What stands in place of a value that is not shown.
    static let mark = "(struck out)"

    /// Where a value that is not shown stands.
    struct Span {
        /// Line and column, from 1.
        let start: (line: Int, column: Int)
        /// Where the next value begins, at the latest.
        var end: (line: Int, column: Int)
        /// The value.
        let text: String

        /// The columns that it has in a line, from 0; `nil` if it has none there.
        func columns(inLine line: Int, of length: Int) -> Range<Int>? {
            guard line >= start.line, line <= end.line else { return nil }
            let first = line == start.line ? min(start.column - 1, length) : 0
            let last = line == end.line ? min(end.column - 1, length) : length
            return first < last ? first..<last : nil
        }
    }

    /// What a document does not show.
    ///
    /// - Parameter root: the document.
    /// - Returns: the places of the values, in the order of the text.
    func spans(in root: YAMLNode) -> [Span] {
        var walk = Walk(redaction: self)
        walk.visit(root, above: [], isHidden: false)
        return walk.spans
    }
}

/// One walk through a document.
private struct Walk {
    let redaction: Redaction
    private var scalars: [(node: YAMLNode, text: String, isHidden: Bool, isKey: Bool)] = []

    init(redaction: Redaction) { self.redaction = redaction }

    mutating func visit(_ node: YAMLNode, above: [String], isHidden: Bool) {
        switch node.content {
        case .null: break
        case .scalar(let text, _):
            let isWord = node.boolean != nil || text == "present" || text == "absent"
            scalars.append((node, text, isHidden && !isWord || text.utf8.count > 10_000 || redaction.looksSecret(text), false))
        case .sequence(let items):
            for item in items { visit(item, above: above, isHidden: isHidden || redaction.hides("", above, item)) }
        case .mapping(let entries):
            for entry in entries {
                let key = entry.key.text ?? ""
                let hides = isHidden || redaction.hides(key, above, entry.value)
                // In `{ password, hush }` the value is a key.
                let isValue = hides && entry.value.isNull && !isHidden && !redaction.looksSecret(key)
                scalars.append((entry.key, key, isValue && entry.value.mark.width == 0 && entry.key.mark.width > 0, true))
                visit(entry.value, above: above + [key], isHidden: hides)
            }
        }
    }

    /// The places of what is hidden. What an alias refers to is hidden where it was written, too.
    var spans: [Redaction.Span] {
        let texts = Set(scalars.lazy.filter { $0.isHidden && !$0.isKey && $0.text.utf8.count > 3 }.map(\.text))
        let ordered = scalars.sorted {
            ($0.node.mark.line, $0.node.mark.column) < ($1.node.mark.line, $1.node.mark.column)
        }
        return ordered.indices.compactMap { place in
            let (node, text, isHidden, isKey) = ordered[place]
            guard isHidden || !isKey && texts.contains(text) else { return nil }
            let start = (line: Int(node.mark.line), column: Int(node.mark.column))
            guard node.mark.width == 0 else {
                return .init(start: start, end: (start.line, start.column + Int(node.mark.width)), text: text)
            }
            // A value in several lines reaches to the next one at most.
            let next = ordered[place...].lazy.map(\.node.mark).first { ($0.line, $0.column) > (node.mark.line, node.mark.column) }
            return .init(start: start, end: next.map { (Int($0.line), Int($0.column)) } ?? (.max, .max), text: text)
        }
    }
}
