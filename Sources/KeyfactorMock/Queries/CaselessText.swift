/// Texts compared without case, as SQL Server's default collation does.
///
/// Texts of ASCII, which nearly all are, are compared where they lie; others in lower case, canonically equivalent ones as equal.
enum CaselessText {
    /// The order of two texts.
    static func order(_ a: String, _ b: String) -> QueryValue.Order {
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

    /// A byte of ASCII in lower case.
    static func lower(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }
}

/// A text that texts of many rows are held against.
struct Needle: Sendable {
    /// In lower case.
    private let text: String
    /// Its bytes if they are ASCII.
    private let bytes: [UInt8]?

    /// - Parameter text: the text in any case.
    init(_ text: String) {
        self.text = text.lowercased()
        let bytes = Array(self.text.utf8)
        self.bytes = bytes.allSatisfy { $0 < 0x80 } ? bytes : nil
    }

    /// Whether a text passes one of the operators for texts.
    func matches(_ found: String, _ operation: QueryOperator) -> Bool {
        switch operation {
        case .eq: equals(found)
        case .ne: !equals(found)
        case .contains: isPart(of: found)
        case .notContains: !isPart(of: found)
        case .startsWith: begins(found)
        case .endsWith: ends(found)
        case .lt, .le, .gt, .ge: false
        }
    }

    private func equals(_ found: String) -> Bool {
        let utf8 = found.utf8Span
        guard let bytes, utf8.isKnownASCII else { return found.lowercased() == text }
        return utf8.span.count == bytes.count && lies(in: utf8.span, at: 0, bytes)
    }

    private func begins(_ found: String) -> Bool {
        let utf8 = found.utf8Span
        guard let bytes, utf8.isKnownASCII else { return found.lowercased().hasPrefix(text) }
        return utf8.span.count >= bytes.count && lies(in: utf8.span, at: 0, bytes)
    }

    private func ends(_ found: String) -> Bool {
        let utf8 = found.utf8Span
        guard let bytes, utf8.isKnownASCII else { return found.lowercased().hasSuffix(text) }
        return utf8.span.count >= bytes.count && lies(in: utf8.span, at: utf8.span.count - bytes.count, bytes)
    }

    private func isPart(of found: String) -> Bool {
        let utf8 = found.utf8Span
        guard let bytes, utf8.isKnownASCII else { return found.lowercased().contains(text) }
        guard let first = bytes.first else { return true }
        let span = utf8.span
        var start = 0
        while start <= span.count - bytes.count {
            if CaselessText.lower(span[start]) == first, lies(in: span, at: start, bytes) { return true }
            start += 1
        }
        return false
    }

    /// Whether the bytes lie at a place, where there is room for them.
    private func lies(in span: borrowing Span<UInt8>, at start: Int, _ bytes: [UInt8]) -> Bool {
        for index in bytes.indices where CaselessText.lower(span[start + index]) != bytes[index] { return false }
        return true
    }
}
