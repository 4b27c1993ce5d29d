/// A JSON text (RFC 8259) that has been read: a flat list of nodes over the bytes, which it shares and does not copy.
///
/// Reading makes one list and no tree, so that a request costs two allocations however deep its body is.
package final class JSONDocument: Sendable {
    /// What one node is.
    enum Kind: UInt8, Sendable {
        case null, falsehood, truth, number, string, array, object
    }

    /// A value in the text. An object's members follow it as name, value, name, value; an array's elements follow it.
    struct Node: Sendable {
        var kind: Kind
        /// Whether a string holds a backslash and must be decoded.
        var isEscaped = false
        /// Where the value begins; for a string behind its quote.
        var start: Int32
        /// Where the value ends; for a string before its quote.
        var end: Int32 = 0
        /// The node behind this one and all that is in it.
        var next: Int32 = 0
    }

    let bytes: [UInt8]
    let nodes: [Node]

    /// Reads a JSON text.
    ///
    /// - Parameters:
    ///   - bytes: what holds the text; kept, not copied.
    ///   - range: where the text lies in it; all of it if left out. A byte order mark before it is skipped.
    ///   - depth: how deep arrays and objects may nest; .NET's own limit is 64.
    ///   - values: how many values and names of members there may be, so that no body keeps a thread for long.
    /// - Throws: the first place at which the text is not JSON, nests too deep or holds too much.
    package init(_ bytes: [UInt8], in range: Range<Int>? = nil, depth: Int = 64, values: Int = 65_536) throws(JSONMistake) {
        var parser = JSONParser(range: range ?? 0..<bytes.count, depth: depth, values: values)
        try parser.parse(bytes.span)
        self.bytes = bytes
        nodes = parser.nodes
    }

    /// The outermost value.
    package var root: JSONValue { JSONValue(document: self, index: 0) }
}

/// Where a text stopped being JSON, and why.
package struct JSONMistake: Error, Sendable, Equatable {
    /// What was wrong and what would be right.
    package let message: String
    /// The byte at which it was noticed, counted from the beginning of the text.
    package let offset: Int
    /// Its line, from 1.
    package let line: Int
    /// Its column in bytes, from 1.
    package let column: Int
}

/// A value inside a JSON document. Looking into it allocates nothing until text is asked for.
package struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    private var node: JSONDocument.Node { document.nodes[index] }

    /// Whether the value is `null`.
    package var isNull: Bool { node.kind == .null }
    /// Whether the value is an object.
    package var isObject: Bool { node.kind == .object }
    /// Whether the value is an array.
    package var isArray: Bool { node.kind == .array }
    /// Whether the value is a string.
    package var isString: Bool { node.kind == .string }
    /// Whether the value is a number.
    package var isNumber: Bool { node.kind == .number }

    /// What the value is, in the words of a message: "a string", "an object".
    package var kindName: String {
        switch node.kind {
        case .null: "null"
        case .falsehood, .truth: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// A member of an object. Names are compared without case (ASCII), as Command's model binding does; of several, the last counts.
    ///
    /// - Parameter name: the member's name.
    /// - Returns: `nil` if this is no object or has no such member.
    package subscript(name: String) -> JSONValue? {
        guard isObject else { return nil }
        var found: JSONValue?
        var position = index + 1
        while position < Int(node.next) {
            if document.name(at: position, equals: name) { found = JSONValue(document: document, index: position + 1) }
            position = Int(document.nodes[position + 1].next)
        }
        return found
    }

    /// An object's members in the order sent, each with its name as sent; nothing if this is no object.
    package var members: [(name: String, value: JSONValue)] {
        guard isObject else { return [] }
        var all: [(name: String, value: JSONValue)] = []
        var position = index + 1
        while position < Int(node.next) {
            all.append((document.text(at: position), JSONValue(document: document, index: position + 1)))
            position = Int(document.nodes[position + 1].next)
        }
        return all
    }

    /// An array's elements; nothing if this is no array.
    package var elements: [JSONValue] {
        guard isArray else { return [] }
        var all: [JSONValue] = []
        var position = index + 1
        while position < Int(node.next) {
            all.append(JSONValue(document: document, index: position))
            position = Int(document.nodes[position].next)
        }
        return all
    }

    /// A string's text; `nil` if this is no string.
    package var text: String? {
        isString ? document.text(at: index) : nil
    }

    /// A boolean; `nil` if this is none.
    package var boolean: Bool? {
        switch node.kind {
        case .truth: true
        case .falsehood: false
        default: nil
        }
    }

    /// A whole number written without fraction or exponent; `nil` if this is none or does not fit in 64 bits.
    package var integer: Int? {
        isNumber ? Int(source) : nil
    }

    /// A GUID in a string; `nil` if this is none.
    package var guid: GUID? {
        guard isString else { return nil }
        let node = node
        // No escape is longer than six bytes, no GUID longer than 36 characters.
        if node.isEscaped { return node.end - node.start > 6 * 36 ? nil : GUID(document.text(at: index)) }
        let bytes = document.bytes
        return GUID(bytes.span.extracting(Int(node.start)..<Int(node.end)))
    }

    /// The value as it stands in the text; for a string without its quotes.
    package var source: String {
        String(decoding: document.bytes[Int(node.start)..<Int(node.end)], as: UTF8.self)
    }
}

extension JSONDocument {
    /// A string node's text with its escapes resolved. A lone surrogate becomes U+FFFD.
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

    /// Whether a string node equals an ASCII word, without case.
    fileprivate func name(at index: Int, equals word: String) -> Bool {
        let node = nodes[index]
        guard !node.isEscaped else { return text(at: index).lowercased() == word.lowercased() }
        let start = Int(node.start)
        let wanted = word.utf8Span.span
        guard Int(node.end) - start == wanted.count else { return false }
        for offset in wanted.indices {
            let (a, b) = (bytes[start + offset], wanted[offset])
            if a != b, !(a ^ b == 0x20 && (b | 0x20) >= UInt8(ascii: "a") && (b | 0x20) <= UInt8(ascii: "z")) { return false }
        }
        return true
    }
}
