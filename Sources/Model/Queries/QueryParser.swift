public import Base

/// A syntax error in a query.
struct QueryMistake: Error, Equatable {
    /// What is wrong; usually with the query and a caret below the error on two more lines.
    let message: String
}

extension Query {
    /// Parses a filter.
    ///
    /// - Parameters:
    ///   - text: the decoded query. Only spaces means no filter.
    ///   - fields: the fields that may be used.
    ///   - user: the name that `%ME%` stands for.
    ///   - now: the current time, which determines `%TODAY%`.
    /// - Returns: `nil` for no filter.
    /// - Throws: the first error.
    static func parse(_ text: String, _ fields: [QueryField<Row>], user: String, now: Timestamp) throws(QueryMistake) -> Query? {
        try parse(text, QueryParser(text: text, fields: fields, now: now, user: user))
    }

    /// Refuses a text that is no query, whatever the names of its fields.
    ///
    /// - Parameters:
    ///   - text: the query. Only spaces are one too.
    ///   - name: what holds it, for refusals.
    /// - Throws: a refusal that shows the error in the query.
    public static func requireForm(_ text: String, named name: String) throws(Refusal) {
        do throws(QueryMistake) {
            let anyField = QueryField<Row>("Field", .any) { _ in .null }
            _ = try parse(text, QueryParser(text: text, fields: [], unknown: anyField, now: .first, user: ""))
        } catch {
            throw .badArgument("\(name): \(error.message)", member: name)
        }
    }

    /// What is wrong with a filter, in one line; `nil` for one that can be read.
    public static func mistake(in text: String, _ fields: [QueryField<Row>], now: Timestamp) -> String? {
        do throws(QueryMistake) {
            _ = try parse(text, fields, user: "", now: now)
            return nil
        } catch {
            return error.message.split(separator: "\n").first.map(String.init)
        }
    }

    private static func parse(_ text: String, _ start: QueryParser<Row>) throws(QueryMistake) -> Query? {
        guard text.utf8.count <= 8192 else { throw QueryMistake(message: "expected at most 8192 bytes, found \(text.utf8.count).") }
        var parser = start
        guard try parser.peek() != nil else { return nil }
        let term = try parser.disjunction()
        if let rest = try parser.peek() {
            throw parser.mistake(rest.text == ")" ? "this ')' has no matching '('" : "expected AND, OR or the end", at: rest)
        }
        return Query(term: term)
    }
}

/// A recursive-descent parser for queries. AND binds more tightly than OR (assumed).
private struct QueryParser<Row> {
    /// A word, a quoted text or a parenthesis.
    struct Token {
        var text: String
        var isQuoted: Bool
        /// Where it begins, in characters.
        var start: Int
        /// Its length in the query, in characters.
        var width: Int
    }

    private let characters: [Character]
    private let fields: [QueryField<Row>]
    /// What any other name stands for; `nil` refuses it.
    private let unknown: QueryField<Row>?
    private let now: Timestamp
    private let user: String
    private var position = 0
    private var depth = 0
    private var next: Token?

    init(text: String, fields: [QueryField<Row>], unknown: QueryField<Row>? = nil, now: Timestamp, user: String) {
        self.unknown = unknown
        characters = Array(text)
        self.fields = fields.filter { !$0.sortsOnly }
        self.now = now
        self.user = user
    }

    mutating func disjunction() throws(QueryMistake) -> Query<Row>.Term {
        var terms = [try conjunction()]
        while try take(word: "OR") { terms.append(try conjunction()) }
        return terms.count == 1 ? terms[0] : .any(terms)
    }

    private mutating func conjunction() throws(QueryMistake) -> Query<Row>.Term {
        var terms = [try term()]
        while try take(word: "AND") { terms.append(try term()) }
        return terms.count == 1 ? terms[0] : .all(terms)
    }

    private mutating func term() throws(QueryMistake) -> Query<Row>.Term {
        guard let token = try peek(), token.text == "(", !token.isQuoted else { return try comparison() }
        next = nil
        depth += 1
        guard depth <= 64 else { throw mistake("nested deeper than 64 levels", at: token) }
        let inner = try disjunction()
        guard let closing = try peek(), closing.text == ")", !closing.isQuoted else {
            throw mistake("this '(' is not closed", at: token)
        }
        next = nil
        depth -= 1
        return inner
    }

    private mutating func comparison() throws(QueryMistake) -> Query<Row>.Term {
        let name = try need("a field")
        let isName = !name.isQuoted && name.text != ")"
        guard isName, let field = fields.first(where: { $0.isNamed(name.text) }) ?? unknown else {
            throw unknownField(name)
        }
        let word = try need("an operator after '\(name.text)'")
        let valid = field.operators.map(\.rawValue).joined(separator: " ")
        guard !word.isQuoted, let operation = QueryOperator(rawValue: word.text.lowercased()) else {
            throw mistake("expected an operator; one of \(valid)", at: word)
        }
        guard field.operators.contains(operation) else { throw mistake("'\(field.name)' takes one of \(valid)", at: word) }
        let value = try need("a value after '\(word.text)'")
        guard value.isQuoted || value.text != "(" && value.text != ")" else { throw mistake("expected a value", at: value) }
        return .comparison(.init(field, operation, try read(value, for: field, operation)))
    }

    private func unknownField(_ token: Token) -> QueryMistake {
        let names = fields.map(\.name)
        guard unknown == nil else { return mistake("expected a field", at: token) }
        let all = "one of \(names.joined(separator: ", "))"
        guard token.text != ")", token.text != "(", !token.isQuoted else { return mistake("expected a field; \(all)", at: token) }
        let nearest = nearestWord(to: token.text, among: names).map { "did you mean \($0)? It must be " } ?? ""
        return mistake("unknown field; \(nearest)\(all)", at: token)
    }

    private func read(_ token: Token, for field: QueryField<Row>, _ operation: QueryOperator) throws(QueryMistake) -> QueryValue {
        let text = token.text
        if text.uppercased() == "NULL" {
            guard operation == .eq || operation == .ne else { throw mistake("NULL takes -eq or -ne", at: token) }
            return .null
        }
        switch field.kind {
        case .text: return .text(text.uppercased() == "%ME%" ? user : text)
        case .list, .any: return .text(text)
        case .paths: return .text(text.replacing("\\\\", with: "\\").trimmed)
        case .number: if let number = Self.number(text) { return number }
        case .words(let words): if let number = Self.number(text) ?? words[text.lowercased()].map({ .number($0) }) { return number }
        case .named(_, let find): if let number = Self.number(text) ?? find(text).map({ .number($0) }) { return number }
        case .boolean: if let truth = Bool(text.lowercased()) { return .boolean(truth) }
        case .guid: if let guid = GUID(dotNet: text) { return .guid(guid) }
        case .time: if let time = today(text) ?? Timestamp(written: text) { return .time(time) }
        }
        throw mistake("expected \(Self.description(of: field.kind))", at: token)
    }

    private static func number(_ text: String) -> QueryValue? {
        Int(text).map { .number($0) } ?? DecimalNumber(text).map { .decimal($0) }
    }

    private static func description(of kind: QueryKind) -> String {
        switch kind {
        case .text, .list, .paths, .any: "a text"
        case .number: "a number"
        case .words(let words): "a number, or one of \(words.sorted { $0.value < $1.value }.map(\.key).joined(separator: ", "))"
        case .named(let what, _): "a number, or \(what)"
        case .boolean: "true or false"
        case .guid: "a GUID"
        case .time: "a time such as \"2026-11-22\", \"2026-11-22T20:00:00Z\" or \"%TODAY-7%\""
        }
    }

    /// `%TODAY%`, `%TODAY-n%`, `%TODAY+n%`: midnight UTC, n days away.
    private func today(_ text: String) -> Timestamp? {
        let text = text.uppercased()
        guard text.hasPrefix("%TODAY"), text.hasSuffix("%"), text.count > 6 else { return nil }
        let days = text.dropFirst(6).dropLast()
        guard days.isEmpty || days.hasPrefix("-") || days.hasPrefix("+"), let number = days.isEmpty ? 0 : Int(days), abs(number) <= 100_000
        else { return nil }
        return now.startOfDay + .seconds(number * 86_400)
    }

    private mutating func take(word: String) throws(QueryMistake) -> Bool {
        guard let token = try peek(), !token.isQuoted, token.text.uppercased() == word else { return false }
        next = nil
        return true
    }

    private mutating func need(_ what: String) throws(QueryMistake) -> Token {
        guard let token = try peek() else {
            throw mistake("expected \(what)", at: Token(text: "", isQuoted: false, start: characters.count, width: 1))
        }
        next = nil
        return token
    }

    /// The next token, without consuming it.
    mutating func peek() throws(QueryMistake) -> Token? {
        if next == nil { next = try scan() }
        return next
    }

    private mutating func scan() throws(QueryMistake) -> Token? {
        while position < characters.count, characters[position].isWhitespace { position += 1 }
        guard position < characters.count else { return nil }
        let start = position
        if characters[start] == "(" || characters[start] == ")" {
            position += 1
            return Token(text: String(characters[start]), isQuoted: false, start: start, width: 1)
        }
        if Self.quotes.contains(characters[start]) { return try quoted(from: start) }
        while position < characters.count, !characters[position].isWhitespace, characters[position] != "(", characters[position] != ")" {
            position += 1
        }
        return Token(text: String(characters[start..<position]), isQuoted: false, start: start, width: position - start)
    }

    /// Straight quotes, and the curly quotes in text copied from the documentation.
    private static var quotes: [Character] { ["\"", "\u{201C}", "\u{201D}"] }

    /// A quoted text. `\"` and `""` mean a quote; other backslashes are literal. If the text would not be closed otherwise, all
    /// backslashes are literal: `"C:\store\"`.
    private mutating func quoted(from start: Int, escaping: Bool = true) throws(QueryMistake) -> Token {
        var text = ""
        var escaped = false
        position = start + 1
        while position < characters.count {
            let character = characters[position]
            let following = position + 1 < characters.count ? characters[position + 1] : nil
            if Self.quotes.contains(character) {
                guard character == "\"", following == "\"" else {
                    position += 1
                    return Token(text: text, isQuoted: true, start: start, width: position - start)
                }
                position += 1
            } else if escaping, character == "\\", following == "\"" {
                position += 1
                escaped = true
            }
            text.append(characters[position])
            position += 1
        }
        if escaped { return try quoted(from: start, escaping: false) }
        throw mistake("this quote is not closed", at: Token(text: "", isQuoted: true, start: start, width: 1))
    }

    /// An error that shows at most 100 characters of the query, with a caret below the error.
    func mistake(_ message: String, at token: Token) -> QueryMistake {
        let first = max(0, token.start - 60)
        let shown = characters[first..<min(characters.count, first + 100)].map { $0.isWhitespace ? " " : $0 }
        let caret =
            String(repeating: " ", count: token.start - first) + "^" + String(repeating: "~", count: max(0, min(token.width, 40) - 1))
        return QueryMistake(message: "\(message)\n  \(String(shown))\n  \(caret)")
    }
}
