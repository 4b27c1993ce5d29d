/// A regular expression as a scenario writes it, in Swift's dialect; it may match anywhere in a text.
///
/// `Regex` is not Sendable, because one may hold a closure; one that is made from text holds none, and matching changes nothing in it.
public struct TextPattern: @unchecked Sendable {
    /// The longest text that is searched, in bytes. Matching backtracks: its cost grows at least with the square of the length, and it
    /// cannot be interrupted.
    static let longestText = 2048

    /// As it was written.
    let text: String
    private let regex: Regex<AnyRegexOutput>

    /// Swift parses a nested `[` or `&&` recursively, limited only by the stack, and needs more than ten seconds for a mebibyte.
    private static let (longest, mostBrackets) = (1000, 64)
    /// How large an expression may be, as text.
    static let bounds = "at most \(longest) bytes, of which at most \(mostBrackets) are '['"

    /// Whether an expression is small enough to be parsed.
    static func isBounded(_ text: String) -> Bool {
        text.utf8.count <= longest && text.utf8.count { $0 == UInt8(ascii: "[") } <= mostBrackets
    }

    /// Reads a regular expression.
    ///
    /// - Parameter text: the expression; it must be bounded.
    /// - Throws: what is wrong with it.
    init(_ text: String) throws {
        self.text = text
        regex = try Regex(text)
    }

    /// Whether it is found in a text that is short enough.
    func isFound(in text: String) -> Bool { text.utf8.count <= Self.longestText && text.firstMatch(of: regex) != nil }
}
