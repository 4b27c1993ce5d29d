/// The order of two values.
public enum Ordering: Sendable {
    case less, equal, greater
}

/// Case-insensitive comparison, as in SQL Server's default collation.
///
/// ASCII texts, which are most common, are compared in place; others are converted to lower case, and canonically equivalent texts
/// are equal.
public enum CaselessText {
    /// The order of two texts.
    public static func order(_ a: String, _ b: String) -> Ordering {
        let (left, right) = (a.utf8Span, b.utf8Span)
        guard left.isKnownASCII, right.isKnownASCII else {
            let (a, b) = (a.lowercased(), b.lowercased())
            return a < b ? .less : a == b ? .equal : .greater
        }
        let (one, other) = (left.span, right.span)
        for index in 0..<min(one.count, other.count) {
            let (x, y) = (lower(one[index]), lower(other[index]))
            if x != y { return x < y ? .less : .greater }
        }
        return one.count < other.count ? .less : one.count == other.count ? .equal : .greater
    }

    /// An ASCII byte in lower case; any other byte as it is.
    public static func lower(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }
}

/// A text that is compared with the texts of many rows, ignoring case.
public struct Needle: Sendable {
    /// In lower case.
    private let text: String
    /// Its bytes, if it is ASCII.
    private let bytes: [UInt8]?

    /// Prepares a text for comparisons.
    ///
    /// - Parameter text: the text in any case.
    public init(_ text: String) {
        self.text = text.lowercased()
        let bytes = Array(self.text.utf8)
        self.bytes = bytes.allSatisfy { $0 < 0x80 } ? bytes : nil
    }

    /// Whether the texts are equal.
    public func equals(_ found: String) -> Bool {
        let utf8 = found.utf8Span
        guard let bytes, utf8.isKnownASCII else { return found.lowercased() == text }
        return utf8.span.count == bytes.count && occurs(in: utf8.span, at: 0, bytes)
    }

    /// Whether a text begins with this one.
    public func begins(_ found: String) -> Bool {
        let utf8 = found.utf8Span
        guard let bytes, utf8.isKnownASCII else { return found.lowercased().hasPrefix(text) }
        return utf8.span.count >= bytes.count && occurs(in: utf8.span, at: 0, bytes)
    }

    /// Whether a text ends with this one.
    public func ends(_ found: String) -> Bool {
        let utf8 = found.utf8Span
        guard let bytes, utf8.isKnownASCII else { return found.lowercased().hasSuffix(text) }
        return utf8.span.count >= bytes.count && occurs(in: utf8.span, at: utf8.span.count - bytes.count, bytes)
    }

    /// Whether a text contains this one.
    public func isPart(of found: String) -> Bool {
        let utf8 = found.utf8Span
        guard let bytes, utf8.isKnownASCII else { return found.lowercased().contains(text) }
        guard let first = bytes.first else { return true }
        let span = utf8.span
        var start = 0
        while start <= span.count - bytes.count {
            if CaselessText.lower(span[start]) == first, occurs(in: span, at: start, bytes) { return true }
            start += 1
        }
        return false
    }

    /// Whether the bytes are at a position; there must be enough bytes after it.
    private func occurs(in span: borrowing Span<UInt8>, at start: Int, _ bytes: [UInt8]) -> Bool {
        for index in bytes.indices where CaselessText.lower(span[start + index]) != bytes[index] { return false }
        return true
    }
}
