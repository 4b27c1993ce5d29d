import Glibc

/// A regular expression that anybody may send: the time that a search takes grows with the length of the text alone.
///
/// It is glibc's POSIX expressions, which do not backtrack unless there are back references, plus what .NET's have that people use:
/// `\d`, `\D`, `(?:…)`, and `*?`, which finds the same texts as `*`. What else only .NET knows is refused.
public struct LinearPattern: Sendable {
    private let expression: String
    private let flags: Int32

    /// The longest expression and the longest text in bytes; longer texts do not match.
    public static let (longest, longestText) = (512, 4096)

    /// Why an expression cannot be used.
    public struct Mistake: Error, Sendable {
        /// What is wrong, as the end of a sentence: "is longer than 512 bytes".
        public let message: String
    }

    /// Reads an expression.
    ///
    /// - Parameters:
    ///   - text: the expression.
    ///   - isCaseSensitive: whether it looks at case.
    /// - Throws: why it cannot be used.
    public init(_ text: String, isCaseSensitive: Bool) throws(Mistake) {
        expression = try Self.translated(text)
        flags = REG_EXTENDED | REG_NOSUB | (isCaseSensitive ? 0 : REG_ICASE)
        var compiled = unsafe regex_t()
        let code = unsafe regcomp(&compiled, expression, flags)
        defer { unsafe regfree(&compiled) }
        guard code == 0 else {
            var reason = [CChar](repeating: 0, count: 128)
            _ = unsafe regerror(code, &compiled, &reason, reason.count)
            throw Mistake(
                message: "is no regular expression: "
                    + String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
    }

    /// Whether it is found in a text.
    public func isFound(in text: String) -> Bool {
        guard text.utf8.count <= Self.longestText, !text.utf8.contains(0) else { return false }
        var compiled = unsafe regex_t()
        guard unsafe regcomp(&compiled, expression, flags) == 0 else { return false }
        defer { unsafe regfree(&compiled) }
        return unsafe regexec(&compiled, text, 0, nil, 0) == 0
    }

    /// How often a part may be repeated by a number: glibc writes it out so many times.
    private static let mostRepeats = 64

    private static func translated(_ text: String) throws(Mistake) -> String {
        guard text.utf8.count <= longest else { throw Mistake(message: "is longer than \(longest) bytes") }
        guard !text.utf8.contains(0) else { throw Mistake(message: "contains a zero byte") }
        var (made, rest) = ("", text[...])
        var (isInClass, repeats) = (false, 1)
        while let character = rest.popFirst() {
            switch character {
            case "\\":
                guard let next = rest.popFirst() else { throw Mistake(message: "ends with a backslash") }
                made += try escape(next, isInClass)
            case "[" where !isInClass:
                isInClass = true
                made.append("[")
                if rest.first == "^" { made.append(rest.removeFirst()) }
                if rest.first == "]" { made.append(rest.removeFirst()) }
            case "]" where isInClass:
                isInClass = false
                made.append("]")
            case "(" where !isInClass && rest.first == "?":
                guard rest.hasPrefix("?:") else { throw Mistake(message: "contains '(?', of which only '(?:' is known here") }
                rest.removeFirst(2)
                made.append("(")
            case "{" where !isInClass:
                let numbers = rest.prefix { $0 != "}" }.split(separator: ",").map { Int($0) ?? Int.max }
                repeats *= max(1, numbers.max() ?? 1) <= mostRepeats ? max(1, numbers.max() ?? 1) : mostRepeats + 1
                guard repeats <= mostRepeats * 4 else { throw Mistake(message: "repeats its parts too often, by numbers in braces") }
                made.append("{")
            case "?" where !isInClass && made.last.map { "*+?}".contains($0) } == true && !made.hasSuffix("\\?"):
                continue
            default: made.append(character)
            }
        }
        return made
    }

    private static func escape(_ character: Character, _ isInClass: Bool) throws(Mistake) -> String {
        switch character {
        case "d": isInClass ? "0-9" : "[0-9]"
        case "D": isInClass ? try refused("\\D") : "[^0-9]"
        case "s": isInClass ? "[:space:]" : "\\s"
        case "w": isInClass ? "[:alnum:]_" : "\\w"
        case "S", "W", "b", "B": isInClass ? try refused("\\\(character)") : "\\\(character)"
        case "t": "\t"
        case "1"..."9": try refused("a back reference")
        // In a class of POSIX a backslash is a character like any other.
        case _ where character.isLetter || character.isNumber: try refused("\\\(character)")
        case "]", "[", "^", "-", "\\": isInClass ? "[.\(character).]" : "\\\(character)"
        default: isInClass ? String(character) : "\\\(character)"
        }
    }

    private static func refused(_ what: String) throws(Mistake) -> String {
        throw Mistake(message: "contains \(what), which is not known here")
    }
}
