public import Base
import Command
import Entities
public import MicroHTTP
public import Model
import Orchestrators
public import Rules
public import ScenarioFormat

/// What rules do to a world and to its replies.
extension WorldState {
    /// Authenticates a request. The token endpoint does that itself.
    ///
    /// - Returns: `nil` for a request that gets 401.
    public func admit(_ exchange: Exchange, now: Timestamp) -> Caller? {
        guard case .operation = exchange.subject else { return .anyone }
        let caller = scenario.access.admit(exchange.credential, tokens, now: now)
        guard let names = caller?.roles, !names.isEmpty else { return caller }
        let roles = names.compactMap { estate.security.roles.named($0) }.filter(\.isEnabled)
        return caller.map { $0.with(roles.flatMap(\.permissions)) }
    }

    /// The rule that strikes a request, if one does. Counts and draws.
    ///
    /// - Parameters:
    ///   - exchange: the request; if somebody wants to know, it notes which rules were asked.
    ///   - caller: who makes it; `nil` if it did not pass authentication.
    ///   - now: the world's time.
    ///   - wall: the wall clock's time.
    /// - Returns: the strike.
    public mutating func strike(_ exchange: inout Exchange, _ caller: Caller?, now: Timestamp, wall: Timestamp) -> Strike? {
        guard wall < explainsUntil, book.rules.count <= Self.mostExplained else {
            guard !exchange.rules.isEmpty else { return nil }
            return strike(exchange.request, exchange.rules, caller: exchange.caller(caller), isAdmitted: caller != nil, now: now)
        }
        var reading = exchange.reading
        let moment = moment(exchange.request, caller: exchange.caller(caller), isAdmitted: caller != nil, now: now)
        let (lines, strike) = Explanation.ask(&rules, &reading, exchange.rules, of: book, at: moment)
        exchange = exchange.noting(lines)
        return strike
    }

    /// With more rules than these, it is not noted which were asked: it would take longer than the work.
    private static let mostExplained = 200

    private func moment(_ request: Request, caller: String, isAdmitted: Bool, now: Timestamp) -> RuleStates.Moment {
        RuleStates.Moment(
            request: request, caller: caller, isAdmitted: isAdmitted, world: name, seed: scenario.seed, now: now, start: start)
    }

    /// The rule that strikes a request or a connection, if one does. Counts and draws.
    ///
    /// - Parameters:
    ///   - request: what is counted, for rules that count separately.
    ///   - numbers: the rules whose operation and conditions it matches.
    ///   - caller: who makes it.
    ///   - isAdmitted: whether it passed authentication.
    ///   - now: the world's time.
    /// - Returns: the strike.
    public mutating func strike(_ request: Request, _ numbers: [Int], caller: String, isAdmitted: Bool = true, now: Timestamp) -> Strike? {
        rules.strike(book, numbers, moment(request, caller: caller, isAdmitted: isAdmitted, now: now))
    }

    /// Merges seeds into the estate, as a scenario's `estate` part does.
    ///
    /// - Parameters:
    ///   - patch: what to merge, checked.
    ///   - now: the world's time.
    /// - Throws: references to things that do not exist; then nothing is changed.
    public mutating func merge(_ patch: YAMLNode, at now: Timestamp) throws(Mistakes) {
        estate.advance(to: now)
        var builder = EstateBuilder(
            seed: scenario.seed, now: now, product: scenario.product, fidelity: scenario.fidelity, mostBytes: budget.limit, merging: estate)
        let merged = try builder.merge(patch)
        guard hasRoom(for: merged) else { throw Mistakes([Mistake(patch.mark, Self.noRoom(budget.limit))]) }
        estate = merged
        for agent in estate.agents.all { estate.pickUp(by: agent.id, now: now) }
    }

    /// What is said of what would make the worlds hold too much.
    public static func noRoom(_ limit: Int) -> String {
        "the worlds would hold more than \(limit) bytes, the most that --estate-bytes allows; reset or drop worlds, or raise it"
    }

    /// Merges the change that a rule makes.
    ///
    /// - Returns: whether it fitted the estate.
    mutating func merge(_ change: YAMLNode, now: Timestamp) -> Bool {
        do throws(Mistakes) {
            try merge(change, at: now)
            return true
        } catch {
            return false
        }
    }

    /// A reply that a rule writes, with Command's header fields, or with those of the token endpoint, which is not Command's.
    mutating func response(_ reply: WrittenReply, _ exchange: Exchange, now: Timestamp) -> Response {
        let (isOperation, hasVersionTwo) =
            switch exchange.subject {
            case .operation(.endpoint(let operation, _, _), _): (true, operation.hasVersionTwo(in: scenario.product))
            case .operation: (true, false)
            default: (false, false)
            }
        var response: Response
        if reply.isFromGateway {
            response = Response(reply.status, body: reply.body)
            response.add("Date", now.httpDate)
        } else if isOperation {
            response = self.response(reply.status, .other, body: reply.body, now: now)
        } else {
            response = Response(reply.status, body: reply.body)
            response.add("Cache-Control", "no-store")
        }
        if let type = reply.type { response.add("Content-Type", type) }
        if reply.isSuccess, isOperation { response.add("Api-Supported-Versions", WireFields.versions(two: hasVersionTwo)) }
        if reply.challenges { addChallenges(to: &response) }
        if let value = reply.retryAfter { response.add("Retry-After", value) }
        return response.changed(reply.headers)
    }
}

extension ConnectionFault {
    /// Whether it is a fault of TLS, so that it affects only HTTPS.
    public var needsTLS: Bool { self != .reset && self != .close }
}
