/// What the operations of agents take and answer.
enum AgentDescription {
    static let all: [String: Description] = [
        "GET /Agents": .list(of: agent),
        "GET /Agents/{id}": .answers(agent),
        "DELETE /Agents/{id}": .done(query: [.init(name: "force", schema: .boolean)]),
        "POST /Agents/Approve": .done(ids),
        "POST /Agents/Disapprove": .done(ids),
        "POST /Agents/Reset": .done(ids),
        "POST /Agents/{id}/Reset": .done(),
        "POST /Agents/{id}/FetchLogs": .done(),
        "POST /Agents/SetAuthCertificateReenrollment": .answers(
            .model("AgentReenrollmentResponse", .object([.always("FailedOrchestratorIds", ids), .always("Status", reenrollment)])),
            to: .model("AgentReenrollmentRequest", .object([.always("OrchestratorIds", ids), .always("Status", reenrollment)]))),
    ]

    private static let ids = Schema.array(.guid)
    private static let reenrollment = Schema.word(Agent.CertificateReenrollment.self, \.name)

    private static let agent = Schema.model(
        "AgentResponse",
        .object([
            .always("AgentId", .guid),
            .always("ClientMachine", .text),
            .always("Username", .text),
            .always("AgentPlatform", .either([.integer, .text])),
            .always("Version", .text),
            .always("Status", .word(Agent.Status.self, \.name)),
            .always("LastSeen", .time),
            .always("Capabilities", .array(.text)),
            .nullable("Blueprint", .text),
            .always("Thumbprint", .text),
            .always("LegacyThumbprint", .text),
            .always("AuthCertificateReenrollment", reenrollment),
            .always("LastThumbprintUsed", .text),
            .nullable("LastErrorCode", .integer),
            .nullable("LastErrorMessage", .text),
            .optional("JobTypes", .array(.model("AgentJobTypeResponse", jobType))),
        ]))

    private static let jobType = Schema.object([
        .always("Name", .text), .always("CertStoreTypeShortName", .text), .always("CertStoreJobType", .text), .always("JobTypeId", .guid),
    ])
}
