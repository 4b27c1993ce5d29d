/// A strict JSON parser (RFC 8259): no comments, no trailing commas, no control characters in strings, valid UTF-8.
///
/// What it refuses, ``LenientJSONParser`` may make plain.
struct JSONParser {
    private(set) var nodes: [JSONDocument.Node] = []
    private let range: Range<Int>
    private let limit: Int
    private let mostValues: Int
    private let longestText: Int
    private let takesControls: Bool
    private var position: Int
    private var open: [Int] = []

    /// A parser for a part of a buffer.
    ///
    /// - Parameters:
    ///   - range: the part with the text.
    ///   - depth: the maximum nesting of arrays and objects.
    ///   - values: the maximum number of values, including member names.
    ///   - longestText: the most bytes of a string, name or number as it is written.
    ///   - takesControls: whether control characters may stand in strings.
    init(range: Range<Int>, depth: Int, values: Int, longestText: Int = .max, takesControls: Bool = false) {
        self.range = range
        self.takesControls = takesControls
        limit = depth
        mostValues = values
        self.longestText = longestText
        position = range.lowerBound
        nodes.reserveCapacity(min(48, range.count / 8 + 4))
    }

    /// Parses the whole text into `nodes`.
    ///
    /// - Parameter bytes: the buffer that contains the text.
    /// - Throws: the first error.
    mutating func parse(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        if range.count >= 3, bytes[position] == 0xEF, bytes[position + 1] == 0xBB, bytes[position + 2] == 0xBF { position += 3 }
        guard range.upperBound < Int(Int32.max) else { throw mistake("the text is longer than 2 GiB", bytes) }
        skipBlanks(bytes)
        try value(bytes)
        // A loop with a list of open containers instead of recursion: deep nesting must not overflow the stack.
        while let container = open.last {
            skipBlanks(bytes)
            let isObject = nodes[container].kind == .object
            let isEmpty = nodes.count == container + 1
            if peek(bytes) == UInt8(ascii: isObject ? "}" : "]") {
                position += 1
                nodes[container].end = Int32(position)
                nodes[container].next = Int32(nodes.count)
                open.removeLast()
                continue
            }
            if !isEmpty {
                guard peek(bytes) == UInt8(ascii: ",") else {
                    throw mistake(isObject ? "expected ',' or '}'" : "expected ',' or ']'", bytes)
                }
                position += 1
                skipBlanks(bytes)
            }
            if isObject { try name(bytes) }
            try value(bytes)
        }
        skipBlanks(bytes)
        if position < range.upperBound { throw mistake("expected the end of the text", bytes) }
    }

    private mutating func name(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        guard peek(bytes) == UInt8(ascii: "\"") else { throw mistake("expected a member's name in double quotes", bytes) }
        try string(bytes)
        skipBlanks(bytes)
        guard peek(bytes) == UInt8(ascii: ":") else { throw mistake("expected ':' after a member's name", bytes) }
        position += 1
        skipBlanks(bytes)
    }

    private mutating func value(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        guard let first = peek(bytes) else { throw mistake("the text ends where a value should be", bytes) }
        guard nodes.count < mostValues else { throw mistake(Self.tooMany(mostValues), bytes, isLimit: true) }
        switch first {
        case UInt8(ascii: "\""): try string(bytes)
        case UInt8(ascii: "{"): try begin(.object, bytes)
        case UInt8(ascii: "["): try begin(.array, bytes)
        case UInt8(ascii: "t"): try word("true", .truth, bytes)
        case UInt8(ascii: "f"): try word("false", .falsehood, bytes)
        case UInt8(ascii: "n"): try word("null", .null, bytes)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(bytes)
        default: throw mistake("expected a value", bytes)
        }
    }

    private mutating func begin(_ kind: JSONDocument.Kind, _ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        guard open.count < limit else { throw mistake(Self.tooDeep(limit), bytes, isLimit: true) }
        open.append(nodes.count)
        nodes.append(.init(kind: kind, start: Int32(position)))
        position += 1
    }

    private mutating func word(_ word: StaticString, _ kind: JSONDocument.Kind, _ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        let end = position + word.utf8CodeUnitCount
        for (offset, byte) in "\(word)".utf8.enumerated() {
            guard position + offset < range.upperBound, bytes[position + offset] == byte else { throw mistake("expected '\(word)'", bytes) }
        }
        close(kind, from: position, to: end)
    }

    private mutating func number(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        let start = position
        if peek(bytes) == UInt8(ascii: "-") { position += 1 }
        let first = peek(bytes)
        guard digits(bytes) > 0 else { throw mistake("expected a digit", bytes) }
        if first == UInt8(ascii: "0"),
            bytes[position - 1] != UInt8(ascii: "0") || position - start > (bytes[start] == UInt8(ascii: "-") ? 2 : 1)
        {
            throw mistake("a number must not have leading zeros", bytes)
        }
        if peek(bytes) == UInt8(ascii: ".") {
            position += 1
            guard digits(bytes) > 0 else { throw mistake("expected a digit after the decimal point", bytes) }
        }
        if let byte = peek(bytes), byte | 0x20 == UInt8(ascii: "e") {
            position += 1
            if peek(bytes) == UInt8(ascii: "+") || peek(bytes) == UInt8(ascii: "-") { position += 1 }
            guard digits(bytes) > 0 else { throw mistake("expected a digit in the exponent", bytes) }
        }
        try check(position - start, at: start, bytes)
        close(.number, from: start, to: position)
    }

    private mutating func check(_ length: Int, at start: Int, _ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        guard length > longestText else { return }
        position = start
        throw mistake(Self.tooLong(longestText), bytes, isLimit: true)
    }

    private mutating func digits(_ bytes: borrowing Span<UInt8>) -> Int {
        let start = position
        while let byte = peek(bytes), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        return position - start
    }

    private mutating func string(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        let start = position + 1
        position = start
        var isEscaped = false
        while true {
            skipPlain(bytes)
            guard position < range.upperBound else { break }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                try check(position - start, at: start, bytes)
                nodes.append(
                    .init(kind: .string, isEscaped: isEscaped, start: Int32(start), end: Int32(position), next: Int32(nodes.count + 1)))
                position += 1
                return
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try escape(bytes)
            } else if byte < 0x20, !takesControls {
                throw mistake("a control character in a string must be escaped", bytes)
            } else if byte < 0x80 {
                position += 1
            } else {
                let length = Self.sequence(bytes, at: position, in: range)
                guard length > 0 else { throw mistake("these bytes are not UTF-8", bytes) }
                position += length
            }
        }
        throw mistake("the text ends inside a string", bytes)
    }

    /// Passes over what stands for itself in a string: nearly all of it.
    private mutating func skipPlain(_ bytes: borrowing Span<UInt8>) {
        let end = range.upperBound
        var place = position
        // Sixteen at once, with one test for all: a fifth of the instructions. Texts that are shorter are left to the loop below.
        while end - place >= 16 {
            let block = bytes.extracting(place..<place + 16)
            var special: UInt8 = 0
            for offset in 0..<16 {
                let byte = block[offset]
                special |= (byte &- 0x20 >= 0x60 ? 1 : 0) | (byte == UInt8(ascii: "\"") ? 1 : 0) | (byte == UInt8(ascii: "\\") ? 1 : 0)
            }
            guard special == 0 else { break }
            place += 16
        }
        while place < end {
            let byte = bytes[place]
            // The first is two comparisons in one: neither a control character nor the start of a sequence.
            guard byte &- 0x20 < 0x60, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
            place += 1
        }
        position = place
    }

    private mutating func escape(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        guard position + 1 < range.upperBound else { throw mistake("the text ends inside a string", bytes) }
        let escape = bytes[position + 1]
        if escape == UInt8(ascii: "u") {
            for offset in 2..<6 {
                guard position + offset < range.upperBound, Self.hexadecimal(bytes[position + offset]) != nil else {
                    throw mistake("expected four hexadecimal digits after '\\u'", bytes)
                }
            }
            position += 6
        } else {
            guard Self.unescaped(escape) != nil else { throw mistake("invalid escape", bytes) }
            position += 2
        }
    }

    /// The length of the UTF-8 sequence at a place: 2 to 4 bytes, not overlong, not a surrogate, not above U+10FFFF; 0 for anything else.
    static func sequence(_ bytes: borrowing Span<UInt8>, at position: Int, in range: Range<Int>) -> Int {
        let first = bytes[position]
        let (length, least): (Int, UInt32) =
            switch first {
            case 0xC2...0xDF: (2, 0x80)
            case 0xE0...0xEF: (3, 0x800)
            case 0xF0...0xF4: (4, 0x10000)
            default: (0, 0)
            }
        var scalar = UInt32(first) & (0x7F >> UInt32(length))
        var isWhole = length > 0 && position + length <= range.upperBound
        if isWhole {
            for offset in 1..<length {
                let byte = bytes[position + offset]
                isWhole = isWhole && byte & 0xC0 == 0x80
                scalar = scalar << 6 | UInt32(byte & 0x3F)
            }
        }
        return isWhole && scalar >= least && Unicode.Scalar(scalar) != nil ? length : 0
    }

    private mutating func close(_ kind: JSONDocument.Kind, from start: Int, to end: Int) {
        nodes.append(.init(kind: kind, start: Int32(start), end: Int32(end), next: Int32(nodes.count + 1)))
        position = end
    }

    private mutating func skipBlanks(_ bytes: borrowing Span<UInt8>) {
        while position < range.upperBound {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    private func peek(_ bytes: borrowing Span<UInt8>) -> UInt8? {
        position < range.upperBound ? bytes[position] : nil
    }

    private func mistake(_ message: String, _ bytes: borrowing Span<UInt8>, isLimit: Bool = false) -> JSONMistake {
        JSONMistake(message, at: position, of: range, bytes, isLimit: isLimit)
    }

    /// What is said of a text with too many values.
    static func tooMany(_ limit: Int) -> String { "more than \(limit) values and names" }

    /// What is said of a text that is nested too deeply.
    static func tooDeep(_ limit: Int) -> String { "nested deeper than \(limit) levels" }

    /// What is said of a string, name or number that is too long.
    static func tooLong(_ limit: Int) -> String { "this text is too long, expected at most \(limit) bytes" }

    /// The value of a hexadecimal digit in either case; `nil` for any other byte.
    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The byte that a one-letter escape represents; `nil` for an invalid escape.
    static func unescaped(_ escape: UInt8) -> UInt8? {
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): escape
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }
}
