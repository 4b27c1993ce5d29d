/// A mistake in a text: where it is, what is wrong, and how to fix it.
public struct Mistake: Error, Sendable, Equatable {
    /// The line, counted from 1.
    public let line: Int
    /// The column in characters (Unicode scalars), counted from 1.
    let column: Int
    /// How many characters to underline; 0 counts as 1.
    let width: Int
    /// What is wrong, as a sentence without a full stop.
    public let message: String
    /// How to fix it, if known.
    public let hint: String?

    /// Makes a mistake.
    ///
    /// - Parameters:
    ///   - mark: where it is.
    ///   - message: what is wrong, as a sentence without a full stop.
    ///   - hint: how to fix it.
    public init(_ mark: Mark, _ message: String, hint: String? = nil) {
        line = Int(mark.line)
        column = Int(mark.column)
        width = Int(mark.width)
        self.message = message
        self.hint = hint
    }

    /// The mistake with its hint, in one line.
    public var sentence: String { message + (hint.map { "; \($0)" } ?? "") }

    /// A text, shortened for a message: at most 40 characters, those that steer a terminal shown as `�`.
    ///
    /// - Parameter text: the text.
    /// - Returns: the text, with `…` if it was longer.
    public static func shortened(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let cut = scalars.prefix(40)
        return printable(cut) + (cut.endIndex < scalars.endIndex ? "…" : "")
    }

    /// Characters that are safe to write to a terminal: others, such as those that turn the direction of a text, become `�`.
    ///
    /// - Parameter scalars: the characters.
    /// - Returns: as many characters.
    static func printable(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        for scalar in scalars {
            switch scalar.properties.generalCategory {
            case .control where scalar != "\t", .format, .lineSeparator, .paragraphSeparator: text.append("\u{FFFD}")
            default: text.append(scalar)
            }
        }
        return String(text)
    }

    /// A list of valid words for a message: the first twelve, then `…`.
    ///
    /// - Parameter words: the words.
    /// - Returns: for instance `one of any, basic, bearer`.
    public static func oneOf(_ words: [String]) -> String {
        let listed = words.prefix(12).joined(separator: ", ") + (words.count > 12 ? ", …" : "")
        return words.count == 1 ? listed : "one of " + listed
    }
}

/// All mistakes of a text, in order of position.
public struct Mistakes: Error, Sendable, Equatable {
    /// The mistakes in order of position. Mistakes repeated by an alias are included once.
    public let all: [Mistake]

    /// Sorts mistakes.
    ///
    /// - Parameter mistakes: the mistakes in any order.
    public init(_ mistakes: [Mistake]) {
        let order = mistakes.indices.sorted { first, second in
            let (one, other) = (mistakes[first], mistakes[second])
            return (one.line, one.column, first) < (other.line, other.column, second)
        }
        var all: [Mistake] = []
        for mistake in order.map({ mistakes[$0] }) {
            // In one expression: if a slice were still alive, appending would copy the array.
            let isDuplicate = all.reversed().prefix { $0.line == mistake.line && $0.column == mistake.column }.contains(mistake)
            if !isDuplicate { all.append(mistake) }
        }
        self.all = all
    }
}
