/// A regular expression as a scenario writes it, in Swift's dialect; it may match anywhere in a text.
///
/// `Regex` is not Sendable, because one may hold a closure; one that is made from text holds none, and matching changes nothing in it.
struct TextPattern: @unchecked Sendable {
    /// The longest text in which it is looked for, in bytes. Matching goes back and tries again: what it costs grows at least with the
    /// square of the length, and nothing can stop it.
    static let longestText = 2048

    /// The longest expression, in bytes: reading one of a mebibyte takes more than ten seconds.
    static let longestPattern = 1024

    /// As it was written.
    let text: String
    private let regex: Regex<AnyRegexOutput>

    /// Reads a regular expression.
    ///
    /// - Parameter text: the expression.
    /// - Throws: what is wrong with it.
    init(_ text: String) throws {
        self.text = text
        regex = try Regex(text)
    }

    /// Whether it is found in a text that is short enough.
    func isFound(in text: String) -> Bool { text.utf8.count <= Self.longestText && text.firstMatch(of: regex) != nil }
}
