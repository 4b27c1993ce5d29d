/// Rewrites as plain JSON what Newtonsoft's JsonTextReader reads and RFC 8259 forbids; `LenientJSONParser+Tokens.swift` has its tokens.
///
/// It takes single quotes, names without quotes, comments wherever blanks may be, a comma before a closing bracket, control characters in
/// strings, `\'`, hexadecimal and octal numbers, `.5` and `1.`, `undefined`, `NaN` and `Infinity` (which become texts), and whatever follows
/// the first complete value. An element that is left out between two commas of an array is null, as for Newtonsoft; a member's value must
/// be there. Of Newtonsoft's own, `new Date(0)` is not taken.
///
/// It reads each byte once, keeps open brackets in a list, and holds the same limits as the strict parser.
struct LenientJSONParser {
    /// What was read, as JSON in which only control characters in strings are still as they came.
    var plain: [UInt8] = []
    let source: [UInt8]
    let range: Range<Int>
    var position: Int
    private let limit: Int
    private let mostValues: Int
    private let longestText: Int
    private var values = 0
    /// Of each open bracket whether it is an object's.
    private var open: [Bool] = []

    /// A parser for a part of a buffer.
    ///
    /// - Parameters:
    ///   - source: the buffer.
    ///   - range: the part with the text.
    ///   - depth: the maximum nesting of arrays and objects.
    ///   - values: the maximum number of values, including member names.
    ///   - longestText: the most bytes of a string, name or number as it is written.
    init(_ source: [UInt8], range: Range<Int>, depth: Int, values: Int, longestText: Int = .max) {
        (self.source, self.range, position) = (source, range, range.lowerBound)
        (limit, mostValues, self.longestText) = (depth, values, longestText)
    }

    /// Rewrites the first value of the text.
    ///
    /// - Parameter bytes: the buffer that contains the text.
    /// - Throws: the first error.
    mutating func parse(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        if range.count >= 3, bytes[position] == 0xEF, bytes[position + 1] == 0xBB, bytes[position + 2] == 0xBF { position += 3 }
        try skipBlanks(bytes)
        try value(bytes)
        while let isObject = open.last {
            try skipBlanks(bytes)
            if close(isObject, bytes) { continue }
            // Only a bracket that was just opened ends what was read so far.
            if plain.last != UInt8(ascii: isObject ? "{" : "[") {
                guard peek(bytes) == UInt8(ascii: ",") else {
                    throw mistake(isObject ? "expected ',' or '}'" : "expected ',' or ']'", bytes)
                }
                position += 1
                try skipBlanks(bytes)
                if close(isObject, bytes) { continue }
                plain.append(UInt8(ascii: ","))
            }
            if isObject { try name(bytes) }
            if !isObject, peek(bytes) == UInt8(ascii: ",") {
                try count(bytes)
                plain.append(contentsOf: "null".utf8)
            } else {
                try value(bytes)
            }
        }
    }

    private mutating func close(_ isObject: Bool, _ bytes: borrowing Span<UInt8>) -> Bool {
        let bracket = UInt8(ascii: isObject ? "}" : "]")
        guard peek(bytes) == bracket else { return false }
        position += 1
        plain.append(bracket)
        open.removeLast()
        return true
    }

    private mutating func begin(isObject: Bool, _ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        guard open.count < limit else { throw mistake(JSONParser.tooDeep(limit), bytes, isLimit: true) }
        open.append(isObject)
        plain.append(UInt8(ascii: isObject ? "{" : "["))
        position += 1
    }

    private mutating func count(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        guard values < mostValues else { throw mistake(JSONParser.tooMany(mostValues), bytes, isLimit: true) }
        values += 1
    }

    /// Refuses a string, name or number that is too long.
    mutating func check(from start: Int, _ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        guard position - start > longestText else { return }
        position = start
        throw mistake(JSONParser.tooLong(longestText), bytes, isLimit: true)
    }

    private mutating func name(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        values += 1
        switch peek(bytes) {
        case UInt8(ascii: "\"")?, UInt8(ascii: "'")?: try string(bytes)
        default: try bareName(bytes)
        }
        try skipBlanks(bytes)
        guard peek(bytes) == UInt8(ascii: ":") else { throw mistake("expected ':' after a member's name", bytes) }
        position += 1
        plain.append(UInt8(ascii: ":"))
        try skipBlanks(bytes)
    }

    private mutating func value(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        guard let first = peek(bytes) else { throw mistake("the text ends where a value should be", bytes) }
        try count(bytes)
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): try string(bytes)
        case UInt8(ascii: "{"): try begin(isObject: true, bytes)
        case UInt8(ascii: "["): try begin(isObject: false, bytes)
        default: try bareValue(bytes)
        }
    }

    /// The byte at the current position; `nil` at the end.
    func peek(_ bytes: borrowing Span<UInt8>) -> UInt8? { position < range.upperBound ? bytes[position] : nil }

    /// A mistake at the current position.
    func mistake(_ message: String, _ bytes: borrowing Span<UInt8>, isLimit: Bool = false) -> JSONMistake {
        JSONMistake(message, at: position, of: range, bytes, isLimit: isLimit)
    }

    // MARK: Blanks

    /// Skips blanks, as `char.IsWhiteSpace` knows them, and comments.
    mutating func skipBlanks(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        while true {
            let length = blank(bytes)
            if length > 0 {
                position += length
            } else if peek(bytes) == UInt8(ascii: "/") {
                try skipComment(bytes)
            } else {
                return
            }
        }
    }

    /// The length of the blank at the current position; 0 if there is none.
    func blank(_ bytes: borrowing Span<UInt8>) -> Int {
        guard let byte = peek(bytes) else { return 0 }
        if byte < 0x80 { return byte == 0x20 || (0x09...0x0D).contains(byte) ? 1 : 0 }
        // No other byte begins a blank of Unicode.
        guard byte == 0xC2 || (0xE1...0xE3).contains(byte) else { return 0 }
        let length = JSONParser.sequence(bytes, at: position, in: range)
        guard length > 1 else { return 0 }
        var scalar = UInt32(byte) & (0x7F >> UInt32(length))
        for offset in 1..<length { scalar = scalar << 6 | UInt32(bytes[position + offset] & 0x3F) }
        return Unicode.Scalar(scalar)?.properties.isWhitespace == true ? length : 0
    }

    private mutating func skipComment(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        let second = position + 1 < range.upperBound ? bytes[position + 1] : 0
        guard second == UInt8(ascii: "/") || second == UInt8(ascii: "*") else { throw mistake("expected a comment after '/'", bytes) }
        position += 2
        if second == UInt8(ascii: "/") {
            while let byte = peek(bytes), byte != 0x0A, byte != 0x0D { position += 1 }
            return
        }
        while let byte = peek(bytes) {
            position += 1
            if byte == UInt8(ascii: "*"), peek(bytes) == UInt8(ascii: "/") {
                position += 1
                return
            }
        }
        throw mistake("the text ends inside a comment", bytes)
    }
}
