import TestSupport
import Testing

@testable import Base

struct AgentEndpointsTests {
    @Test(arguments: ["10.5", "25.4"])
    func theListIsAsRecorded(_ product: String) throws {
        let body = try Mock("product: '\(product)'").get("/Agents").body
        #expect(Golden.difference(body + "\n", "Tests/KeyfactorMockTests/Goldens/agents-\(product).json") == nil)
    }

    @Test func oneAgentIsFoundByItsIdInAnyCase() throws {
        let mock = try Mock()
        let id = mock.agent("uo-1")
        #expect(try mock.get("/Agents/\(id.uppercased())").json["AgentId"]?.text == id)
    }

    @Test(arguments: [
        ("vendor", "00000000-0000-0000-0000-000000000009", 404, "Agent with id of '00000000-0000-0000-0000-000000000009' does not exist"),
        ("400", "00000000-0000-0000-0000-000000000009", 400, "Agent with id of '00000000-0000-0000-0000-000000000009' does not exist"),
        ("vendor", "uo-1", 400, "id: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 'uo-1'."),
    ])
    func anUnknownAgentIsRefused(_ value: String, _ id: String, _ status: Int, _ message: String) throws {
        let reply = try Mock("fidelity: { unknownIds: '\(value)' }").get("/Agents/\(id)")
        #expect(reply.status == status)
        #expect(reply.message == message)
    }

    @Test func nullsAreLeftOutAndEnumsNamedWhereAsked() throws {
        let agent = try Mock("fidelity: { nulls: omit, enums: names }").get("/Agents").json.elements[1]
        #expect(agent["Blueprint"] == nil)
        #expect(agent["Status"]?.text == "Approved")
        #expect(agent["AgentPlatform"]?.text == ".NET")
    }
}
