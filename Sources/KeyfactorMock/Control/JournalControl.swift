import Base
import Command
import Journal
import MicroHTTP
import Rules
import ScenarioFormat
import Worlds

/// The exchanges of a world, and whether they are what was expected.
enum JournalControl {
    static let all: [ControlEndpoint] = [
        ControlEndpoint(
            .get, "journal", "The exchanges, the newest first",
            query: [
                ("operation", "those of this operation, such as POST /OrchestratorJobs/Custom, or token"),
                ("status", "those answered with this status"),
                ("rule", "those that this rule struck"), ("caller", "those by this user, client or address"),
                ("since", "those after the exchange with this number"), ("limit", "how many at most; default 100"),
                ("order", "newest (default) or oldest first"), ControlWarnings.parameter,
            ], journal),
        ControlEndpoint(.get, "journal/{n}", "One exchange", exchange),
        ControlEndpoint(.delete, "journal", "Remove all exchanges; numbers continue", clear),
        ControlEndpoint(
            .post, "verify", "Judge expectations, by default the scenario's", body: verifyShape,
            query: [fail, format, ControlWarnings.parameter],
            scope: .existingWorld, verify),
        ControlEndpoint(
            waits: .post, "await", "Judge expectations as soon as they are met, or when the time is over", body: awaitShape,
            query: [fail, format, ControlWarnings.parameter], awaitVerdict),
        ControlEndpoint(.get, "coverage", "Operations, statuses, failures and rules: which were met and which were not", coverage),
    ]

    // MARK: Exchanges

    private static func journal(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let wanted = try Filter(call)
        let warnings = try ControlWarnings(call.names.warnings(wanted.names), of: call, isOfQuery: true)
        let (journal, router) = call.world.withState { ($0.journal, $0.scenario.router) }
        let entries = journal.entries.filter { wanted.fits($0, router) } + journal.pending.filter { wanted.fits($0, router) }
        let page = wanted.isOldestFirst ? Array(entries.prefix(wanted.limit)) : entries.suffix(wanted.limit).reversed()
        return .ofControl { writer in
            writer.object { writer in
                writer.name("exchanges")
                writer.array(page) { $1.write(to: &$0) }
                writer.member("evicted", journal.evicted)
                warnings.write(to: &writer)
            }
        }
    }

    /// Which exchanges are wanted.
    private struct Filter {
        let operation: OperationPattern?
        let status: Int?
        let rule: String?
        let caller: String?
        let since: Int
        let limit: Int
        let isOldestFirst: Bool

        init(_ call: ControlCall) throws(ControlRefusal) {
            let text = try call.parameter("operation")
            operation = text.map { OperationPattern($0) }
            if let text, operation?.subject == .connection {
                throw ControlRefusal(
                    400, "operation: expected METHOD and path such as POST /OrchestratorJobs/Custom, or token, found '\(text.prefix(60))'.")
            }
            status = try call.number("status")
            guard status.map({ $0 == 0 || (100...599).contains($0) }) ?? true else {
                throw ControlRefusal(
                    400, "status: expected one from 100 to 599, or 0 where nothing was sent, found '\(status ?? 0)'.")
            }
            rule = try call.parameter("rule")
            caller = try call.parameter("caller")
            since = try call.number("since") ?? 0
            limit = min(try call.number("limit") ?? 100, 100_000)
            let order = try call.parameter("order") ?? "newest"
            guard ["newest", "oldest"].contains(order) else {
                throw ControlRefusal(400, "order: expected newest or oldest, found '\(order.prefix(40))'.")
            }
            isOldestFirst = order == "oldest"
        }

        /// The names that it writes; parameters have no place in a text.
        var names: [WrittenName] {
            let texts: [(WrittenName.Kind, String?)] = [(.operation, operation?.text), (.rule, rule), (.caller, caller)]
            return texts.compactMap { kind, text in
                text.map { WrittenName(kind: kind, text: $0, mark: Mark(line: 0, column: 0, width: 0)) }
            }
        }

        func fits(_ entry: JournalEntry, _ router: Router) -> Bool {
            if entry.number <= since, !entry.isPending { return false }
            if let status, entry.status != status { return false }
            if let rule, entry.rule != rule { return false }
            if let caller, entry.caller != caller { return false }
            guard let operation else { return true }
            return entry.matches(operation, router)
        }
    }

    private static func exchange(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let journal = call.world.withState { $0.journal }
        guard let number = Int(call.parameter), let entry = journal[number] else { throw noExchange(journal, call) }
        return .ofControl { entry.write(to: &$0) }
    }

    /// The refusal of an exchange that is not in the journal.
    static func noExchange(_ journal: Journal, _ call: ControlCall) -> ControlRefusal {
        let held = journal.held == 0 ? "none" : "\(journal.count - journal.held + 1) to \(journal.count)"
        return ControlRefusal(404, "There is no exchange '\(call.parameter.prefix(20))' in the journal; it holds \(held).")
    }

    private static func clear(_ call: ControlCall) -> Response {
        let gone = call.world.withState { $0.clearJournal() }
        return .ofControl { $0.object { $0.member("dropped", gone) } }
    }

    // MARK: Verdicts

    private static let expectations = Shape.Field(
        "expect", .list(Expectation.shape), about: "what must have happened; default the scenario's")
    private static let verifyShape = Shape.orNull(.object("a question", fields: [expectations]))
    private static let awaitShape = Shape.object(
        "a wait",
        fields: [
            expectations, .init("timeout", .duration, required: true, about: "how long to wait at most, on the wall clock; at most 10m"),
        ])

    private static func expected(_ call: ControlCall, _ body: YAMLNode) throws(ControlRefusal) -> [Expectation]? {
        guard let node = body["expect"] else { return nil }
        var mistakes: [Mistake] = []
        let expectations = Expectation.read(node, &mistakes)
        guard mistakes.isEmpty else { throw call.mistakes(Mistakes(mistakes)) }
        return expectations
    }

    private static let fail = (name: "fail", about: "the status where the verdict is not met, 400 to 599; default 200")

    private static let format = (name: "format", about: "json (default), or text for people")

    /// How the verdict is answered.
    private struct Reply: Sendable {
        let warnings: ControlWarnings
        let failure: Int
        let isText: Bool

        init(_ call: ControlCall, _ expectations: [Expectation]?) throws(ControlRefusal) {
            let judged = expectations ?? call.scenario.expectations
            let names = call.names.warnings(judged.flatMap(\.names))
            warnings = try ControlWarnings(names, of: call, new: call.isNew, idle: judged.isEmpty)
            let wanted = try call.number("fail")
            failure = wanted ?? 200
            guard wanted == nil || (400...599).contains(failure) else {
                throw ControlRefusal(400, "fail: expected a status from 400 to 599, such as 409, found '\(failure)'.")
            }
            let format = try call.parameter("format") ?? "json"
            guard ["json", "text"].contains(format) else {
                throw ControlRefusal(400, "format: expected json or text, found '\(format.prefix(40))'.")
            }
            isText = format == "text"
        }

        func response(_ verdict: Verdict) -> Response {
            var response =
                isText
                ? Response.ofControl(([verdict.text] + warnings.sentences.map { "  warning: \($0)" }).joined(separator: "\n") + "\n")
                : Response.ofControl { verdict.write(to: &$0, more: warnings.write) }
            if verdict.judgement != .met { response.status = failure }
            return response
        }
    }

    private static func verify(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let body = try call.body(verifyShape)
        let expectations = try expected(call, body)
        return try Reply(call, expectations).response(call.world.verdict(expectations))
    }

    private static func awaitVerdict(_ call: ControlCall) throws(ControlRefusal) -> Answer {
        let body = try call.body(awaitShape)
        let expectations = try expected(call, body)
        let timeout = body["timeout"]?.duration ?? .zero
        guard timeout <= .seconds(600) else { throw ControlRefusal(400, "'timeout' is at most 10m.") }
        let reply = try Reply(call, expectations)
        guard let place = call.worlds.budget.awaits.take() else {
            throw ControlRefusal(
                503, "\(call.worlds.budget.awaits.most) requests await something already; one more may when one of them has its answer.")
        }
        return wait(call, Watched(expectations, place), reply, until: call.wall + timeout)
    }

    /// Answers if everything is met or the time is over; otherwise waits until something has happened.
    private static func wait(_ call: ControlCall, _ watched: Watched, _ reply: Reply, until end: Timestamp) -> Answer {
        var watched = watched
        let bell = Bell()
        let judgeBegan = call.time.now()
        let (judge, expectations, isDropped) = call.world.withState { state in
            state.watch(bell)
            return (Judge(state), watched.follow(state), state.isDropped)
        }
        let isMet = watched.watch.isMet(judge)
        let now = call.time.now()
        let left = end.since(now)
        guard !isMet, left > .zero, !isDropped else {
            call.world.withState { state in state.unwatch(bell) }
            return .ready(reply.response(judge.verdict(expectations)))
        }
        let watching = Watching(call.world, bell)
        // Under load something happens all the time: it is judged a hundred times a second, and no more than a tenth of the time.
        let pause = max(.milliseconds(10), now.since(judgeBegan) * 10)
        return .until(bell, atMost: left) { [watched] in
            watching.end()
            let left = end.since(call.time.now())
            return .later(min(pause, max(.milliseconds(10), left))) {
                call.aside { call in wait(call, watched, reply, until: end) }
            }
        }
    }

    /// What an `await` follows. A world that is reset is followed from its new beginning.
    private struct Watched: Sendable {
        /// `nil` for the scenario's.
        let expectations: [Expectation]?
        var watch = Watch([])
        private var generation: Int?
        private let place: Places.Place

        init(_ expectations: [Expectation]?, _ place: Places.Place) { (self.expectations, self.place) = (expectations, place) }

        /// Starts again if the world has.
        ///
        /// - Returns: the expectations that hold now.
        mutating func follow(_ state: WorldState) -> [Expectation] {
            let current = expectations ?? state.scenario.expectations
            if generation != state.generation { (watch, generation) = (Watch(current), state.generation) }
            return current
        }
    }

    // MARK: Coverage

    private static func coverage(_ call: ControlCall) -> Response {
        let coverage = call.world.coverage
        return .ofControl { coverage.write(to: &$0) }
    }
}
