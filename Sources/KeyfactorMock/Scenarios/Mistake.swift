/// One mistake in a text: where it is, what it is, and what would be right.
package struct Mistake: Error, Sendable, Equatable {
    /// The line, counted from 1.
    package let line: Int
    /// The column in characters (Unicode scalars), counted from 1.
    package let column: Int
    /// How many characters to underline; 0 counts as 1.
    package let width: Int
    /// What is wrong, as one sentence without a full stop.
    package let message: String
    /// What would be right, if that can be said.
    package let hint: String?

    /// Makes a mistake at a place.
    ///
    /// - Parameters:
    ///   - mark: where it is.
    ///   - message: what is wrong, as one sentence without a full stop.
    ///   - hint: what would be right.
    init(_ mark: Mark, _ message: String, hint: String? = nil) {
        line = Int(mark.line)
        column = Int(mark.column)
        width = Int(mark.width)
        self.message = message
        self.hint = hint
    }

    /// A text as mistakes quote it: at most 40 characters, control characters shown as `�`.
    ///
    /// - Parameter text: the text.
    /// - Returns: the text, shortened with `…` if it was longer.
    static func shortened(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let cut = scalars.prefix(40)
        return printable(cut) + (cut.endIndex < scalars.endIndex ? "…" : "")
    }

    /// Characters that are safe to write to a terminal: control characters other than tabs become `�`.
    ///
    /// - Parameter scalars: the characters.
    /// - Returns: as many characters.
    static func printable(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        for scalar in scalars {
            text.append(scalar.properties.generalCategory == .control && scalar != "\t" ? "\u{FFFD}" : scalar)
        }
        return String(text)
    }

    /// Right words as a mistake lists them: the first twelve, then `…`.
    ///
    /// - Parameter words: the words.
    /// - Returns: for instance `one of any, basic, bearer`.
    static func oneOf(_ words: [String]) -> String {
        let listed = words.prefix(12).joined(separator: ", ") + (words.count > 12 ? ", …" : "")
        return words.count == 1 ? listed : "one of " + listed
    }
}

/// All mistakes of one text, in order of position.
package struct Mistakes: Error, Sendable, Equatable {
    /// The mistakes in order of position. What an alias repeats stands here once.
    package let all: [Mistake]

    /// Puts mistakes in order.
    ///
    /// - Parameter mistakes: the mistakes in any order.
    init(_ mistakes: [Mistake]) {
        let order = mistakes.indices.sorted { first, second in
            let (one, other) = (mistakes[first], mistakes[second])
            return (one.line, one.column, first) < (other.line, other.column, second)
        }
        var all: [Mistake] = []
        for mistake in order.map({ mistakes[$0] }) {
            // Told in one expression: with a slice of it still held, appending would copy all of them.
            let isThere = all.reversed().prefix { $0.line == mistake.line && $0.column == mistake.column }.contains(mistake)
            if !isThere { all.append(mistake) }
        }
        self.all = all
    }
}

/// Finds the word that was probably meant, by edit distance (a swap of neighbours counts as one edit) without regard to case.
///
/// - Parameters:
///   - word: the word as written.
///   - words: the right words.
/// - Returns: the nearest one, the first of several equally near; nil if more than a third of the word would change (at most 3 edits;
///   one edit is always allowed from two letters on).
func nearestWord(to word: String, among words: some Sequence<String>) -> String? {
    let written = Array(word.lowercased().unicodeScalars.prefix(65))
    guard (1...64).contains(written.count) else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in words {
        let limit = min((best?.distance ?? 4) - 1, written.count == 1 ? 0 : max(1, written.count / 3))
        if let distance = editDistance(written, Array(candidate.lowercased().unicodeScalars), limit: limit) {
            best = (candidate, distance)
        }
    }
    return best?.word
}

/// The number of edits (insert, delete, replace, swap neighbours) between two words, or nil if it is above the limit.
private func editDistance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar], limit: Int) -> Int? {
    guard limit >= 0, abs(one.count - other.count) <= limit else { return nil }
    var beforeLast: [Int] = []
    var last = Array(0...other.count)
    for i in 0..<one.count {
        var row = [i + 1]
        for j in 0..<other.count {
            var distance = min(last[j] + (one[i] == other[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
                distance = min(distance, beforeLast[j - 1] + 1)
            }
            row.append(distance)
        }
        (beforeLast, last) = (last, row)
    }
    return last[other.count] <= limit ? last[other.count] : nil
}
