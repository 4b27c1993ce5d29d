import MicroHTTP

/// Holds expectations against a world as it was at one moment. Works on copies, without a lock.
struct Judge {
    let journal: Journal
    let estate: Estate
    let rules: RuleStates
    let book: RuleBook
    let scenario: Scenario
    let world: String
    /// How many requests no operation answered.
    let unmatched: Int

    /// A judge of a world as it is.
    init(_ state: WorldState) {
        (journal, estate, rules, book, scenario) = (state.journal, state.estate, state.rules, state.book, state.scenario)
        (world, unmatched) = (state.name, state.journal.unmatched)
    }

    /// Judges all expectations.
    func verdict(_ expectations: [Expectation]) -> Verdict {
        Verdict(scenario: scenario.name, seed: scenario.seed, results: expectations.map(result))
    }

    private func result(_ expectation: Expectation) -> Verdict.Result {
        switch expectation.subject {
        case .requests(let selection, let count, let following):
            let matching = journal.entries.filter { criteria(selection, $0).allSatisfy(\.isMet) }
            let counted = requests(
                matching, count ?? (following == nil ? Expectation.Count(least: 1, most: nil) : nil), selection, expectation)
            guard counted.judgement != .failed, let following else { return counted }
            return followed(matching, by: following, expectation) ?? counted
        case .every(let selection, let conditions): return every(selection, conditions, expectation)
        case .jobs(let type, let agent, let count):
            let found = jobs(type, agent)
            return plain(expectation, counted(found, "job"), count.judged(found, mayBeMore: estate.jobs.history.evicted > 0))
        case .run(let wanted, let unused):
            let idle = book.rules.indices.filter { rules.strikes[$0] == 0 }
            let isMet = (wanted.map { $0 == unmatched } ?? true) && (unused.map { $0 == idle.count } ?? true)
            let names = idle.isEmpty ? "" : " (\(idle.prefix(5).map { "'\(book.rules[$0].name)'" }.joined(separator: ", ")))"
            let asked = [
                wanted.map { _ in counted(unmatched, "unmatched request") }, unused.map { _ in counted(idle.count, "unused rule") + names },
            ]
            return plain(expectation, asked.compactMap { $0 }.joined(separator: ", "), isMet)
        }
    }

    private func plain(_ expectation: Expectation, _ found: String, _ isMet: Bool?, _ nearest: [Verdict.Near] = []) -> Verdict.Result {
        let judgement: Verdict.Judgement = isMet.map { $0 ? .met : .failed } ?? .indeterminate
        let gone = judgement == .indeterminate ? "; the journal or the history has let go what could change that" : ""
        return Verdict.Result(expected: expectation.text, found: found + gone, judgement: judgement, nearest: nearest)
    }

    // MARK: Requests

    private func requests(
        _ matching: [JournalEntry], _ count: Expectation.Count?, _ selection: Expectation.Selection, _ expectation: Expectation
    ) -> Verdict.Result {
        let isMet = count.map { $0.judged(matching.count, mayBeMore: journal.evicted > 0) } ?? true
        let near = isMet == true || matching.count > (count?.most ?? .max) ? [] : nearest(to: selection)
        return plain(expectation, counted(matching.count, "request"), isMet, near)
    }

    /// What is wrong with what follows; `nil` if nothing is.
    private func followed(_ matching: [JournalEntry], by following: Expectation.Following, _ expectation: Expectation) -> Verdict.Result? {
        let next = successors()
        for entry in matching {
            let next = next[entry.number]
            guard let next else {
                return plain(expectation, "nothing follows request \(entry.number) (\(shown(entry.request)))", false)
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
                    expectation, "request \(entry.number) is followed by request \(next.number), which does not fit", false,
                    [near(next, asked)])
            }
        }
        return journal.evicted > 0 ? plain(expectation, "\(matching.count) requests, each followed as expected", nil) : nil
    }

    /// By an exchange's number, the next one by the same caller on the same operation, or on the same path where there is none.
    private func successors() -> [Int: JournalEntry] {
        struct Line: Hashable {
            let caller: String
            let asked: String
        }
        var (next, last): ([Int: JournalEntry], [Line: JournalEntry]) = ([:], [:])
        for entry in Array(journal.entries).reversed() {
            let line = Line(caller: entry.caller, asked: entry.operation ?? shown(entry.request))
            next[entry.number] = last[line]
            last[line] = entry
        }
        return next
    }

    private func every(_ selection: Expectation.Selection, _ conditions: [Rule.Condition], _ expectation: Expectation) -> Verdict.Result {
        let matching = journal.entries.filter { criteria(selection, $0).allSatisfy(\.isMet) }
        let wrong = matching.map { ($0, held($0, conditions)) }.filter { !$0.1.allSatisfy(\.isMet) }
        guard let first = wrong.first else {
            return plain(expectation, "all of \(matching.count) requests", journal.evicted > 0 ? nil : true)
        }
        let nearest = wrong.prefix(3).map { near($0.0, $0.1) }
        return plain(
            expectation, "\(wrong.count) of \(matching.count) requests do not, the first is request \(first.0.number)", false, nearest)
    }

    // MARK: Criteria

    private func criteria(_ selection: Expectation.Selection, _ entry: JournalEntry) -> [Verdict.Criterion] {
        var all: [Verdict.Criterion] = []
        if let operation = selection.operation {
            let found = entry.operation ?? shown(entry.request)
            all.append(.init(name: "operation", wanted: operation.text, found: found, isMet: entry.isMeant(by: operation, scenario.router)))
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
        let selectors = conditions.map(\.selector)
        var reading = RequestReading(entry.request, .nothing, world: world, scenario.router, body: nil)
        return conditions.indices.map { number in
            let value: Selected =
                switch selectors[number] {
                case .caller: .text(entry.caller)
                case .status: .text(String(entry.status))
                default: reading.value(of: number, in: selectors)
                }
            let found = Secrets.isSecret(selectors[number]) ? Secrets.struckOut : Secrets.shown(value.shown)
            return .init(
                name: conditions[number].text, wanted: conditions[number].wanted, found: found, isMet: conditions[number].fits(value))
        }
    }

    private func nearest(to selection: Expectation.Selection) -> [Verdict.Near] {
        var best: [(entry: JournalEntry, criteria: [Verdict.Criterion], met: Int)] = []
        for entry in journal.entries {
            let criteria = criteria(selection, entry)
            let met = criteria.count(where: \.isMet)
            guard met < criteria.count else { continue }
            let place = best.firstIndex { $0.met < met } ?? best.count
            if place < 3 { best.insert((entry, criteria, met), at: place) }
            if best.count > 3 { best.removeLast() }
        }
        return best.map { near($0.entry, $0.criteria) }
    }

    private func near(_ entry: JournalEntry, _ criteria: [Verdict.Criterion]) -> Verdict.Near {
        let path = String(entry.request.text(entry.request.path).prefix(200))
        return Verdict.Near(number: entry.number, method: entry.request.method.name, path: path, status: entry.status, criteria: criteria)
    }

    private func counted(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }

    private func shown(_ request: Request) -> String { "\(request.method.name) \(request.text(request.path).prefix(200))" }

    // MARK: Jobs

    /// How many jobs there are or were, each once.
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
}
