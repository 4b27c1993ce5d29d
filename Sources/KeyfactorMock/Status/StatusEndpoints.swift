import MicroHTTP

/// What clients ask to see whether Command is there and lets them in.
enum StatusEndpoints {
    static let all: [Endpoint] = [
        Endpoint(.get, "/Status/Endpoints", needs: .nothing, endpoints),
        // Not in 10.x or 11.x; first seen in 25.1.1. 12.3 and 24.4 are interpolated.
        Endpoint(.get, "/Status/HealthCheck", since: .v12, needs: .nothing, healthCheck),
    ]

    /// Every operation that the caller may use. The log-in probe of all Go clients; they only need an array of strings.
    static func endpoints(_ call: Call, _ estate: Estate) -> Outcome {
        let usable = API.endpoints.filter { $0.since <= call.product && call.caller.permissions.allow($0.needs) }
        var writer = JSONWriter(style: call.style, capacity: 2048)
        writer.array(usable) { $0.value($1.name) }
        return .reply(Reply(200, writer.bytes))
    }

    static func healthCheck(_ call: Call, _ estate: Estate) -> Outcome {
        .reply(Reply(204))
    }
}
