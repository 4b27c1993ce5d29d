import MicroHTTP

/// What became of an exchange: its answer, and what is told once the lock is gone.
struct Conclusion {
    let answer: Answer
    var status: Int?
    /// Why there was nothing at the path, or another thing to be warned of.
    var warning: String?
    var rule: String?
    /// How long its reply is still held back, in ticks of 100 ns.
    var pause: Int64 = 0
    /// Whether the work is behind it.
    var isOver = true

    init(_ answer: Answer, status: Int? = nil, warning: String? = nil, rule: String? = nil, isOver: Bool = true) {
        (self.answer, self.status, self.warning, self.rule, self.isOver) = (answer, status, warning, rule, isOver)
    }

    /// The connection is closed without a byte: what waited has nothing to go on with.
    static let nothing = Conclusion(.ready(closed))
    static let closed = Response(503, delivery: .close)

    /// The exchange as the log tells it.
    func line(of exchange: Exchange) -> String {
        let request = exchange.request
        let by = rule.map { " by the rule '\($0)'" } ?? ""
        return "\(request.method.name) \(request.text(request.path).prefix(200)) \(status.map(String.init) ?? "held")\(by)"
    }
}

/// An exchange that waits before its work. If nobody goes on with it, its client has left, and the journal says so.
final class Waiting: Sendable {
    let exchange: Exchange
    let caller: Caller?
    let strike: Strike
    let generation: Int
    /// When it came, on the wall clock.
    let since: Timestamp
    private let time: TimeSource
    private let over = Lock(false)

    init(_ exchange: Exchange, _ caller: Caller?, _ strike: Strike, generation: Int, since: Timestamp, _ time: TimeSource) {
        (self.exchange, self.caller, self.strike, self.generation) = (exchange, caller, strike, generation)
        (self.since, self.time) = (since, time)
    }

    /// Whether somebody has gone on with it; from now on somebody has.
    func isOver() -> Bool {
        over.withLock { isOver in
            defer { isOver = true }
            return isOver
        }
    }

    deinit {
        guard !isOver() else { return }
        let (exchange, caller, strike, generation, wall) = (exchange, caller, strike, generation, time.now())
        exchange.world.withState { state in
            guard state.generation == generation else { return }
            state.noteDeparture(exchange, caller, strike, wall: wall)
        }
    }
}

extension WorldState {
    /// The work or what a rule puts in its place, then what a rule does to the reply; and the journal's entry.
    ///
    /// - Parameters:
    ///   - exchange: the request.
    ///   - caller: whom log-in found.
    ///   - strike: the rule that strikes it.
    ///   - now: the world's time.
    ///   - wall: the wall clock's time.
    /// - Returns: the answer.
    mutating func conclude(_ exchange: Exchange, _ caller: Caller?, _ strike: Strike?, now: Timestamp, wall: Timestamp) -> Conclusion {
        var outcome = Work.Outcome(Conclusion.closed)
        var delivery = JournalEntry.Delivery.whole
        switch strike?.instead {
        case nil: outcome = Work.outcome(exchange, caller, &self, now: now)
        case .refuse(let refuse): outcome.response = response(refuse, exchange, caller, now: now)
        case .answer(let answer): outcome.response = response(answer, exchange, now: now)
        case .broken(let kind): delivery = kind == .stall ? .never : kind == .reset ? .reset : .closed
        }
        guard let strike else {
            note(entry(exchange, caller, nil, outcome, .whole, now, wall))
            return Conclusion(.ready(outcome.response), status: outcome.response.status, warning: outcome.miss)
        }
        let rule = strike.rule.name
        if let change = strike.rule.effects.change, !merge(change, now: now) {
            outcome.miss = "the change of the rule '\(rule)' does not fit the estate any more; nothing was changed"
        }
        var reply: Response?
        if delivery == .whole {
            reply = delivered(outcome.response, by: strike, now: now)
            if let reply { outcome.response = reply }
            delivery = JournalEntry.Delivery(reply?.delivery)
        } else if delivery != .never {
            reply = Response(503, delivery: delivery == .reset ? .reset : .close)
        }
        note(entry(exchange, caller, strike, outcome, delivery, now, wall))
        guard let reply else { return Conclusion(.never, warning: outcome.miss, rule: rule) }
        guard let pause = strike.pauseBeforeReply else {
            return Conclusion(.ready(reply), status: reply.status, warning: outcome.miss, rule: rule)
        }
        let (world, generation) = (exchange.world, generation)
        let answer = Answer.later(pause) { .ready(world.generation == generation ? reply : Conclusion.closed) }
        var conclusion = Conclusion(answer, status: reply.status, warning: outcome.miss, rule: rule)
        conclusion.pause = (Timestamp(ticks: 0) + pause).ticks
        return conclusion
    }

    /// Notes an exchange whose client left before its work.
    fileprivate mutating func noteDeparture(_ exchange: Exchange, _ caller: Caller?, _ strike: Strike, wall: Timestamp) {
        note(entry(exchange, caller, strike, Work.Outcome(Conclusion.closed), .left, clock.now(wall: wall), wall))
    }

    private func entry(
        _ exchange: Exchange, _ caller: Caller?, _ strike: Strike?, _ outcome: Work.Outcome, _ delivery: JournalEntry.Delivery,
        _ now: Timestamp, _ wall: Timestamp
    ) -> JournalEntry {
        var failure: String?
        if case .refuse(let refuse) = strike?.instead, !refuse.failure.name.isEmpty { failure = refuse.failure.name }
        return JournalEntry(
            exchange, caller: exchange.caller(caller), at: now, wall: wall, rule: strike?.rule.name, failure: failure,
            effect: outcome.isCommitted ? .committed : .none, delivery: delivery, reply: outcome.response, why: outcome.miss)
    }
}

extension JournalEntry.Delivery {
    /// How a reply went out; nothing at all is for ever.
    fileprivate init(_ delivery: Delivery?) {
        self =
            switch delivery {
            case .whole, .closing: .whole
            case .reset: .reset
            case .close: .closed
            case nil: .never
            default: .broken
            }
    }
}
