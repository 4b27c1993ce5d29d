import Base
import Journal
import MicroHTTP
import Rules
import ScenarioFormat
import Worlds

/// A world's scenario and its rules, including those that are added while it runs.
enum RuleControl {
    static let all: [ControlEndpoint] = [
        ControlEndpoint(.get, "scenario", "The scenario as it was read", scenario),
        ControlEndpoint(
            .put, "scenario", "Replace the whole scenario, all or nothing; the world starts again", body: .orNull(ScenarioShape.scenario),
            query: [ControlWarnings.parameter], swap),
        ControlEndpoint(.get, "rules", "The rules in order, with how often each matched and struck", rules),
        ControlEndpoint(
            waits: .post, "rules", "Add one rule or a list, before the scenario's rules and after other live ones", body: liveRules,
            query: [ControlWarnings.parameter], add),
        ControlEndpoint(
            waits: .put, "rules/{name}", "Replace the rule of that name, or add it", body: Rule.liveShape,
            query: [ControlWarnings.parameter], replace),
        ControlEndpoint(.delete, "rules/{name}", "Remove a rule", remove),
    ]

    private static let liveRules = Shape.oneOf([Rule.liveShape, .list(Rule.liveShape)], "a rule, or a list of rules")

    private static func scenario(_ call: ControlCall) -> Response {
        .ofControl(String(decoding: call.scenario.source, as: UTF8.self), type: "application/yaml")
    }

    private static func swap(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let scenario: Scenario
        do throws(Mistakes) {
            scenario = try Scenario(call.bytes, now: call.wall, overrides: call.worlds.scenario.overrides)
        } catch {
            throw call.mistakes(error)
        }
        let warnings = scenario.warnings.all
        if try call.isStrict { _ = try ControlWarnings(scenario.strictWarnings.all, of: call) }
        let (before, generation) = try call.restart { state in
            WorldState(name: state.name, scenario: scenario, wall: call.wall, budget: state.budget, isShared: false)
        }
        Worlds.release(before)
        return .ofControl { writer in
            writer.object { writer in
                writer.member("scenario", scenario.name)
                writer.member("generation", generation)
                writer.name("warnings")
                writer.array(warnings) { $0.value("line \($1.line): \($1.sentence)") }
            }
        }
    }

    // MARK: Rules

    private static func rules(_ call: ControlCall) -> Response {
        call.world.withState { $0.dropExpiredRules(at: call.wall) }
        let (book, states) = call.world.withState { ($0.book, $0.rules) }
        return response(book, states, Array(book.rules.indices))
    }

    /// Some of the rules as JSON, with warnings by the number of the rule that they are about.
    private static func response(
        _ book: RuleBook, _ states: RuleStates, _ numbers: [Int], _ warnings: [Int: [Mistake]] = [:]
    ) -> Response {
        var response = Response.ofControl { writer in
            writer.array(numbers) { write($1, book, states, warnings[$1], to: &$0) }
        }
        response.add("X-Total-Count", String(book.rules.count))
        return response
    }

    /// Writes a rule with its counts, and with what is doubtful in it.
    static func write(_ number: Int, _ book: RuleBook, _ states: RuleStates, _ doubts: [Mistake]? = nil, to writer: inout JSONWriter) {
        let rule = book.rules[number]
        writer.object { writer in
            writer.member("name", rule.name)
            writer.member("operation", rule.operation.text)
            writer.member("live", rule.isLive)
            writer.member("matches", states.matches[number])
            writer.member("strikes", states.strikes[number])
            writer.name("do")
            writer.array(rule.effects.words) { $0.value($1) }
            if let expiry = rule.expiry { writer.member("expires", expiry.inMilliseconds) }
            guard let doubts else { return }
            writer.name("warnings")
            writer.array(doubts) { $0.value($1.sentence) }
        }
    }

    private static let tooMany = ControlRefusal(400, "A world has at most \(RuleBook.most) rules.")

    private static func add(_ call: ControlCall) throws(ControlRefusal) -> Answer {
        let body = try call.body(liveRules)
        let nodes = if case .sequence(let nodes) = body.content { nodes } else { [body] }
        return try revise(call) { rules throws(ControlRefusal) in
            guard rules.count + nodes.count <= RuleBook.most else { throw Self.tooMany }
            var mistakes: [Mistake] = []
            let added = Rule.read(nodes, live: call.wall, among: rules, &mistakes)
            let live = rules.prefix(while: \.isLive)
            return Revision(rules: live + added + rules.dropFirst(live.count), added: added, mistakes: mistakes)
        }
    }

    private static func replace(_ call: ControlCall) throws(ControlRefusal) -> Answer {
        let body = try call.body(Rule.liveShape)
        let name = call.parameter
        guard (1...128).contains(name.unicodeScalars.count) else { throw ControlRefusal(400, "A rule's name has 1 to 128 characters.") }
        if let inBody = body["name"]?.text, inBody != name {
            throw ControlRefusal(
                400, "The path names the rule '\(name.prefix(60))', the body '\(inBody.prefix(60))'. Leave the name out of the body.")
        }
        return try revise(call) { before throws(ControlRefusal) in
            var (rules, mistakes): ([Rule], [Mistake]) = (before, [])
            let rule = Rule(body, named: name, live: call.wall, &mistakes)
            if let place = rules.firstIndex(where: { $0.name == name }) {
                rules[place] = rule
            } else {
                guard rules.count < RuleBook.most else { throw Self.tooMany }
                rules.insert(rule, at: rules.prefix(while: \.isLive).count)
            }
            return Revision(rules: rules, added: [rule], mistakes: mistakes)
        }
    }

    /// What the rules of a world are to become.
    private struct Revision: Sendable {
        let rules: [Rule]
        let added: [Rule]
        var mistakes: [Mistake]
    }

    private typealias Revise = @Sendable ([Rule]) throws(ControlRefusal) -> Revision

    /// Changes a world's rules. They are read and checked on a copy, without the lock; if others were faster, once more.
    private static func revise(_ call: ControlCall, _ change: @escaping Revise) throws(ControlRefusal) -> Answer {
        let before = call.world.withState { state in
            state.dropExpiredRules(at: call.wall)
            return state
        }
        let revision = try change(before.book.rules)
        return try check(revision.added.compactMap(\.effects.change)[...], on: before, of: revision, call, change)
    }

    /// Merges the next of the changes that rules would make into a copy of the estate; the others have their turn after other requests,
    /// since a merge of a large estate takes its time.
    private static func check(
        _ changes: ArraySlice<YAMLNode>, on before: WorldState, of revision: Revision, _ call: ControlCall, _ change: @escaping Revise
    ) throws(ControlRefusal) -> Answer {
        guard let next = changes.first else { return try commit(revision, over: before.book, call, change) }
        var (copy, revision) = (before, revision)
        do throws(Mistakes) {
            try copy.merge(next, at: before.now(wall: call.wall))
        } catch {
            revision.mistakes += error.all
        }
        let rest = changes.dropFirst()
        guard !rest.isEmpty else { return try commit(revision, over: before.book, call, change) }
        return .later(.milliseconds(1)) { [revision] in
            call.aside { call throws(ControlRefusal) in try check(rest, on: before, of: revision, call, change) }
        }
    }

    private static func commit(
        _ revision: Revision, over before: RuleBook, _ call: ControlCall, _ change: @escaping Revise
    ) throws(ControlRefusal) -> Answer {
        guard revision.mistakes.isEmpty else { throw call.mistakes(Mistakes(revision.mistakes)) }
        let added = Set(revision.added.map(ObjectIdentifier.init))
        let numbers = revision.rules.indices.filter { added.contains(ObjectIdentifier(revision.rules[$0])) }
        let warnings = try doubts(revision, numbers, call)
        let book = RuleBook(revision.rules)
        guard call.world.withState({ $0.hasRoom(for: book) }) else { throw call.noRoom }
        let states = call.world.withState { state -> RuleStates? in
            guard state.book === before else { return nil }
            state.use(book)
            return state.rules
        }
        guard let states else { return try revise(call, change) }
        return .ready(response(book, states, numbers, warnings))
    }

    /// What is doubtful in the rules that are added, by their numbers.
    private static func doubts(_ revision: Revision, _ numbers: [Int], _ call: ControlCall) throws(ControlRefusal) -> [Int: [Mistake]] {
        let scenario = call.scenario
        let names = call.world.withState { Names($0, rules: revision.rules) }
        let doubts = RuleDoubts(rules: revision.rules, product: scenario.product, bases: scenario.basePaths, clock: scenario.clock)
        var (warnings, refused): ([Int: [Mistake]], [Mistake]) = ([:], [])
        for (place, number) in numbers.enumerated() {
            let rule = revision.rules[number]
            // Of a long list only the first are compared with all rules above.
            let doubtful = doubts.warnings(CollectionOfOne(number), asksAbove: place < Names.most)
            let misspelt = names.warnings(rule.names)
            guard !doubtful.isEmpty || !misspelt.isEmpty else { continue }
            warnings[number] = doubtful + misspelt
            refused += (doubts.standsAlone(rule) ? [] : doubtful) + misspelt
            if warnings.count >= Names.most { break }
        }
        _ = try ControlWarnings(refused, of: call)
        return warnings
    }

    private static func remove(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let names = call.world.withState { state -> [String]? in
            state.dropExpiredRules(at: call.wall)
            guard let place = state.book.rules.firstIndex(where: { $0.name == call.parameter }) else { return state.book.rules.map(\.name) }
            var rules = state.book.rules
            rules.remove(at: place)
            state.use(RuleBook(rules))
            return nil
        }
        guard let names else { return Response(204) }
        let nearest = nearestWord(to: call.parameter, among: names).map { " Did you mean '\($0)'?" } ?? ""
        throw ControlRefusal(404, "There is no rule '\(call.parameter.prefix(128))'.\(nearest)")
    }
}
