/// Strings, names, numbers and words.
extension LenientJSONParser {
    /// Rewrites a string in quotes of either kind.
    mutating func string(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        let quote = bytes[position]
        position += 1
        plain.append(UInt8(ascii: "\""))
        // What stands in a string as it may in plain JSON is copied in one piece.
        var start = position
        let first = position
        while let byte = peek(bytes) {
            if byte == quote {
                try check(from: first, bytes)
                copy(from: start)
                plain.append(UInt8(ascii: "\""))
                position += 1
                return
            }
            switch byte {
            case UInt8(ascii: "\\"): try escape(&start, bytes)
            case UInt8(ascii: "\""):
                copy(from: start)
                repeat {
                    plain.append(UInt8(ascii: "\\"))
                    plain.append(UInt8(ascii: "\""))
                    position += 1
                } while peek(bytes) == UInt8(ascii: "\"")
                start = position
            case 0..<0x80: position += 1
            default: try skipSequence(bytes)
            }
        }
        throw mistake("the text ends inside a string", bytes)
    }

    private mutating func escape(_ start: inout Int, _ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        guard position + 1 < range.upperBound else {
            position += 1
            throw mistake("the text ends inside a string", bytes)
        }
        let escape = bytes[position + 1]
        switch escape {
        case UInt8(ascii: "'"):
            // JSON has no such escape: the backslash goes.
            copy(from: start)
            plain.append(UInt8(ascii: "'"))
            position += 2
            start = position
        case UInt8(ascii: "u"):
            for offset in 2..<6 {
                guard position + offset < range.upperBound, JSONParser.hexadecimal(bytes[position + offset]) != nil else {
                    throw mistake("expected four hexadecimal digits after '\\u'", bytes)
                }
            }
            position += 6
        default:
            guard JSONParser.unescaped(escape) != nil else { throw mistake("invalid escape", bytes) }
            position += 2
        }
    }

    private mutating func copy(from start: Int) {
        if start < position { plain.append(contentsOf: source[start..<position]) }
    }

    private mutating func skipSequence(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        let length = JSONParser.sequence(bytes, at: position, in: range)
        guard length > 0 else { throw mistake("these bytes are not UTF-8", bytes) }
        position += length
    }

    /// Rewrites a name without quotes: letters, digits, `_` and `$`.
    mutating func bareName(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        let start = position
        while let byte = peek(bytes) {
            if byte >= 0x80 {
                guard blank(bytes) == 0 else { break }
                try skipSequence(bytes)
            } else {
                guard Self.isWord(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") else { break }
                position += 1
            }
        }
        guard position > start else { throw mistake("expected a member's name", bytes) }
        try check(from: start, bytes)
        plain.append(UInt8(ascii: "\""))
        copy(from: start)
        plain.append(UInt8(ascii: "\""))
    }

    /// Rewrites a number or a word; something must separate it from what follows.
    mutating func bareValue(_ bytes: borrowing Span<UInt8>) throws(JSONMistake) {
        let start = position
        while let byte = peek(bytes), Self.isWord(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E { position += 1 }
        try check(from: start, bytes)
        let token = source[start..<position]
        let isSeparated = [nil, 0x2C, 0x2F, 0x5D, 0x7D].contains(peek(bytes)) || blank(bytes) > 0
        if !token.isEmpty, isSeparated, let value = Self.plain(token) {
            plain.append(contentsOf: value)
            return
        }
        position = start
        throw mistake("expected a value", bytes)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func plain(_ token: ArraySlice<UInt8>) -> [UInt8]? {
        if token.count <= 9 {
            switch String(decoding: token, as: UTF8.self) {
            case "true", "false", "null": return Array(token)
            case "undefined": return Array("null".utf8)
            // They are texts to members that are texts, and no numbers to others.
            case "NaN", "Infinity", "-Infinity": return [UInt8(ascii: "\"")] + token + [UInt8(ascii: "\"")]
            default: break
            }
        }
        return whole(token) ?? decimal(token)
    }

    /// A number that begins with 0 and is no fraction: hexadecimal after `0x`, octal else. `nil` for any other.
    private static func whole(_ token: ArraySlice<UInt8>) -> [UInt8]? {
        guard token.first == UInt8(ascii: "0"), 2...24 ~= token.count, ![0x2E, 0x65, 0x45].contains(token[token.startIndex + 1]) else {
            return nil
        }
        let isHexadecimal = token[token.startIndex + 1] | 0x20 == UInt8(ascii: "x")
        let digits = String(decoding: isHexadecimal ? token.dropFirst(2) : token, as: UTF8.self)
        guard digits.first != "+", digits.first != "-", let bits = UInt64(digits, radix: isHexadecimal ? 16 : 8) else { return nil }
        return Array("\(Int64(bitPattern: bits))".utf8)
    }

    /// A decimal number as JSON writes it: with digits on both sides of its point. `nil` if it is none, or one that reads as octal.
    private static func decimal(_ token: ArraySlice<UInt8>) -> [UInt8]? {
        var rest = token
        var number: [UInt8] = []
        if rest.first == UInt8(ascii: "-") { number.append(rest.removeFirst()) }
        var whole = takeDigits(&rest)
        if whole.first == UInt8(ascii: "0"), whole.count > 1 {
            guard !number.isEmpty else { return nil }
            whole = whole.drop { $0 == UInt8(ascii: "0") }
            if whole.isEmpty { whole = [UInt8(ascii: "0")] }
        }
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = takeDigits(&rest)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        number += whole.isEmpty ? [UInt8(ascii: "0")] : whole
        if !fraction.isEmpty { number += [UInt8(ascii: ".")] + fraction }
        guard let mark = rest.first else { return number }
        guard mark | 0x20 == UInt8(ascii: "e") else { return nil }
        number.append(rest.removeFirst())
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { number.append(rest.removeFirst()) }
        let exponent = takeDigits(&rest)
        return exponent.isEmpty || !rest.isEmpty ? nil : number + exponent
    }

    private static func takeDigits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest.dropFirst(digits.count)
        return digits
    }
}
