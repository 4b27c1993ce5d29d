import MicroHTTP

/// What rules do to a world and to what it answers.
extension WorldState {
    /// Lets a request in, or does not. The token endpoint asks nobody.
    ///
    /// - Returns: `nil` for a request to be answered 401.
    func admit(_ exchange: Exchange, now: Timestamp) -> Caller? {
        guard case .operation = exchange.subject else { return .anyone }
        return scenario.access.admit(exchange.credential, tokens, now: now)
    }

    /// The rule that strikes a request, if one does. Counts and draws.
    mutating func strike(_ exchange: Exchange, _ caller: Caller?, now: Timestamp) -> Strike? {
        strike(exchange.request, exchange.rules, caller: exchange.caller(caller), isAdmitted: caller != nil, now: now)
    }

    /// The rule that strikes a request or a connection, if one does. Counts and draws.
    ///
    /// - Parameters:
    ///   - request: what is counted, for rules that count apart.
    ///   - numbers: the rules whose operation and conditions it fits.
    ///   - caller: who makes it.
    ///   - isAdmitted: whether it passed log-in.
    ///   - now: the world's time.
    /// - Returns: the strike.
    mutating func strike(_ request: Request, _ numbers: [Int], caller: String, isAdmitted: Bool = true, now: Timestamp) -> Strike? {
        let moment = RuleStates.Moment(
            request: request, caller: caller, isAdmitted: isAdmitted, world: name, seed: scenario.seed, now: now, start: start)
        return rules.strike(book, numbers, moment)
    }

    /// Merges seeds into the estate, as a scenario's `estate` part does.
    ///
    /// - Parameters:
    ///   - patch: what to merge, checked.
    ///   - now: the world's time.
    /// - Throws: names of nothing; then nothing is changed.
    mutating func merge(_ patch: YAMLNode, at now: Timestamp) throws(Mistakes) {
        estate.advance(to: now)
        var builder = EstateBuilder(
            seed: scenario.seed, now: now, product: scenario.product, fidelity: scenario.fidelity, merging: estate)
        estate = try builder.merge(patch)
        for agent in estate.agents.all { estate.pickUp(by: agent.id, now: now) }
    }

    /// Merges what a rule changes.
    ///
    /// - Returns: whether that was possible.
    mutating func merge(_ change: YAMLNode, now: Timestamp) -> Bool {
        do throws(Mistakes) {
            try merge(change, at: now)
            return true
        } catch {
            return false
        }
    }

    /// A failure that a rule sends.
    mutating func response(_ refuse: Refuse, _ exchange: Exchange, _ caller: Caller?, now: Timestamp) -> Response {
        let body = refuse.sent.body(caller: exchange.caller(caller), id: exchange.identifier)
        let bytes = refuse.body?.bytes ?? body.bytes
        // What a gateway says has not seen Command.
        let isOfGateway = refuse.failure.isOfGateway
        var response = isOfGateway ? Response(refuse.status, body: bytes) : blank(refuse.status, bytes, exchange, now: now)
        if isOfGateway { response.add("Date", now.httpDate) }
        if let type = refuse.body?.type ?? body.type { response.add("Content-Type", type) }
        if refuse.failure.challenges { addChallenges(to: &response) }
        if let value = refuse.retryAfter?.value(now: now) { response.add("Retry-After", value) }
        return response.changed(refuse.headers)
    }

    /// A reply that a scenario writes out.
    mutating func response(_ answer: CannedAnswer, _ exchange: Exchange, now: Timestamp) -> Response {
        var response = blank(answer.status, answer.body?.bytes ?? [], exchange, now: now)
        if let body = answer.body { response.add("Content-Type", body.type) }
        if answer.status < 300, case .operation = exchange.subject { response.add("Api-Supported-Versions", "1.0") }
        return response.changed(answer.headers)
    }

    /// A response without a type: with Command's header fields, or with those of the token endpoint, which is not Command's.
    private mutating func blank(_ status: Int, _ body: [UInt8], _ exchange: Exchange, now: Timestamp) -> Response {
        if case .operation = exchange.subject { return response(status, .other, body: body, now: now) }
        var response = Response(status, body: body)
        response.add("Cache-Control", "no-store")
        return response
    }

    /// A reply with what a rule does to it.
    ///
    /// - Returns: `nil` if it is never to be sent.
    func delivered(_ response: Response, by strike: Strike, now: Timestamp) -> Response? {
        var reply = response
        if let alteration = strike.rule.effects.alteration {
            if let status = alteration.status { reply.status = status }
            reply.body = alteration.body(reply.body)
            let type = alteration.replacement?.type ?? (response.body.isEmpty && !reply.body.isEmpty ? CannedBody.json : nil)
            if let type { reply = reply.changed(HeaderChanges(fields: [("Content-Type", type)])) }
            reply = reply.changed(alteration.headers)
        }
        guard strike.rule.effects.broken != nil else { return reply }
        guard let delivery = strike.delivery(of: reply.body.count) else { return nil }
        reply.delivery = delivery
        return reply
    }
}

extension Exchange {
    /// The identifier in the path, for failures that name one.
    fileprivate var identifier: String {
        guard case .operation(.endpoint(_, _, let parameters), _) = subject, let id = parameters.first else { return GUID.empty.text }
        return id.value
    }
}

extension Response {
    /// The response with header fields set over its own.
    func changed(_ changes: HeaderChanges) -> Response {
        guard !changes.fields.isEmpty else { return self }
        let names = changes.fields.map { $0.name.lowercased() }
        var changed = Response(status, body: body, delivery: delivery)
        for header in headers where !names.contains(header.name.lowercased()) { changed.add(header.name, header.value) }
        for change in changes.fields { if let value = change.value { changed.add(change.name, value) } }
        return changed
    }
}

extension ConnectionFault {
    /// Whether it is a fault of TLS, so that it concerns HTTPS alone.
    var needsTLS: Bool { self != .reset && self != .close }
}
