public import Base
import Entities
import Journal
public import MicroHTTP
public import Model
public import Rules

/// The outcome of an exchange: its answer, and what is logged and measured once the lock is released.
public struct Conclusion: Sendable {
    /// What is sent, and how.
    public var answer: Answer
    var status: Int?
    /// Why it was refused or is broken, or something else to be warned of.
    public var reason: String?
    var rule: String?
    /// How the reply goes out.
    var delivery = JournalEntry.Delivery.whole
    /// How long the finished reply is still held back, in ticks of 100 ns.
    public var pause: Int64 = 0
    /// Whether its work is done.
    public var isOver = true

    /// A conclusion by its parts.
    public init(_ answer: Answer, status: Int? = nil, reason: String? = nil, rule: String? = nil, isOver: Bool = true) {
        (self.answer, self.status, self.reason, self.rule, self.isOver) = (answer, status, reason, rule, isOver)
    }

    /// How severe the reason is: a request that meets no operation is probably a mistake, any other refusal may be meant.
    public var level: Log.Level { rule == nil && (status == 404 || status == 405) ? .warning : .info }

    /// An exchange that waits before its work.
    ///
    /// - Parameters:
    ///   - answer: what resumes it.
    ///   - rule: the name of the rule that makes it wait.
    /// - Returns: a conclusion that is not the last one.
    public static func waiting(_ answer: Answer, by rule: String) -> Conclusion {
        var conclusion = Conclusion(answer, rule: rule, isOver: false)
        conclusion.delivery = .pending
        return conclusion
    }

    /// The connection is closed without a byte: the world that the exchange waited in has been reset or dropped.
    public static let abandoned = {
        var conclusion = Conclusion(.ready(closed))
        conclusion.delivery = .closed
        return conclusion
    }()
    static let closed = Response(503, delivery: .close)

    /// The status, unless the client does not get it as HTTP requires.
    private var outcome: String {
        switch delivery {
        case .whole: status.map(String.init) ?? ""
        case .broken: "\(status.map(String.init) ?? "") broken"
        case .reset: "reset without a reply"
        case .closed: "closed without a reply"
        case .never: "never answered"
        case .left: "left by its client"
        case .pending: "held"
        }
    }

    /// Why an exchange was refused or is broken, as the log shows it: with what was asked, and in which world.
    public func reasonLine(of exchange: Exchange) -> String? {
        let place = exchange.world.name == Worlds.standardName ? "" : " in the world '\(exchange.world.name)'"
        return reason.map { "\(exchange.request.line) \(outcome)\(place): \($0)" }
    }

    /// The exchange as the log shows it.
    public func line(of exchange: Exchange) -> String {
        let request = exchange.request
        let by = rule.map { " by the rule '\($0)'" } ?? ""
        return "\(request.line) \(outcome)\(by)"
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
    ///   - time: where the time comes from when the work is done.
    /// - Returns: the answer.
    public mutating func conclude(
        _ exchange: Exchange, _ caller: Caller?, _ strike: Strike?, now: Timestamp, wall: Timestamp, _ time: TimeSource
    ) -> Conclusion {
        guard let strike else {
            let outcome = Work.outcome(exchange, caller, &self, now: now)
            record(entry(exchange, caller, nil, outcome, .whole, now, wall, until: time.now()))
            return Conclusion(.ready(outcome.response), status: outcome.response.status, reason: outcome.reason)
        }
        let rule = strike.rule
        var (outcome, reply) = struck(exchange, caller, strike, now: now)
        if let change = rule.effects.change, !merge(change, now: now) {
            outcome.reason = "the change of the rule '\(rule.name)' no longer fits the estate; nothing was changed"
        }
        if let sent = reply, sent.delivery == .whole {
            reply = strike.altered(sent)
            if var changed = reply {
                if (400..<500).contains(changed.status), changed.status != sent.status {
                    outcome.reason = outcome.reason ?? strike.reason
                    changed.add("X-Mock-Why", strike.reason)
                    reply = changed
                }
                outcome.response = changed
            }
        }
        let delivery = JournalEntry.Delivery(reply?.delivery)
        if delivery != .whole { outcome.reason = outcome.reason ?? strike.reason }
        let pause = reply == nil ? nil : strike.pauseBeforeReply
        record(entry(exchange, caller, strike, outcome, delivery, now, wall, until: time.now() + (pause ?? .zero)))
        var conclusion = Conclusion(.never, status: reply?.status, reason: outcome.reason, rule: rule.name)
        conclusion.delivery = delivery
        guard let reply else { return conclusion }
        guard let pause else {
            conclusion.answer = .ready(reply)
            return conclusion
        }
        let (world, generation) = (exchange.world, generation)
        conclusion.answer = .later(pause, holding: reply.body.count) { .ready(world.generation == generation ? reply : Conclusion.closed) }
        conclusion.pause = (Timestamp(ticks: 0) + pause).ticks
        return conclusion
    }

    /// The work, or what a rule puts in its place.
    ///
    /// - Returns: the outcome, and the reply before the rule alters it; `nil` if none is ever sent.
    private mutating func struck(
        _ exchange: Exchange, _ caller: Caller?, _ strike: Strike, now: Timestamp
    ) -> (Work.Completion, Response?) {
        switch strike.substitute?.outcome(exchange.context(caller, now: now, scenario.product, scenario.fidelity)) {
        case nil:
            let outcome = Work.outcome(exchange, caller, &self, now: now)
            return (outcome, outcome.response)
        case .reply(let written):
            var outcome = Work.Completion(response(written, exchange, now: now))
            if written.status >= 400 { outcome.reason = strike.reason }
            if (400..<500).contains(written.status) { outcome.response.add("X-Mock-Why", strike.reason) }
            return (outcome, outcome.response)
        case .noReply(let ending): return (Work.Completion(Conclusion.closed), ending.map { Response(503, delivery: $0) })
        }
    }

    /// Makes an exchange wait before its work, and records that.
    ///
    /// - Returns: the ticket with which its record ends.
    public mutating func hold(_ exchange: Exchange, _ caller: Caller?, _ strike: Strike, now: Timestamp, wall: Timestamp) -> Int {
        hold(entry(exchange, caller, strike, Work.Completion(Conclusion.closed), .pending, now, wall))
    }

    /// Records an exchange whose client left before its work.
    mutating func recordDeparture(_ exchange: Exchange, _ caller: Caller?, _ strike: Strike, wall: Timestamp) {
        record(entry(exchange, caller, strike, Work.Completion(Conclusion.closed), .left, clock.now(wall: wall), wall))
    }

    private func entry(
        _ exchange: Exchange, _ caller: Caller?, _ strike: Strike?, _ outcome: Work.Completion, _ delivery: JournalEntry.Delivery,
        _ now: Timestamp, _ wall: Timestamp, until end: Timestamp? = nil
    ) -> JournalEntry {
        JournalEntry(
            exchange.request, exchange.journalSubject, caller: exchange.caller(caller), at: now, wall: wall, rule: strike?.rule.name,
            failure: strike?.substitute?.failure, effect: outcome.isCommitted ? .committed : .none, delivery: delivery,
            reply: outcome.response, why: outcome.reason, duration: (end ?? wall).ticks - exchange.came.ticks, asked: exchange.asked,
            declaredSecrets: estate.secretNames)
    }
}

extension JournalEntry.Delivery {
    /// How a reply went out; `nil` is a reply that is never sent.
    fileprivate init(_ delivery: Delivery?) {
        self =
            switch delivery {
            case .whole, .closing, .slowHeaders, .dribble: .whole
            case .reset: .reset
            case .close: .closed
            case nil: .never
            default: .broken
            }
    }
}

extension Strike {
    /// What the rule does, as the reason of a refusal or of a broken reply.
    fileprivate var reason: String {
        let effects = rule.effects.words.isEmpty ? "no effect" : rule.effects.words.map { Secrets.shown($0) }.joined(separator: ", ")
        return "the rule '\(rule.name)' strikes: \(effects)"
    }
}
