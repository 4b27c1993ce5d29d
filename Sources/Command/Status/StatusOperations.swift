import Base
import MicroHTTP
public import Model

/// What clients ask to see whether Command is up and lets them in.
public enum StatusOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] = [endpoints, healthCheck]

    /// Every operation that the caller may use. The log-in probe of all Go clients; they only need an array of strings.
    private static let endpoints = Operation(
        .get, "/Status/Endpoints", needs: .nothing, returns: { _ in .array(.text) },
        established: "200 with an array of strings; the log-in probe of the Go clients (client)",
        assumed: "what a string looks like (`GET /Agents`); that it lists only what the caller may use"
    ) { call, _ in
        let usable = API.operations.filter { $0.isServed(by: call.product) && call.caller.permissions.allow($0.needs) }
        var writer = JSONWriter(style: call.style, capacity: 2048)
        writer.array(usable) { $0.value($1.name) }
        return .reply(Reply(200, writer.bytes))
    }

    /// Not in 10.x or 11.x; first seen in 25.1.1. 12.3 and 24.4 are interpolated.
    private static let healthCheck = Operation(
        .get, "/Status/HealthCheck", since: .v12, needs: .nothing,
        established: """
            in the description of 25, not in those of 10 and 11 (documented); scripts expect 204 without a body (client)
            """,
        assumed: "the first release that has it, 12.3; it never fails here"
    ) { _, _ in .reply(Reply(204)) }
}
