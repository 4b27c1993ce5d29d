import MicroHTTP

/// The outcome of an exchange: its answer, and what is logged and measured once the lock is released.
struct Conclusion {
    let answer: Answer
    var status: Int?
    /// Why nothing was found at the path, or something else to be warned of.
    var warning: String?
    var rule: String?
    /// How long the finished reply is still held back, in ticks of 100 ns.
    var pause: Int64 = 0
    /// Whether its work is done.
    var isOver = true

    init(_ answer: Answer, status: Int? = nil, warning: String? = nil, rule: String? = nil, isOver: Bool = true) {
        (self.answer, self.status, self.warning, self.rule, self.isOver) = (answer, status, warning, rule, isOver)
    }

    /// The connection is closed without a byte: the world that the exchange waited in has been reset or dropped.
    static let abandoned = Conclusion(.ready(closed))
    static let closed = Response(503, delivery: .close)

    /// The exchange as the log shows it.
    func line(of exchange: Exchange) -> String {
        let request = exchange.request
        let by = rule.map { " by the rule '\($0)'" } ?? ""
        return "\(request.method.name) \(request.text(request.path).prefix(200)) \(status.map(String.init) ?? "held")\(by)"
    }
}

extension WorldState {
    /// The work or what a rule puts in its place, then what the rule does to the reply, and the journal's entry.
    ///
    /// - Parameters:
    ///   - exchange: the request.
    ///   - caller: the authenticated caller, if any.
    ///   - strike: the rule that strikes it.
    ///   - now: the world's time.
    ///   - wall: the wall clock's time.
    /// - Returns: the answer.
    mutating func conclude(_ exchange: Exchange, _ caller: Caller?, _ strike: Strike?, now: Timestamp, wall: Timestamp) -> Conclusion {
        guard let strike else {
            let outcome = Work.outcome(exchange, caller, &self, now: now)
            record(entry(exchange, caller, nil, outcome, .whole, now, wall))
            return Conclusion(.ready(outcome.response), status: outcome.response.status, warning: outcome.miss)
        }
        var outcome: Work.Outcome
        var reply: Response?
        let instead = strike.substitute?.outcome(exchange.context(caller, now: now))
        switch instead {
        case nil: outcome = Work.outcome(exchange, caller, &self, now: now)
        case .reply(let written): outcome = Work.Outcome(response(written, exchange, now: now))
        case .noReply(let ending):
            outcome = Work.Outcome(Conclusion.closed)
            reply = ending.map { Response(503, delivery: $0) }
        }
        let rule = strike.rule.name
        if let change = strike.rule.effects.change, !merge(change, now: now) {
            outcome.miss = "the change of the rule '\(rule)' no longer fits the estate; nothing was changed"
        }
        if instead?.hasReply ?? true {
            reply = strike.altered(outcome.response)
            if let reply { outcome.response = reply }
        }
        record(entry(exchange, caller, strike, outcome, JournalEntry.Delivery(reply?.delivery), now, wall))
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

    /// Records an exchange whose client left before its work.
    mutating func recordDeparture(_ exchange: Exchange, _ caller: Caller?, _ strike: Strike, wall: Timestamp) {
        record(entry(exchange, caller, strike, Work.Outcome(Conclusion.closed), .left, clock.now(wall: wall), wall))
    }

    private func entry(
        _ exchange: Exchange, _ caller: Caller?, _ strike: Strike?, _ outcome: Work.Outcome, _ delivery: JournalEntry.Delivery,
        _ now: Timestamp, _ wall: Timestamp
    ) -> JournalEntry {
        JournalEntry(
            exchange.request, exchange.journalSubject, caller: exchange.caller(caller), at: now, wall: wall, rule: strike?.rule.name,
            failure: strike?.substitute?.failure, effect: outcome.isCommitted ? .committed : .none, delivery: delivery,
            reply: outcome.response, why: outcome.miss)
    }
}

extension Substitute.Outcome {
    /// Whether there is a reply that the rule may alter and deliver in its own way.
    fileprivate var hasReply: Bool { if case .reply = self { true } else { false } }
}

extension JournalEntry.Delivery {
    /// How a reply went out; `nil` is a reply that is never sent.
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
