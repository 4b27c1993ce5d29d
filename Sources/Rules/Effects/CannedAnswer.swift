import ScenarioFormat

/// Sends a reply that the scenario writes out instead of doing the work, even where the mock has no operation.
enum CannedAnswer: Effect {
    static let form = EffectForm(
        key: "answer", use: .requests,
        variants: [
            .init(
                name: "an answer",
                fields: [
                    .init(
                        "answer",
                        .object(
                            "an answer",
                            fields: [
                                .init("status", .integer(200...599), about: "default 200"), HeaderChanges.field, CannedBody.field,
                            ]), required: true, about: "sent instead of doing the work; also on paths that the mock does not know")
                ])
        ])

    static func action(_ node: YAMLNode, for subject: OperationPattern.Subject) -> Action {
        let answer = node["answer"]
        let (status, body) = (answer?["status"]?.integer ?? 200, answer?["body"].map { CannedBody($0) })
        let reply = WrittenReply(
            status: status, body: body?.bytes ?? [], type: body?.type, isSuccess: status < 300, headers: HeaderChanges(answer?["headers"]))
        return .replaceWork(Substitute(servesAnyPath: true) { _ in .reply(reply) })
    }
}
