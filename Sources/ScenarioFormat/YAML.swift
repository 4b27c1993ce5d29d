import Base
private import CLibYAML

extension YAMLNode {
    /// Limits for a text: bytes, levels of nesting, and values after aliases have been expanded.
    static let (longestText, deepestLevel, mostNodes) = (16 << 20, 64, 1_000_000)
    /// The byte order mark of UTF-8, which is ignored.
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Parses YAML 1.1 or JSON and checks its shape.
    ///
    /// - Parameters:
    ///   - bytes: the text, UTF-8.
    ///   - shape: the shape that the document must have.
    /// - Returns: the only document of the text; null if the text is empty.
    /// - Throws: all mistakes. After a syntax error these are the error and the duplicate keys before it;
    ///   otherwise the duplicate keys and everything that does not fit the shape.
    public static func read(_ bytes: [UInt8], as shape: Shape = .any) throws(Mistakes) -> YAMLNode {
        guard bytes.count <= longestText else {
            throw Mistakes([Mistake(Mark(line: 1, column: 1, width: 0), "the text is longer than 16 MiB")])
        }
        let (root, mistakes) = parse(bytes, keepsDuplicates: false)
        let all = mistakes + (root.map { shape.check($0) } ?? [])
        guard let root, all.isEmpty else { throw Mistakes(all) }
        return root
    }

    /// A document as it was written, whatever is wrong with it: with its duplicate keys, and of any shape.
    ///
    /// - Parameter bytes: the text, UTF-8.
    /// - Returns: `nil` if it is not YAML, or too long.
    static func tree(of bytes: [UInt8]) -> YAMLNode? {
        bytes.count <= longestText ? parse(bytes, keepsDuplicates: true).root : nil
    }

    private static func parse(_ bytes: [UInt8], keepsDuplicates: Bool) -> (root: YAMLNode?, mistakes: [Mistake]) {
        let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
        return unsafe text.withUnsafeBufferPointer { text in
            let reader = unsafe YAMLReader(text, keepsDuplicates: keepsDuplicates)
            do throws(Mistake) {
                return (try reader.document(), reader.mistakes)
            } catch {
                return (nil, reader.mistakes + [error])
            }
        }
    }
}

/// Builds the tree from libyaml's events. Must not outlive the bytes it reads.
@safe private final class YAMLReader {
    /// An anchored node, and the size that each of its aliases adds to the tree.
    private struct Anchored {
        let node: YAMLNode
        let nodes: Int
        let height: Int
    }

    /// Duplicate keys and other mistakes that do not end parsing.
    private(set) var mistakes: [Mistake] = []
    private let text: UnsafeBufferPointer<UInt8>
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    private var event = unsafe yaml_event_t()
    private var anchors: [String: Anchored] = [:]
    private var openAnchors: [String] = []
    private var nodes = 0
    private var deepest = 0

    private let keepsDuplicates: Bool

    /// - Parameters:
    ///   - text: UTF-8; it must outlive the reader.
    ///   - keepsDuplicates: whether entries stay that repeat a key.
    init(_ text: UnsafeBufferPointer<UInt8>, keepsDuplicates: Bool) {
        unsafe self.text = unsafe text
        self.keepsDuplicates = keepsDuplicates
        // This only fails when memory is exhausted, which Swift's own allocations do not survive either.
        precondition(unsafe yaml_parser_initialize(parser) == 1, "no memory for a YAML parser")
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        // An empty buffer may have no address, which libyaml rejects.
        unsafe yaml_parser_set_input_string(parser, text.baseAddress ?? UnsafePointer(bitPattern: 1), text.count)
    }

    deinit {
        unsafe yaml_event_delete(&event)
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
    }

    /// Parses the stream's only document.
    ///
    /// - Returns: its root.
    /// - Throws: the mistake that ended parsing.
    func document() throws(Mistake) -> YAMLNode {
        try advance()  // the stream's start
        try advance()
        if unsafe event.type == YAML_STREAM_END_EVENT { return YAMLNode(content: .null, mark: mark) }
        try advance()
        let root = try node(depth: 1)
        try advance()  // the document's end
        try advance()
        guard unsafe event.type == YAML_STREAM_END_EVENT else {
            throw Mistake(mark, "a second document begins here", hint: "a file must have a single document: remove the '---'")
        }
        return root
    }

    // MARK: - Values

    private func node(depth: Int) throws(Mistake) -> YAMLNode {
        guard let anchor = unsafe name(event.type == YAML_ALIAS_EVENT ? nil : anchorOfEvent) else { return try value(depth: depth) }
        let (nodesBefore, deepestBefore) = (nodes, deepest)
        deepest = depth
        openAnchors.append(anchor)
        let node = try value(depth: depth)
        openAnchors.removeLast()
        anchors[anchor] = Anchored(node: node, nodes: nodes - nodesBefore, height: deepest - depth)
        deepest = max(deepest, deepestBefore)
        return node
    }

    private func value(depth: Int) throws(Mistake) -> YAMLNode {
        let mark = self.mark
        try count(1, to: depth, mark)
        switch unsafe event.type {
        case YAML_ALIAS_EVENT:
            return try alias(depth: depth, mark)
        case YAML_SEQUENCE_START_EVENT:
            unsafe noteTag(event.data.sequence_start.tag, mark)
            var items: [YAMLNode] = []
            try advance()
            while unsafe event.type != YAML_SEQUENCE_END_EVENT {
                items.append(try node(depth: depth + 1))
                try advance()
            }
            return YAMLNode(content: .sequence(items), mark: mark)
        case YAML_MAPPING_START_EVENT:
            unsafe noteTag(event.data.mapping_start.tag, mark)
            return YAMLNode(content: .mapping(try entries(depth: depth)), mark: mark)
        default:
            let (text, quoted) = scalar(mark)
            return YAMLNode(content: !quoted && Self.nulls.contains(text) ? .null : .scalar(text, quoted: quoted), mark: mark)
        }
    }

    private static let nulls: Set<String> = ["", "~", "null", "Null", "NULL"]

    private func scalar(_ mark: Mark) -> (text: String, quoted: Bool) {
        let scalar = unsafe event.data.scalar
        let text = unsafe String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        let isTagged = unsafe scalar.tag != nil && noteTag(scalar.tag, mark)
        return unsafe (text, isTagged || scalar.style != YAML_PLAIN_SCALAR_STYLE)
    }

    private func alias(depth: Int, _ mark: Mark) throws(Mistake) -> YAMLNode {
        let anchor = unsafe name(event.data.alias.anchor) ?? ""
        if openAnchors.contains(anchor) {
            throw Mistake(mark, "the alias '*\(Mistake.shortened(anchor))' is inside the value that it refers to")
        }
        guard let anchored = anchors[anchor] else {
            let near = nearestWord(to: anchor, among: anchors.keys.sorted())
            throw Mistake(mark, "there is no '&\(Mistake.shortened(anchor))' before this", hint: near.map { "did you mean '*\($0)'?" })
        }
        try count(anchored.nodes, to: depth + anchored.height, mark)
        return YAMLNode(content: anchored.node.content, mark: mark)
    }

    private func count(_ more: Int, to depth: Int, _ mark: Mark) throws(Mistake) {
        nodes += more
        deepest = max(deepest, depth)
        if nodes > YAMLNode.mostNodes {
            throw Mistake(mark, "more than 1,000,000 values, with every alias counted in full")
        }
        if depth > YAMLNode.deepestLevel {
            throw Mistake(mark, "more than 64 levels of nested lists and mappings")
        }
    }

    // MARK: - Mappings

    private func entries(depth: Int) throws(Mistake) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        var keys = KeyTable()
        var merged: [YAMLNode] = []
        try advance()
        while unsafe event.type != YAML_MAPPING_END_EVENT {
            let key = try key(depth: depth)
            try advance()
            let value = try node(depth: depth + 1)
            try advance()
            let name = key.text ?? ""
            if let line = keys.insert(name, line: key.mark.line) {
                mistakes.append(Mistake(key.mark, "duplicate key '\(Mistake.shortened(name))', first used in line \(line)"))
                if keepsDuplicates { entries.append(YAMLEntry(key: key, value: value)) }
            } else if key.plain == "<<" {
                merged = mappings(toMerge: value)
            } else {
                entries.append(YAMLEntry(key: key, value: value))
            }
        }
        for entry in merged.flatMap(\.entries) where keys.insert(entry.key.text ?? "", line: entry.key.mark.line) == nil {
            entries.append(entry)
        }
        return entries
    }

    private func key(depth: Int) throws(Mistake) -> YAMLNode {
        let mark = self.mark
        if unsafe event.type == YAML_SCALAR_EVENT, unsafe anchorOfEvent == nil {
            try count(1, to: depth, mark)
            let (text, quoted) = scalar(mark)
            guard quoted || !text.isEmpty else { throw Mistake(mark, "a key is missing here") }
            return YAMLNode(content: .scalar(text, quoted: quoted), mark: mark)
        }
        let key = try node(depth: depth + 1)
        guard key.text != nil else {
            throw Mistake(mark, "a key must be text, found \(key.found)", hint: "quote text that contains '{', '[' or ','")
        }
        return key
    }

    private func mappings(toMerge value: YAMLNode) -> [YAMLNode] {
        let sources = if case .sequence(let items) = value.content { items } else { [value] }
        for source in sources {
            if case .mapping = source.content { continue }
            mistakes.append(Mistake(source.mark, "'<<' must be a mapping or a list of mappings, found \(source.found)"))
        }
        return sources
    }

    // MARK: - Events

    /// Replaces the event with the next one.
    private func advance() throws(Mistake) {
        unsafe yaml_event_delete(&event)
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw syntaxMistake() }
    }

    private var mark: Mark {
        let (start, end) = unsafe (event.start_mark, event.end_mark)
        let width = start.line == end.line ? Int32(clamping: end.column) - Int32(clamping: start.column) : 0
        return Mark(line: Int32(clamping: start.line + 1), column: Int32(clamping: start.column + 1), width: width)
    }

    private var anchorOfEvent: UnsafeMutablePointer<yaml_char_t>? {
        switch unsafe event.type {
        case YAML_SCALAR_EVENT: unsafe event.data.scalar.anchor
        case YAML_SEQUENCE_START_EVENT: unsafe event.data.sequence_start.anchor
        case YAML_MAPPING_START_EVENT: unsafe event.data.mapping_start.anchor
        default: nil
        }
    }

    private func name(_ characters: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe characters.map { unsafe String(cString: $0) }
    }

    /// Reports a tag as a mistake, unless it is the one for text.
    ///
    /// - Returns: whether it is the tag for text.
    @discardableResult
    private func noteTag(_ tag: UnsafeMutablePointer<yaml_char_t>?, _ mark: Mark) -> Bool {
        guard let tag = unsafe name(tag) else { return false }
        if tag == "tag:yaml.org,2002:str" || tag == "!" { return true }
        mistakes.append(Mistake(mark, "tags other than '!!str' are not supported", hint: "remove the '!…'"))
        return false
    }

    private func syntaxMistake() -> Mistake {
        let parser = unsafe self.parser.pointee
        let problem = unsafe parser.problem.map { unsafe String(cString: $0) } ?? ""
        let context = unsafe parser.context.map { unsafe String(cString: $0) } ?? ""
        if unsafe parser.error == YAML_READER_ERROR {
            let before = unsafe String(decoding: text.prefix(parser.problem_offset), as: UTF8.self)
            return YAMLSyntax.mistake(unreadable: problem, after: before)
        }
        let source = unsafe String(decoding: text, as: UTF8.self)
        let place = unsafe YAMLSyntax.Place(line: Int(parser.problem_mark.line), column: Int(parser.problem_mark.column))
        let start = unsafe YAMLSyntax.Place(line: Int(parser.context_mark.line), column: Int(parser.context_mark.column))
        return YAMLSyntax.mistake(problem, at: place, context, from: start, in: source)
    }
}
