/// Translates libyaml's syntax errors into helpful messages.
enum YAMLSyntax {
    /// A position in libyaml's terms: line and column from 0.
    struct Place {
        /// The line, counted from 0.
        let line: Int
        /// The column in characters, counted from 0.
        let column: Int
    }

    /// The mistake for bytes that are not valid text.
    ///
    /// - Parameters:
    ///   - problem: libyaml's message.
    ///   - before: the text before those bytes.
    /// - Returns: the mistake, at those bytes.
    static func mistake(unreadable problem: String, after before: String) -> Mistake {
        let lines = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let place = Place(line: lines.count - 1, column: lines.last?.unicodeScalars.count ?? 0)
        return problem == "control characters are not allowed"
            ? Mistake(mark(place), "control characters are not allowed", hint: "write them as \\x1B or \\u0007 in double quotes")
            : Mistake(mark(place), "these bytes are not UTF-8", hint: "save the file as UTF-8")
    }

    /// The mistake for text that is not valid YAML.
    ///
    /// - Parameters:
    ///   - problem: libyaml's message.
    ///   - place: where parsing failed.
    ///   - context: libyaml's description of what it was parsing; may be empty.
    ///   - start: where that began.
    ///   - source: the whole text.
    /// - Returns: the mistake, at the opening bracket or quote if it is not closed, otherwise where parsing failed.
    static func mistake(_ problem: String, at place: Place, _ context: String, from start: Place, in source: String) -> Mistake {
        let lines = source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let line = lines.indices.contains(place.line) ? Array(lines[place.line].unicodeScalars) : []
        let here = place.column < line.count ? line[place.column] : nil
        if line.prefix(place.column + 1).contains("\t"), line.prefix(place.column).allSatisfy({ $0 == " " || $0 == "\t" }) {
            let tab = line.firstIndex(of: "\t") ?? place.column
            return Mistake(mark(Place(line: place.line, column: tab)), "a tab cannot be used to indent", hint: "use spaces")
        }
        return switch (context, problem) {
        case ("while parsing a flow sequence", _), ("while parsing a flow mapping", _):
            brackets(context, at: place, from: start, here: here)
        case ("while scanning a quoted scalar", "found unexpected end of stream"),
            ("while scanning a quoted scalar", "found unexpected document indicator"):
            Mistake(mark(start), "this quote is never closed")
        case (_, "found unknown escape character"):
            Mistake(mark(place), "no such escape in double quotes", hint: "in single quotes a backslash is just a backslash")
        case (_, "found invalid Unicode character escape code"):
            Mistake(
                mark(place), "this escape is not a character", hint: "write the character itself, not a surrogate pair as \\uD83D\\uDE00")
        case (_, "did not find expected hexdecimal number"):
            Mistake(mark(place), "hexadecimal digits are missing in this escape")
        case ("while scanning for the next token", _):
            Mistake(mark(place, 1), "no value can begin with '\(Mistake.shortened(here.map { String($0) } ?? ""))'", hint: "quote it")
        case ("while scanning a simple key", _):
            Mistake(
                mark(start), "a ':' is missing after this key", hint: "a key and its ':' must be on one line of at most 1024 characters")
        case (_, "mapping values are not allowed in this context"):
            Mistake(mark(place, 1), "a ':' is not allowed here", hint: "quote text that contains ': ', or begin a new line")
        case (_, "mapping keys are not allowed in this context"):
            Mistake(mark(place, 1), "a key cannot begin here", hint: "begin a new line")
        case (_, "block sequence entries are not allowed in this context"):
            Mistake(mark(place, 1), "a '- ' is not allowed here", hint: "begin a new line")
        case ("while scanning an alias", _), ("while scanning an anchor", _):
            Mistake(mark(start, 1), "a name is missing after this", hint: "quote text that begins with '*' or '&'")
        case (_, "did not find expected key") where line.prefix(place.column).contains { $0 != " " }:
            Mistake(mark(place, 1), "this cannot follow the value before it", hint: "quote the whole text, or begin a new line")
        case (_, "did not find expected key"), (_, "did not find expected '-' indicator"):
            indentation(context, at: place, from: start, here: here)
        case (_, "did not find expected node content"):
            Mistake(mark(place, 1), "a value is missing here", hint: here.map { "remove the '\($0)'" })
        case (_, "did not find expected <document start>"):
            Mistake(mark(place, 1), "the document ended before this", hint: "indent it like the lines above")
        default:
            Mistake(mark(place, 1), "this is not YAML: \(problem)" + (context.isEmpty ? "" : " \(context)"))
        }
    }

    private static func brackets(_ context: String, at place: Place, from start: Place, here: Unicode.Scalar?) -> Mistake {
        let (kind, open, close) = context.hasSuffix("sequence") ? ("list", "[", "]") : ("mapping", "{", "}")
        guard let here, !"]}".unicodeScalars.contains(here), place.line == start.line else {
            let hint = "a '\(close)' or ',' is missing at or before line \(place.line + 1)"
            return Mistake(mark(start, 1), "this '\(open)' is never closed", hint: hint)
        }
        let hint = "the \(kind) begins at column \(start.column + 1)"
        return Mistake(mark(place, 1), "a ',' or '\(close)' is missing before this", hint: hint)
    }

    private static func indentation(_ context: String, at place: Place, from start: Place, here: Unicode.Scalar?) -> Mistake {
        let kind = context == "while parsing a block mapping" ? "mapping" : "list"
        let container = "the \(kind) that begins in line \(start.line + 1), column \(start.column + 1)"
        return kind == "list" && place.column == start.column
            ? Mistake(mark(place, 1), "a '- ' is missing before this", hint: "it is in " + container)
            : Mistake(mark(place, 1), "this is not aligned with \(container)", hint: "indent it like the lines it belongs to")
    }

    private static func mark(_ place: Place, _ width: Int32 = 0) -> Mark {
        Mark(line: Int32(clamping: place.line + 1), column: Int32(clamping: place.column + 1), width: width)
    }
}
