import TestSupport
import Testing

@testable import Base
@testable import Command
@testable import Model

struct StatusEndpointsTests {
    @Test func theLogInProbeIsAnArrayOfEveryOperation() throws {
        #expect(
            try Mock().get("/Status/Endpoints").json.elements.map(\.text) == API.operations.filter { $0.isServed(by: .v25) }.map(\.name))
    }

    @Test(arguments: [("10.5", 404), ("11.6", 404), ("25.4", 204)])
    func theHealthCheckCameLater(_ product: String, _ status: Int) throws {
        let reply = try Mock("product: '\(product)'").get("/Status/HealthCheck")
        #expect(reply.status == status)
        #expect(reply["X-Mock-Why"] == (status == 404 ? "Command \(product) has no GET /Status/HealthCheck" : nil))
    }
}
