import Base
public import Command
public import Entities
import MicroHTTP
public import Rules

/// Judges expectations against a world as it was at one moment. Works on copies, without a lock.
public struct Judge {
    let journal: Journal
    let estate: Estate
    /// The rules, and what they have counted.
    let book: RuleBook
    let rules: RuleStates
    let router: Router
    let world: String
    /// The scenario's name and seed, for the verdict.
    let scenario: String
    let seed: UInt64

    /// How many exchanges reports show, and how many of those that were counted a result shows.
    private static let (mostExchanges, mostCounted) = (100, 10)

    /// Judges expectations.
    public func verdict(_ expectations: [Expectation]) -> Verdict {
        var verdict = Verdict(scenario: scenario, seed: seed, results: expectations.map(result))
        verdict.exchanges = journal.entries(after: journal.count - Self.mostExchanges)
        return verdict
    }

    /// Judges one expectation.
    func result(_ expectation: Expectation) -> Verdict.Result {
        switch expectation.subject {
        case .requests(let selection, let count, let following):
            let matching = journal.entries.filter { matches(selection, $0) }
            let counted = requests(
                matching + pending(selection), count ?? (following == nil ? Expectation.Count(least: 1, most: nil) : nil), selection,
                expectation)
            guard counted.judgement != .failed, let following else { return counted }
            return followed(matching, by: following, expectation) ?? counted
        case .every(let selection, let conditions): return every(selection, conditions, expectation)
        case .jobs(let type, let agent, let count):
            let found = jobs(type, agent)
            return plain(expectation, counted(found, "job"), count.judged(found, mayBeMore: estate.jobs.history.evicted > 0))
        case .run(let wanted, let unused): return run(wanted, unused, expectation)
        }
    }

    private func run(_ wanted: Int?, _ unused: Int?, _ expectation: Expectation) -> Verdict.Result {
        let unmatched = journal.unmatched
        let idle = book.rules.indices.filter { rules.strikes[$0] == 0 }
        let isMet = (wanted.map { $0 == unmatched } ?? true) && (unused.map { $0 == idle.count } ?? true)
        let names = idle.isEmpty ? "" : " (\(idle.prefix(5).map { "'\(book.rules[$0].name)'" }.joined(separator: ", ")))"
        let asked = [
            wanted.map { _ in counted(unmatched, "unmatched request") }, unused.map { _ in counted(idle.count, "unused rule") + names },
        ]
        let isExplained = isMet || wanted.map { $0 == unmatched } ?? true
        let shown = isExplained ? [] : journal.entries.filter(\.isUnmatched).suffix(Self.mostCounted).map { near($0, []) }
        return plain(expectation, asked.compactMap { $0 }.joined(separator: ", "), isMet, shown)
    }

    private func plain(_ expectation: Expectation, _ found: String, _ isMet: Bool?, _ nearest: [Verdict.Near] = []) -> Verdict.Result {
        let judgement: Verdict.Judgement = isMet.map { $0 ? .met : .failed } ?? .indeterminate
        let gone = judgement == .indeterminate ? "; what could change that is no longer in the journal or the history" : ""
        return Verdict.Result(
            expected: expectation.text, name: expectation.name, found: found + gone, judgement: judgement, nearest: nearest)
    }

    // MARK: Requests

    private func requests(
        _ matching: [JournalEntry], _ count: Expectation.Count?, _ selection: Expectation.Selection, _ expectation: Expectation
    ) -> Verdict.Result {
        let isMet = count.map { $0.judged(matching.count, mayBeMore: journal.evicted > 0) } ?? true
        guard isMet != true else { return plain(expectation, counted(matching.count, "request"), isMet) }
        let seen = matching.prefix(Self.mostCounted).map { near($0, criteria(selection, $0)) }
        let missed = matching.count > (count?.most ?? .max) ? [] : nearest(to: selection)
        var result = plain(expectation, counted(matching.count, "request"), isMet, seen + missed)
        result.idleRules = idleRules(selection)
        return result
    }

    /// The rules that a selection names or that concern its operation, as far as they never struck.
    private func idleRules(_ selection: Expectation.Selection) -> [String] {
        let idle = book.rules.indices.lazy.filter { number in
            guard rules.strikes[number] == 0 else { return false }
            let rule = book.rules[number]
            if let name = selection.rule { return name == rule.name }
            return selection.operation.map { $0.meets(rule.operation) } ?? false
        }
        return idle.prefix(5).map { book.rules[$0].name }
    }

    /// Whether an exchange is what must follow another.
    func follows(_ next: JournalEntry, _ entry: JournalEntry, _ following: Expectation.Following) -> Bool {
        let passed = next.wall.since(entry.wall)
        return (following.notBefore.map { passed >= $0 } ?? true) && (following.within.map { passed <= $0 } ?? true)
            && matches(following.selection, next)
    }

    /// What is wrong with what follows; `nil` if nothing is wrong.
    private func followed(_ matching: [JournalEntry], by following: Expectation.Following, _ expectation: Expectation) -> Verdict.Result? {
        let next = successors()
        for entry in matching {
            let next = next[entry.number]
            guard let next else {
                return plain(expectation, "nothing follows request \(entry.number) (\(entry.request.line))", false, [near(entry, [])])
            }
            var asked = criteria(following.selection, next)
            let passed = next.wall.since(entry.wall)
            if let least = following.notBefore {
                asked.append(.init(name: "notBefore", wanted: "\(least)", found: "\(passed)", isMet: passed >= least))
            }
            if let most = following.within {
                asked.append(.init(name: "within", wanted: "\(most)", found: "\(passed)", isMet: passed <= most))
            }
            guard asked.allSatisfy(\.isMet) else {
                return plain(
                    expectation, "request \(entry.number) is followed by request \(next.number), which does not match", false,
                    [near(next, asked)])
            }
        }
        return journal.evicted > 0 ? plain(expectation, "\(matching.count) requests, each followed as expected", nil) : nil
    }

    /// By an exchange's number, the next exchange with the same ``SuccessionKey``.
    private func successors() -> [Int: JournalEntry] {
        var (next, last): ([Int: JournalEntry], [SuccessionKey: JournalEntry]) = ([:], [:])
        for entry in Array(journal.entries).reversed() {
            let key = SuccessionKey(entry)
            next[entry.number] = last[key]
            last[key] = entry
        }
        return next
    }

    private func every(_ selection: Expectation.Selection, _ conditions: [Rule.Condition], _ expectation: Expectation) -> Verdict.Result {
        let matching = journal.entries.filter { matches(selection, $0) } + pending(selection)
        let wrong = matching.filter { !holds($0, conditions) }
        guard let first = wrong.first else {
            return plain(expectation, "all of \(matching.count) requests", journal.evicted > 0 ? nil : true)
        }
        let name = first.isPending ? "pending" : "request \(first.number)"
        let nearest = wrong.prefix(3).map { near($0, held($0, conditions)) }
        return plain(
            expectation, "\(wrong.count) of \(matching.count) requests do not, the first is \(name)", false, nearest)
    }

    /// The exchanges of a selection that a rule holds back.
    func pending(_ selection: Expectation.Selection) -> [JournalEntry] { journal.pending.filter { matches(selection, $0) } }

    // MARK: Criteria

    /// Whether an exchange is one of a selection.
    func matches(_ selection: Expectation.Selection, _ entry: JournalEntry) -> Bool {
        if let status = selection.status, status != entry.status { return false }
        if let rule = selection.rule, rule != entry.rule { return false }
        if let operation = selection.operation, !entry.matches(operation, router) { return false }
        return holds(entry, selection.conditions)
    }

    /// Whether an exchange fulfils conditions.
    func holds(_ entry: JournalEntry, _ conditions: [Rule.Condition]) -> Bool {
        guard !conditions.isEmpty else { return true }
        return zip(conditions, values(entry, conditions)).allSatisfy { $0.fits($1) }
    }

    private func values(_ entry: JournalEntry, _ conditions: [Rule.Condition]) -> [Selected] {
        let selectors = conditions.map(\.selector)
        var reading = RequestReading(entry.request, .nothing, world: world, router, body: nil)
        return selectors.indices.map { number in
            switch selectors[number] {
            case .caller: .text(entry.caller)
            case .status: .text(String(entry.status))
            default: reading.value(of: number, in: selectors)
            }
        }
    }

    private func criteria(_ selection: Expectation.Selection, _ entry: JournalEntry) -> [Verdict.Criterion] {
        var all: [Verdict.Criterion] = []
        if let operation = selection.operation {
            let found = entry.operation ?? entry.request.line
            all.append(.init(name: "operation", wanted: operation.text, found: found, isMet: entry.matches(operation, router)))
        }
        if let status = selection.status {
            all.append(.init(name: "status", wanted: "\(status)", found: "\(entry.status)", isMet: status == entry.status))
        }
        if let rule = selection.rule {
            all.append(.init(name: "rule", wanted: rule, found: entry.rule ?? "none", isMet: rule == entry.rule))
        }
        return all + held(entry, selection.conditions)
    }

    private func held(_ entry: JournalEntry, _ conditions: [Rule.Condition]) -> [Verdict.Criterion] {
        guard !conditions.isEmpty else { return [] }
        let names = entry.secretNames
        return zip(conditions, values(entry, conditions)).map { condition, value in
            let isSecret = Secrets.isSecret(condition.selector, names)
            let found = isSecret ? Secrets.struckOut : shown(value, condition.selector, entry, names)
            return .init(name: condition.text, wanted: condition.shownWanted, found: found, isMet: condition.fits(value))
        }
    }

    /// What a selector found, as the journal shows it: of a body, what is left without its secrets.
    private func shown(_ value: Selected, _ selector: Selector, _ entry: JournalEntry, _ names: SecretNames) -> String {
        guard case .body(let steps) = selector, case .json = value else { return Secrets.shown(value.shown) }
        let body = Secrets.body(entry.request.bytes[entry.request.body], isForm: false, names)
        guard let document = try? JSONDocument(Array(body.utf8)), let left = document.root.value(at: steps) else {
            return Secrets.struckOut
        }
        return Secrets.shown(Selected.json(left).shown)
    }

    /// The three exchanges that match most criteria but not all; of those that match equally many, the ones with the most similar path.
    private func nearest(to selection: Expectation.Selection) -> [Verdict.Near] {
        var likeness = Likeness(to: selection.operation)
        var best: [(entry: JournalEntry, met: Int, unlike: Int)] = []
        for entry in journal.entries {
            let (met, all) = met(selection, entry)
            guard met < all, best.count < 3 || met >= best[2].met else { continue }
            let unlike = likeness.distance(of: entry, router)
            let place = best.firstIndex { ($0.met, -$0.unlike) < (met, -unlike) } ?? best.count
            if place < 3 { best.insert((entry, met, unlike), at: place) }
            if best.count > 3 { best.removeLast() }
        }
        return best.map { near($0.entry, criteria(selection, $0.entry)) }
    }

    /// How many criteria of a selection an exchange meets, and how many there are.
    private func met(_ selection: Expectation.Selection, _ entry: JournalEntry) -> (met: Int, all: Int) {
        var met = zip(selection.conditions, values(entry, selection.conditions)).count { $0.fits($1) }
        var all = selection.conditions.count
        for isMet in [
            selection.operation.map { entry.matches($0, router) }, selection.status.map { $0 == entry.status },
            selection.rule.map { $0 == entry.rule },
        ] {
            guard let isMet else { continue }
            all += 1
            if isMet { met += 1 }
        }
        return (met, all)
    }

    private func near(_ entry: JournalEntry, _ criteria: [Verdict.Criterion]) -> Verdict.Near {
        let path = Secrets.shown(String(entry.request.text(entry.request.path).prefix(200)))
        return Verdict.Near(
            number: entry.isPending ? nil : entry.number, method: entry.request.method.name, path: path, status: entry.status,
            criteria: criteria)
    }

    private func counted(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }

    // MARK: Jobs

    /// How many jobs exist or existed, each counted once.
    private func jobs(_ type: String?, _ agent: String?) -> Int {
        var ids: Set<GUID> = []
        let machine = agent?.lowercased()
        for job in estate.jobs.scheduled.all where fits(job, type, machine) { ids.insert(job.id) }
        for entry in estate.jobs.history.all where fits(entry.job, type, machine) { ids.insert(entry.job.id) }
        return ids.count
    }

    private func fits(_ job: Job, _ type: String?, _ machine: String?) -> Bool {
        if let type, job.order.type.lowercased() != type.lowercased() { return false }
        guard let machine else { return true }
        return estate.agents[job.order.agent]?.machine.lowercased() == machine
    }

    /// A judge of what happened in one world.
    public init(
        journal: Journal, estate: Estate, book: RuleBook, rules: RuleStates, router: Router, world: String, scenario: String, seed: UInt64
    ) {
        self.journal = journal
        self.estate = estate
        self.book = book
        self.rules = rules
        self.router = router
        self.world = world
        self.scenario = scenario
        self.seed = seed
    }
}
