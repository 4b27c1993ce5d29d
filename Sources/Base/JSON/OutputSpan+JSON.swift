/// Values of JSON, written where there is room for them.
extension OutputSpan<UInt8> {
    /// The most bytes that a text takes in JSON, with its quotes: an escape has six.
    public static func room(for text: String) -> Int { text.utf8.count * 6 + 2 }

    /// Appends a string, escaping only what JSON requires.
    public mutating func append(json text: String) {
        append(UInt8(ascii: "\""))
        append(partOf: text)
        append(UInt8(ascii: "\""))
    }

    /// Appends a text that stands in a string: without quotes.
    public mutating func append(partOf text: String) {
        let bytes = text.utf8Span.span
        if bytes.isPlainInJSON { append(copying: bytes) } else { append(escaping: bytes) }
    }

    private mutating func append(escaping bytes: borrowing Span<UInt8>) {
        for place in bytes.indices {
            switch bytes[place] {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case let byte where byte < 0x20: append(escape: UInt16(byte))
            case let byte: append(byte)
            }
        }
    }

    /// Appends the escape of a character as .NET writes it: five have short ones.
    mutating func append(escape unit: UInt16) {
        switch unit {
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        default:
            append("\\u")
            for shift in [12, 8, 4, 0] {
                let nibble = UInt8(truncatingIfNeeded: unit >> UInt16(shift)) & 0xF
                append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10)
            }
        }
    }

    /// Appends a GUID as a string.
    public mutating func append(json guid: GUID) {
        append(UInt8(ascii: "\""))
        guid.write(to: &self)
        append(UInt8(ascii: "\""))
    }

    /// Appends a GUID as a string, or `null`.
    public mutating func append(json guid: GUID?) {
        if let guid { append(json: guid) } else { append("null") }
    }

    /// Appends a time as a string.
    public mutating func append(json moment: Timestamp, _ style: TimeStyle) {
        append(UInt8(ascii: "\""))
        moment.write(to: &self, style: style)
        append(UInt8(ascii: "\""))
    }

    /// Appends a boolean.
    @inline(__always)
    public mutating func append(json truth: Bool) {
        if truth { append("true") } else { append("false") }
    }

    /// The most bytes of a whole number in decimal.
    static var roomForNumber: Int { 20 }

    /// Appends a whole number in decimal.
    public mutating func append(decimal number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var divisor: UInt = 1
        while number.magnitude / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number.magnitude / divisor % 10))
            divisor /= 10
        }
    }
}

extension Span<UInt8> {
    /// Whether a text stands for itself in a string of JSON. Looks at all bytes in any case, so that it can look at many at once.
    var isPlainInJSON: Bool {
        var special: UInt8 = 0
        for place in indices {
            let byte = self[place]
            special |= (byte < 0x20 ? 1 : 0) | (byte == UInt8(ascii: "\"") ? 1 : 0) | (byte == UInt8(ascii: "\\") ? 1 : 0)
        }
        return special == 0
    }
}
