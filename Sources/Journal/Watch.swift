public import MicroHTTP

/// Follows expectations while exchanges arrive. Each exchange is looked at once, so that waiting costs no more the longer the journal is.
public struct Watch: Sendable {
    private var parts: [Part]
    /// The number of the last exchange that was looked at.
    private var seen: Int?
    private var cleared = 0

    /// One expectation, and what has been found for it.
    private struct Part: Sendable {
        let expectation: Expectation
        /// The numbers of the matching exchanges, the oldest first.
        var matches: [Int] = []
        /// Whether an exchange did not have what every one must have, or was not followed as expected.
        var isBroken = false
        /// The matching exchanges whose followers have not arrived.
        var unfollowed: [SuccessionKey: JournalEntry] = [:]
    }

    /// Follows expectations from the beginning of a journal.
    public init(_ expectations: [Expectation]) { parts = expectations.map { Part(expectation: $0) } }

    /// Looks at the exchanges that have arrived since the last time.
    ///
    /// - Parameter judge: the world as it is.
    /// - Returns: whether everything is met; only then a whole verdict is worth its cost.
    public mutating func isMet(_ judge: Judge) -> Bool {
        let journal = judge.journal
        if journal.cleared != cleared {
            (cleared, seen) = (journal.cleared, nil)
            parts = parts.map { Part(expectation: $0.expectation) }
        }
        let new = journal.entries(after: seen ?? 0)
        seen = new.last?.number ?? seen
        var isMet = true
        for place in parts.indices {
            for entry in new { Self.note(entry, &parts[place], judge) }
            if !Self.isMet(&parts[place], judge) { isMet = false }
        }
        return isMet
    }

    private static func note(_ entry: JournalEntry, _ part: inout Part, _ judge: Judge) {
        switch part.expectation.subject {
        case .requests(let selection, _, followedBy: let following):
            let matches = judge.matches(selection, entry)
            if matches { part.matches.append(entry.number) }
            guard let following else { return }
            let key = SuccessionKey(entry)
            if let before = part.unfollowed.removeValue(forKey: key), !judge.follows(entry, before, following) { part.isBroken = true }
            if matches { part.unfollowed[key] = entry }
        case .every(let selection, has: let conditions):
            if judge.matches(selection, entry), !judge.holds(entry, conditions) { part.isBroken = true }
        case .jobs, .run: break
        }
    }

    private static func isMet(_ part: inout Part, _ judge: Judge) -> Bool {
        let journal = judge.journal
        switch part.expectation.subject {
        case .requests(let selection, let count, followedBy: let following):
            let gone = journal.evicted + journal.cleared
            if let first = part.matches.first, first <= gone { part.matches.removeAll { $0 <= gone } }
            let count = count ?? (following == nil ? Expectation.Count(least: 1, most: nil) : nil)
            if let count, count.judged(part.matches.count + judge.pending(selection).count, mayBeMore: journal.evicted > 0) != true {
                return false
            }
            return following == nil || journal.evicted == 0 && !part.isBroken && part.unfollowed.isEmpty
        case .every(let selection, has: let conditions):
            return journal.evicted == 0 && !part.isBroken && judge.pending(selection).allSatisfy { judge.holds($0, conditions) }
        case .jobs, .run: return judge.result(part.expectation).judgement == .met
        }
    }
}

/// What the requests share of which one follows another: the caller, and the operation or, where there is none, the path.
struct SuccessionKey: Hashable {
    private let caller: String
    private let asked: String

    /// The key of an exchange.
    init(_ entry: JournalEntry) {
        caller = entry.caller
        asked = entry.operation ?? entry.request.line
    }
}

extension Request {
    /// Method and path, as messages show them.
    public var line: String { "\(method.name) \(Secrets.shown(String(text(path).prefix(200))))" }
}
