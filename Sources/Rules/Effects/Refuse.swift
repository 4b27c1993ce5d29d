import Model
import ScenarioFormat

/// Sends a failure instead of doing the work.
struct Refuse: Effect {
    let failure: Failure
    /// What is sent instead of the failure's own status, code, message and body.
    let status: Int
    let code: String
    let message: String
    let body: CannedBody?
    let headers: HeaderChanges
    let retryAfter: RetryAfter?

    static let form = EffectForm(
        key: "refuse", use: .requests,
        variants: [
            .init(
                name: "a refusal",
                fields: [.init("refuse", shape, required: true, about: "a failure instead of the reply; the work is not done")])
        ])

    private static let name = Shape.word(Failure.library.map(\.name))

    private static let shape = Shape.oneOf(
        [
            name,
            .object(
                "a refusal",
                fields: [
                    .init("failure", name, about: "the failure's name; keyfactor-mock failures lists them"),
                    .init("status", .integer(200...599), about: "the HTTP status"),
                    .init("code", .text("an ErrorCode such as 0xA0110004", length: 1...64), about: "the ErrorCode"),
                    .init("message", .text(), about: "the Message"),
                    HeaderChanges.field, CannedBody.field,
                    .init("retryAfter", RetryAfter.shape, about: "Retry-After: 30s, or { date: 30s } for an HTTP date"),
                ]),
        ], "a failure's name such as unavailable, or { failure, status, code, message, headers, body, retryAfter }")

    static func action(_ node: YAMLNode, for subject: OperationPattern.Subject) throws(Mistake) -> Action {
        .replaceWork(try Refuse(node["refuse"] ?? node).substitute)
    }

    /// Reads the value of the key `refuse`.
    ///
    /// - Throws: a change to a failure that was recorded, or a refusal that has neither a failure's name nor a status.
    init(_ node: YAMLNode) throws(Mistake) {
        let known = (node.text ?? node["failure"]?.text).flatMap { Failure.named($0) }
        failure = known ?? .generic
        status = node["status"]?.integer ?? failure.status
        code = node["code"]?.text ?? failure.code
        message = node["message"]?.text ?? failure.message
        body = node["body"].map { CannedBody($0) }
        headers = HeaderChanges(node["headers"])
        retryAfter = node["retryAfter"].map { RetryAfter($0) } ?? failure.retryAfter
        if let known, known.provenance != .assumed,
            let changed = node.entries.first(where: { ["status", "code", "message", "body"].contains($0.key.text) })
        {
            throw Mistake(
                changed.key.mark, "'\(known.name)' is \(known.provenance.rawValue) and keeps its \(changed.key.text ?? "")",
                hint: "leave out 'failure' to send something of your own")
        }
        if known == nil, node["status"] == nil {
            throw Mistake(node.mark, "a refusal needs a failure's name or a status", hint: "such as { failure: unavailable }")
        }
    }

    /// A throttled request, beyond a limit.
    init(beyond limit: Limit, for wait: Duration) {
        failure = Failure.named("throttled") ?? .generic
        (status, code, message, body) = (failure.status, failure.code, failure.message, nil)
        headers = HeaderChanges(nil)
        retryAfter = RetryAfter(max(wait, .seconds(1)), limit.retryAfter)
    }

    /// The refusal in place of the work.
    var substitute: Substitute {
        Substitute(failure: failure.name.isEmpty ? nil : failure.name) { context in .reply(reply(context)) }
    }

    private func reply(_ context: Substitute.Context) -> WrittenReply {
        let own = sent.body(context)
        return WrittenReply(
            status: status, body: body?.bytes ?? own.bytes, type: body?.type ?? own.type, isFromGateway: failure.isOfGateway,
            challenges: failure.challenges, retryAfter: retryAfter?.value(now: context.now), headers: headers)
    }

    /// The failure with its own status, code and message replaced by those of the rule.
    private var sent: Failure {
        Failure(
            failure.name, status, code.isEmpty ? Refusal.badArgumentCode : code, message, failure.provenance,
            form: message == failure.message && code == failure.code ? failure.form : .refusal, when: failure.when)
    }
}
