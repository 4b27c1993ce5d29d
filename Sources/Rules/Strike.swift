public import MicroHTTP

/// A rule that strikes a request, with everything drawn that it needs.
public struct Strike: Sendable {
    /// The rule that strikes.
    public let rule: Rule
    /// What happens in place of the work; `nil` if the work is done.
    public let substitute: Substitute?
    /// How long the request waits before its work.
    public let pauseBeforeWork: Duration?
    /// How long the reply waits before it is sent.
    public let pauseBeforeReply: Duration?
    /// Where the draws of the transmission begin.
    private let transmissionDraws: Draws

    /// Draws what the rule's effects need, in the order of their stages.
    ///
    /// - Parameters:
    ///   - rule: the rule.
    ///   - refusal: what the rule's limit sends, if it has one.
    ///   - draws: the rule's stream; moves on.
    init(_ rule: Rule, refusal: Substitute?, _ draws: inout Draws) {
        self.rule = rule
        substitute = refusal ?? rule.effects.substitute
        pauseBeforeWork = rule.effects.delayBeforeWork?.drawn(&draws)
        pauseBeforeReply = rule.effects.delayBeforeReply?.drawn(&draws)
        transmissionDraws = draws
        draws.skip(rule.effects.transmission?.draws ?? 0)
    }

    /// A reply with what the rule does to it.
    ///
    /// - Parameter reply: the reply of the work, or of what happened in its place.
    /// - Returns: the reply as it is sent; `nil` if nothing is ever sent.
    public func altered(_ reply: consuming Response) -> Response? {
        rule.effects.alteration?(&reply)
        guard let transmission = rule.effects.transmission else { return reply }
        var draws = transmissionDraws
        guard let delivery = transmission.delivery(reply.body.count, &draws) else { return nil }
        reply.delivery = delivery
        // How much of a body is sent depends on all of it.
        guard let finish = reply.finish else { return reply }
        let start = transmissionDraws
        reply.finish = { response in
            finish(&response)
            var draws = start
            if let delivery = transmission.delivery(response.body.count, &draws) { response.delivery = delivery }
        }
        return reply
    }
}
