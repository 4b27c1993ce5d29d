import MicroHTTP

/// What was asked of a world and answered, and whether that is what was expected.
enum JournalControl {
    static let all: [ControlEndpoint] = [
        ControlEndpoint(
            .get, "journal", "The exchanges, the newest first",
            query: [
                ("operation", "those of this operation, such as POST /OrchestratorJobs/Custom, or token"),
                ("status", "those answered with it"),
                ("rule", "those that it struck"), ("caller", "those by this user, client or address"),
                ("since", "those behind the exchange of this number"), ("limit", "at most so many; default 100"),
                ("order", "newest (default) or oldest first"),
            ], journal),
        ControlEndpoint(.get, "journal/{n}", "One exchange", exchange),
        ControlEndpoint(.delete, "journal", "Forget all exchanges; their numbers go on", clear),
        ControlEndpoint(.post, "verify", "Judge expectations, by default the scenario's", body: verifyShape, verify),
        ControlEndpoint(
            waits: .post, "await", "Judge expectations once they are met, or when the time is over", body: awaitShape, awaitVerdict),
        ControlEndpoint(.get, "coverage", "Operations, statuses, failures and rules met and not met", coverage),
    ]

    // MARK: Exchanges

    private static func journal(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let wanted = try Filter(call)
        let (journal, router) = call.world.withState { ($0.journal, $0.scenario.router) }
        let entries = journal.entries.lazy.filter { wanted.fits($0, router) }
        let page = wanted.isOldestFirst ? Array(entries.prefix(wanted.limit)) : entries.suffix(wanted.limit).reversed()
        return .ofControl { writer in
            writer.object { writer in
                writer.name("exchanges")
                writer.array(page) { $1.write(to: &$0) }
                writer.member("evicted", journal.evicted)
            }
        }
    }

    /// Which exchanges are asked for.
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

        func fits(_ entry: JournalEntry, _ router: Router) -> Bool {
            if entry.number <= since { return false }
            if let status, entry.status != status { return false }
            if let rule, entry.rule != rule { return false }
            if let caller, entry.caller != caller { return false }
            guard let operation else { return true }
            return entry.isMeant(by: operation, router)
        }
    }

    private static func exchange(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let journal = call.world.withState { $0.journal }
        guard let number = Int(call.parameter), let entry = journal[number] else {
            let held = journal.held == 0 ? "none" : "\(journal.count - journal.held + 1) to \(journal.count)"
            throw ControlRefusal(404, "There is no exchange '\(call.parameter.prefix(20))' in the journal; it holds \(held).")
        }
        return .ofControl { entry.write(to: &$0) }
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

    private static func verify(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let body = try call.body(verifyShape)
        let expectations = try expected(call, body)
        let verdict = call.world.verdict(expectations)
        return .ofControl { verdict.write(to: &$0) }
    }

    private static func awaitVerdict(_ call: ControlCall) throws(ControlRefusal) -> Answer {
        let body = try call.body(awaitShape)
        let expectations = try expected(call, body)
        let timeout = body["timeout"]?.duration ?? .zero
        guard timeout <= .seconds(600) else { throw ControlRefusal(400, "'timeout' is at most 10m.") }
        return wait(call, expectations, until: call.wall + timeout)
    }

    /// Answers if all is met or the time is over, else is asked again when something has happened.
    private static func wait(_ call: ControlCall, _ expectations: [Expectation]?, until end: Timestamp) -> Answer {
        let bell = Bell()
        let (judge, isDropped) = call.world.withState { state in
            state.watchers.append(bell)
            return (Judge(state), state.generation < 0)
        }
        let verdict = judge.verdict(expectations ?? judge.scenario.expectations)
        let left = end.since(call.time.now())
        guard verdict.judgement != .met, left > .zero, !isDropped else {
            call.world.withState { state in state.watchers.removeAll { $0 === bell } }
            return .ready(.ofControl { verdict.write(to: &$0) })
        }
        let leaving = Leaving(call.world, bell)
        return .until(bell, atMost: left) {
            leaving.leave()
            // Under load there is something new all the time: it is judged a hundred times a second, not at every exchange.
            return .later(.milliseconds(10)) { wait(call, expectations, until: end) }
        }
    }

    /// Takes a bell down when nobody waits for it any more, also when its client has left.
    private final class Leaving: Sendable {
        private let world: World
        private let bell: Bell

        init(_ world: World, _ bell: Bell) { (self.world, self.bell) = (world, bell) }

        func leave() { world.withState { state in state.watchers.removeAll { $0 === bell } } }

        deinit { leave() }
    }

    // MARK: Coverage

    private static func coverage(_ call: ControlCall) -> Response {
        let coverage = call.world.withState { Coverage($0) }
        return .ofControl { coverage.write(to: &$0) }
    }
}

extension World {
    /// Judges what the scenario expects.
    package func verdict() -> Verdict { verdict(nil) }

    /// Judges expectations against the world as it is.
    ///
    /// - Parameter expectations: `nil` for the scenario's.
    /// - Returns: the verdict.
    func verdict(_ expectations: [Expectation]?) -> Verdict {
        let judge = withState { Judge($0) }
        return judge.verdict(expectations ?? judge.scenario.expectations)
    }
}
