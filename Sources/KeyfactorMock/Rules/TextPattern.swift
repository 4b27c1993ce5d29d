/// A regular expression as a scenario writes it, in Swift's dialect; it may match anywhere in a text.
///
/// `Regex` is not Sendable, because one may hold a closure; one that is made from text holds none, and matching changes nothing in it.
struct TextPattern: @unchecked Sendable {
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

    /// Whether it is found in a text.
    func isFound(in text: String) -> Bool { text.firstMatch(of: regex) != nil }
}
