/// Says in friendly words what libyaml did not understand.
enum YAMLSyntax {
    /// A place as libyaml counts: line and column from 0.
    struct Place {
        /// The line, counted from 0.
        let line: Int
        /// The column in characters, counted from 0.
        let column: Int
    }

    /// The mistake for bytes that are no text.
    ///
    /// - Parameters:
    ///   - problem: libyaml's words.
    ///   - before: the text before those bytes.
    /// - Returns: the mistake at those bytes.
    static func mistake(unreadable problem: String, after before: String) -> Mistake {
        let lines = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let place = Place(line: lines.count - 1, column: lines.last?.unicodeScalars.count ?? 0)
        return problem == "control characters are not allowed"
            ? Mistake(mark(place), "control characters are not allowed", hint: "in double quotes write them as \\x1B or \\u0007")
            : Mistake(mark(place), "these bytes are not UTF-8", hint: "save the file as UTF-8")
    }

    /// The mistake for text that is no YAML.
    ///
    /// - Parameters:
    ///   - problem: libyaml's words for what it did not understand.
    ///   - place: where it gave up.
    ///   - context: libyaml's words for what it was reading; empty if it does not say.
    ///   - start: where that began.
    ///   - source: the whole text.
    /// - Returns: the mistake, at the opening bracket or quote if that is what lacks its partner, else where libyaml gave up.
    static func mistake(_ problem: String, at place: Place, _ context: String, from start: Place, in source: String) -> Mistake {
        let lines = source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let line = lines.indices.contains(place.line) ? Array(lines[place.line].unicodeScalars) : []
        let here = place.column < line.count ? line[place.column] : nil
        if line.prefix(place.column + 1).contains("\t"), line.prefix(place.column).allSatisfy({ $0 == " " || $0 == "\t" }) {
            let tab = line.firstIndex(of: "\t") ?? place.column
            return Mistake(mark(Place(line: place.line, column: tab)), "a tab where only spaces may indent", hint: "use spaces")
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
            Mistake(mark(place), "this escape is no character", hint: "write the character itself, not halves of it as \\uD83D\\uDE00")
        case (_, "did not find expected hexdecimal number"):
            Mistake(mark(place), "digits from 0 to f are missing in this escape")
        case ("while scanning for the next token", _):
            Mistake(mark(place, 1), "no value can begin with '\(Mistake.shortened(here.map { String($0) } ?? ""))'", hint: "quote it")
        case ("while scanning a simple key", _):
            Mistake(mark(start), "a ':' is missing after this key", hint: "a key and its ':' stand in one line of at most 1024 characters")
        case (_, "mapping values are not allowed in this context"):
            Mistake(mark(place, 1), "a ':' cannot stand here", hint: "quote text that contains ': ', or begin a new line")
        case (_, "mapping keys are not allowed in this context"):
            Mistake(mark(place, 1), "a key cannot begin here", hint: "begin a new line")
        case (_, "block sequence entries are not allowed in this context"):
            Mistake(mark(place, 1), "a '- ' cannot stand here", hint: "begin a new line")
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
            return Mistake(
                mark(start, 1), "this '\(open)' is never closed", hint: "by line \(place.line + 1) a '\(close)' or ',' is missing")
        }
        let hint = "\(kind) since column \(start.column + 1)"
        return Mistake(mark(place, 1), "a ',' or '\(close)' is missing before this", hint: hint)
    }

    private static func indentation(_ context: String, at place: Place, from start: Place, here: Unicode.Scalar?) -> Mistake {
        let kind = context == "while parsing a block mapping" ? "mapping" : "list"
        let of = "the \(kind) that begins in line \(start.line + 1), column \(start.column + 1)"
        return kind == "list" && place.column == start.column
            ? Mistake(mark(place, 1), "a '- ' is missing before this", hint: "it belongs to " + of)
            : Mistake(mark(place, 1), "this does not line up with \(of)", hint: "indent it like the lines it belongs to")
    }

    private static func mark(_ place: Place, _ width: Int32 = 0) -> Mark {
        Mark(line: Int32(clamping: place.line + 1), column: Int32(clamping: place.column + 1), width: width)
    }
}
