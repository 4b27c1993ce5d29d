/// A parsed JSON text (RFC 8259): a flat list of nodes that refer to the bytes, which are shared and not copied.
///
/// Parsing makes one list and no tree, so a request needs two allocations however deep its body is.
public final class JSONDocument: Sendable {
    /// The type of a node.
    enum Kind: UInt8, Sendable {
        case null, falsehood, truth, number, string, array, object
    }

    /// A value in the text. It is followed by the elements of an array, or by the members of an object as name, value, name, value.
    public struct Node: Sendable {
        var kind: Kind
        /// Whether a string contains a backslash and must be decoded.
        var isEscaped = false
        /// Where the value begins; for a string, after its opening quote.
        var start: Int32
        /// Where the value ends; for a string, before its closing quote.
        var end: Int32 = 0
        /// The index of the first node after this one and its contents.
        var next: Int32 = 0
    }

    /// The UTF-8 text that the nodes refer to.
    let bytes: [UInt8]
    /// Every value in the order of the text, the root first.
    let nodes: [Node]
    /// How strictly texts are taken for numbers, booleans and times.
    public let reading: JSONReading
    /// What the RFC has against the text; `nil` for plain JSON. Then `bytes` is not the text itself but what was read of it.
    public let departure: JSONMistake?

    /// Parses a JSON text.
    ///
    /// - Parameters:
    ///   - bytes: the buffer that contains the text; retained, not copied.
    ///   - range: the part of the buffer with the text; by default all of it. A byte order mark at the start is skipped.
    ///   - depth: the maximum nesting of arrays and objects; .NET's limit is 64.
    ///   - values: the maximum number of values and member names, so that no body occupies a thread for long.
    /// - Throws: the first error: the text is not JSON, nested too deeply, or has too many values.
    public init(_ bytes: [UInt8], in range: Range<Int>? = nil, depth: Int = 64, values: Int = 65_536) throws(JSONMistake) {
        var parser = JSONParser(range: range ?? 0..<bytes.count, depth: depth, values: values)
        try parser.parse(bytes.span)
        self.bytes = bytes
        nodes = parser.nodes
        reading = .strict
        departure = nil
    }

    /// A document of values that were parsed before.
    init(_ bytes: [UInt8], _ nodes: [Node], _ reading: JSONReading, departure: JSONMistake? = nil) {
        (self.bytes, self.nodes, self.reading, self.departure) = (bytes, nodes, reading, departure)
    }

    /// The outermost value.
    public var root: JSONValue { JSONValue(document: self, index: 0) }
}

/// A syntax error in a JSON text.
public struct JSONMistake: Error, Sendable, Equatable {
    /// What is wrong and what was expected.
    public let message: String
    /// Where the error was noticed, in bytes from the start of the text.
    let offset: Int
    /// The line, from 1.
    public let line: Int
    /// The column in bytes, from 1.
    public let column: Int
    /// Whether the text is nested too deeply or has too many values, however it is read.
    let isLimit: Bool

    /// A mistake at a place of a text.
    init(_ message: String, at place: Int, of range: Range<Int>, _ bytes: borrowing Span<UInt8>, isLimit: Bool = false) {
        var (line, lineStart) = (1, range.lowerBound)
        for index in range.lowerBound..<min(place, range.upperBound) where bytes[index] == 0x0A {
            (line, lineStart) = (line + 1, index + 1)
        }
        (self.message, offset, self.isLimit) = (message, place - range.lowerBound, isLimit)
        (self.line, column) = (line, place - lineStart + 1)
    }
}

/// A value in a JSON document. Reading it allocates nothing, except for text.
public struct JSONValue: Sendable {
    /// The document that the value is a part of.
    public let document: JSONDocument
    let index: Int

    private var node: JSONDocument.Node { document.nodes[index] }

    /// Whether the value is `null`.
    public var isNull: Bool { node.kind == .null }
    /// Whether the value is an object.
    public var isObject: Bool { node.kind == .object }
    /// Whether the value is an array.
    public var isArray: Bool { node.kind == .array }
    /// Whether the value is a string.
    public var isString: Bool { node.kind == .string }
    /// How many bytes of the text it takes.
    var sourceLength: Int { Int(node.end - node.start) }
    /// Whether the value is a string without characters.
    var isEmptyText: Bool { isString && node.start == node.end }
    /// Whether the value is a number.
    public var isNumber: Bool { node.kind == .number }

    /// The type of the value for messages: "a string", "an object".
    public var kindName: String {
        switch node.kind {
        case .null: "null"
        case .falsehood, .truth: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// A member of an object. Names are case-insensitive (ASCII), as in Command's model binding; of several, the last one counts.
    ///
    /// - Parameter name: the member's name.
    /// - Returns: `nil` if this is not an object or has no such member.
    public subscript(name: String) -> JSONValue? {
        let all = document.nodes
        let nodes = all.span
        guard nodes[index].kind == .object else { return nil }
        let (end, length) = (Int(nodes[index].next), Int32(truncatingIfNeeded: name.utf8.count))
        var (found, position): (Int?, Int) = (nil, index + 1)
        while position < end {
            let key = nodes[position]
            // Few names have the right length, and an escaped one may be any.
            if key.end - key.start == length || key.isEscaped, document.name(at: position, equals: name) { found = position + 1 }
            position = Int(nodes[position + 1].next)
        }
        return found.map { JSONValue(document: document, index: $0) }
    }

    /// An object's members with their names, in the order of the text; empty if this is not an object.
    public var members: [(name: String, value: JSONValue)] {
        guard isObject else { return [] }
        var all: [(name: String, value: JSONValue)] = []
        var position = index + 1
        while position < Int(node.next) {
            all.append((document.text(at: position), JSONValue(document: document, index: position + 1)))
            position = Int(document.nodes[position + 1].next)
        }
        return all
    }

    /// Visits an object's members in the order of the text, until the visitor returns false. Does nothing if this is not an object.
    ///
    /// - Parameter visit: is given the name, as a string, and the value.
    public func forEachMember(_ visit: (_ name: JSONValue, _ value: JSONValue) -> Bool) {
        let node = node
        guard node.kind == .object else { return }
        var position = index + 1
        while position < Int(node.next) {
            let value = JSONValue(document: document, index: position + 1)
            guard visit(JSONValue(document: document, index: position), value) else { return }
            position = Int(value.node.next)
        }
    }

    /// An array's elements; empty if this is not an array.
    public var elements: [JSONValue] {
        guard isArray else { return [] }
        var all: [JSONValue] = []
        var position = index + 1
        while position < Int(node.next) {
            all.append(JSONValue(document: document, index: position))
            position = Int(document.nodes[position].next)
        }
        return all
    }

    /// A string's text; `nil` if this is not a string.
    public var text: String? {
        isString ? document.text(at: index) : nil
    }

    /// The bytes of a string's text; `nil` if this is not a string.
    var plainText: ArraySlice<UInt8>? {
        guard isString else { return nil }
        let node = node
        return node.isEscaped ? Array(document.text(at: index).utf8)[...] : document.bytes[Int(node.start)..<Int(node.end)]
    }

    /// Whether this is a string of exactly these bytes of ASCII, as it is written.
    ///
    /// - Parameter word: the text.
    /// - Returns: false for anything else, and for the same text in escapes.
    public func isWritten(_ word: String) -> Bool {
        let (node, wanted) = (node, word.utf8Span.span)
        guard node.kind == .string, Int(node.end - node.start) == wanted.count else { return false }
        for offset in wanted.indices where document.bytes[Int(node.start) + offset] != wanted[offset] { return false }
        return true
    }

    /// A boolean; `nil` if this is not a boolean.
    public var boolean: Bool? {
        switch node.kind {
        case .truth: true
        case .falsehood: false
        default: nil
        }
    }

    /// A whole number without fraction or exponent; `nil` if this is something else or does not fit into 64 bits.
    public var integer: Int? {
        isNumber ? Int(source) : nil
    }

    /// A GUID in a string; `nil` if this is something else.
    public var guid: GUID? {
        guard isString else { return nil }
        let node = node
        // No escape is longer than six bytes, no GUID longer than 36 characters.
        if node.isEscaped {
            return loosely { GUID(dotNet: $0) } ?? (node.end - node.start > 6 * 36 ? nil : GUID(document.text(at: index)))
        }
        let bytes = document.bytes
        return GUID(bytes.span.extracting(Int(node.start)..<Int(node.end))) ?? loosely { GUID(dotNet: $0) }
    }

    /// The value's source text; for a string, without its quotes.
    public var source: String {
        String(decoding: document.bytes[Int(node.start)..<Int(node.end)], as: UTF8.self)
    }
}

extension JSONDocument {
    /// A string node's text, unescaped. A lone surrogate becomes U+FFFD.
    func text(at index: Int) -> String {
        let node = nodes[index]
        let raw = bytes[Int(node.start)..<Int(node.end)]
        guard node.isEscaped else { return String(decoding: raw, as: UTF8.self) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(raw.count)
        var position = raw.startIndex
        while position < raw.endIndex {
            guard raw[position] == UInt8(ascii: "\\") else {
                decoded.append(raw[position])
                position += 1
                continue
            }
            guard raw[position + 1] == UInt8(ascii: "u") else {
                decoded.append(JSONParser.unescaped(raw[position + 1]) ?? raw[position + 1])
                position += 2
                continue
            }
            var code = Self.unit(raw, at: position)
            position += 6
            let isFollowed = position + 6 <= raw.endIndex && raw[position] == UInt8(ascii: "\\") && raw[position + 1] == UInt8(ascii: "u")
            if 0xD800..<0xDC00 ~= code, isFollowed {
                let low = Self.unit(raw, at: position)
                if 0xDC00..<0xE000 ~= low {
                    code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                    position += 6
                }
            }
            decoded.append(contentsOf: (Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// The four digits of a `\u`.
    private static func unit(_ raw: ArraySlice<UInt8>, at position: Int) -> UInt32 {
        var unit: UInt32 = 0
        for digit in position + 2..<position + 6 { unit = unit << 4 | UInt32(JSONParser.hexadecimal(raw[digit]) ?? 0) }
        return unit
    }

    /// Whether a string node equals an ASCII word, ignoring case.
    fileprivate func name(at index: Int, equals word: String) -> Bool {
        let node = nodes[index]
        guard !node.isEscaped else { return text(at: index).lowercased() == word.lowercased() }
        let bytes = bytes
        let (found, wanted) = (bytes.span.extracting(Int(node.start)..<Int(node.end)), word.utf8Span.span)
        guard found.count == wanted.count else { return false }
        for offset in wanted.indices {
            let (a, b) = (found[offset], wanted[offset])
            if a != b, !(a ^ b == 0x20 && (b | 0x20) >= UInt8(ascii: "a") && (b | 0x20) <= UInt8(ascii: "z")) { return false }
        }
        return true
    }
}
