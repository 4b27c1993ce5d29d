import Base
import Entities
import Model

/// The estates that come with the mock.
extension EstateBuilder {
    mutating func addSmall() {
        estate.put(Self.sampleJobType(Identifiers.fixed(.jobType, "SampleCustomJobType", seed: seeding.seed)))
        put(agent("uo-1", .approved, ["PEM", "LOGS", "SampleCustomJobType"]))
        put(agent("uo-2", .new, ["PEM", "LOGS"]))
        put(store("web-1", "/etc/ssl/app.pem", agent: "uo-1"))
        addSampleCatalogue()
        addSmallSecurity()
        addSampleCertificates()
    }

    mutating func addLarge() {
        estate.put(Self.sampleJobType(Identifiers.fixed(.jobType, "SampleCustomJobType", seed: seeding.seed)))
        for n in 1...200 { put(agent("uo-\(n)", .approved, ["PEM", "LOGS", "SampleCustomJobType"])) }
        for n in 1...10_000 { put(store("web-\(n)", "/etc/ssl/app.pem", agent: "uo-\((n - 1) % 200 + 1)")) }
        addSampleCatalogue()
        addSampleCertificates()
    }

    static func sampleJobType(_ id: GUID) -> JobType {
        JobType(
            id: id, name: "SampleCustomJobType", description: "A custom job type to try things with",
            fields: [
                JobType.Field(name: "ParamInt", type: .int, isRequired: true, defaultValue: nil),
                JobType.Field(name: "ParamText", type: .string, isRequired: false, defaultValue: "hello"),
            ])
    }

    func agent(_ machine: String, _ status: Agent.Status, _ capabilities: [String]) -> Agent {
        Agent(
            id: Identifiers.fixed(.agent, machine, seed: seeding.seed), machine: machine, username: "EXAMPLE\\svc-\(machine)",
            platform: .dotNet,
            version: "\(seeding.product.rawValue).0.0", status: status, lastSeen: nil, capabilities: capabilities, polls: true,
            blueprint: nil)
    }

    func store(_ machine: String, _ path: String, type: Int = 2, agent: String? = nil) -> CertificateStore {
        CertificateStore(
            id: Identifiers.fixed(.store, "\(machine)\n\(path)\n\(type)", seed: seeding.seed), machine: machine, path: path, type: type,
            agent: agent.flatMap { seeding.agents[$0.lowercased()] }, container: nil, isApproved: true)
    }
}
