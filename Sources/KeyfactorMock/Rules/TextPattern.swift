/// A regular expression as a scenario writes it, in Swift's dialect; it may match anywhere in a text.
///
/// `Regex` is not Sendable, because one may hold a closure; one that is made from text holds none, and matching changes nothing in it.
struct TextPattern: @unchecked Sendable {
    /// The longest text in which it is looked for, in bytes. Matching goes back and tries again: what it costs grows at least with the
    /// square of the length, and nothing can stop it.
    static let longestText = 2048

    /// As it was written.
    let text: String
    private let regex: Regex<AnyRegexOutput>

    /// Swift reads a nested `[` or `&&` by recursion that has no end but the stack's, and a mebibyte in more than ten seconds.
    private static let (longest, mostBrackets) = (1000, 64)
    /// How large an expression may be, in words.
    static let bounds = "at most \(longest) bytes, with at most \(mostBrackets) times '['"

    /// Whether an expression is small enough to be read.
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
