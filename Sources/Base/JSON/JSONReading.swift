/// How the JSON of a body is read.
public enum JSONReading: String, Sendable, CaseIterable {
    /// As Newtonsoft's Json.NET and ASP.NET's model binding read it.
    case lenient
    /// As RFC 8259 says, and each value as the type that it is.
    case strict
}

extension JSONDocument {
    /// Parses a text as Newtonsoft's reader does. Plain JSON, which nearly every text is, costs no more than with the strict parser.
    ///
    /// - Parameters:
    ///   - bytes: the buffer that contains the text; retained, and copied only if the text is no plain JSON.
    ///   - range: the part of the buffer with the text; by default all of it.
    ///   - depth: the maximum nesting of arrays and objects.
    ///   - values: the maximum number of values and member names.
    ///   - longestText: the most bytes of a string, name or number as it is written.
    /// - Throws: the first error that both parsers meet.
    /// - Returns: the document, which knows whether it is plain JSON.
    public static func lenient(
        _ bytes: [UInt8], in range: Range<Int>? = nil, depth: Int = 64, values: Int = 65_536, longestText: Int = .max
    ) throws(JSONMistake) -> JSONDocument {
        let range = range ?? 0..<bytes.count
        var parser = JSONParser(range: range, depth: depth, values: values, longestText: longestText)
        do throws(JSONMistake) {
            try parser.parse(bytes.span)
        } catch {
            return try loosened(bytes, range, depth, values, longestText, error)
        }
        return JSONDocument(bytes, parser.nodes, .lenient)
    }

    /// What is read of a text that is no plain JSON: it is rewritten as plain JSON, which the strict parser reads again.
    private static func loosened(
        _ bytes: [UInt8], _ range: Range<Int>, _ depth: Int, _ values: Int, _ longestText: Int, _ departure: JSONMistake
    ) throws(JSONMistake) -> JSONDocument {
        // No other way of reading makes fewer of the values that were counted.
        if departure.isLimit { throw departure }
        var rewriter = LenientJSONParser(bytes, range: range, depth: depth, values: values, longestText: longestText)
        do throws(JSONMistake) {
            try rewriter.parse(bytes.span)
        } catch {
            throw error.isLimit || error.offset > departure.offset ? error : departure
        }
        let plain = rewriter.plain
        // A control character that stands for itself is not escaped, so that no text becomes six times as long.
        var parser = JSONParser(range: 0..<plain.count, depth: depth, values: values, takesControls: true)
        try parser.parse(plain.span)
        return JSONDocument(plain, parser.nodes, .lenient, departure: departure)
    }

    /// The same values as the lenient reader takes them.
    public func lenient() -> JSONDocument { JSONDocument(bytes, nodes, .lenient, departure: departure) }

    /// The same values, for who holds clients to the RFC.
    ///
    /// - Throws: what the RFC has against the text.
    /// - Returns: a document whose texts are no numbers of other kinds, booleans or times than before.
    public func strict() throws(JSONMistake) -> JSONDocument {
        if let departure { throw departure }
        return JSONDocument(bytes, nodes, .strict)
    }
}

/// Values as ASP.NET's model binding reads them, in one place for every operation. A strict document gives what its values are, and a
/// whole number in quotes.
extension JSONValue {
    /// Whether the document takes texts for other values.
    private var isLenient: Bool { document.reading == .lenient }

    /// Whether it is null, or an empty text where something else than a text is meant.
    public var isNothing: Bool { isNull || isLenient && isEmptyText }

    /// A boolean, also one in quotes in any case: Newtonsoft gives texts to `bool.TryParse`.
    public var flag: Bool? { boolean ?? loosely { Bool($0.lowercased()) } }

    /// A whole number of 64 bits, also one in quotes.
    public var number: Int? { integer ?? text.flatMap { Int($0) } ?? loosely { Int($0) } }

    /// A whole number, in quotes only if the document takes texts for numbers in lists.
    public var listedNumber: Int? { isLenient ? number : integer }

    /// A time in a form of ISO 8601, or in one in which .NET prints times.
    public var moment: Timestamp? { plainText.flatMap { Timestamp($0) } ?? loosely { Timestamp(written: $0) } }

    /// The name of an enum's case, in lower case.
    public var word: String? { isLenient ? text?.trimmed.lowercased() : text?.lowercased() }

    /// The JSON inside a text, read as this document is.
    public func document(in text: String) throws(JSONMistake) -> JSONDocument {
        isLenient ? try .lenient(Array(text.utf8)) : try JSONDocument(Array(text.utf8))
    }

    /// What a text means without the blanks around it.
    ///
    /// - Parameter read: reads it.
    /// - Returns: `nil` if this is no text, the document is strict, or the text means nothing.
    func loosely<Meaning>(_ read: (String) -> Meaning?) -> Meaning? {
        // A text that is longer than any of these, in escapes and blanks too, is none; it is not decoded to find out.
        isLenient && sourceLength <= 2_048 ? (text?.trimmed).flatMap(read) : nil
    }
}

extension String {
    /// The text without blanks at its ends.
    public var trimmed: String {
        let plain: ClosedRange<UInt8> = 0x21...0x7E
        if let first = utf8.first, let last = utf8.last, plain.contains(first), plain.contains(last) { return self }
        guard let start = firstIndex(where: { !$0.isWhitespace }), let end = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[start...end])
    }
}
