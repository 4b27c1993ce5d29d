import MicroHTTP

/// What can be asked about the server as a whole.
enum ServerControl {
    static let all: [ControlEndpoint] = [
        ControlEndpoint(.get, "livez", isOpen: true) { _ in .ofControl("alive\n") },
        ControlEndpoint(.get, "readyz", isOpen: true, ready),
        ControlEndpoint(.get, "ca.pem", isOpen: true, authority),
        ControlEndpoint(.get, "info", info),
        ControlEndpoint(.get, "openapi.json") { call in .ofControl { OpenAPI.write(call.scenario, to: &$0) } },
    ]

    private static func ready(_ call: ControlCall) throws(ControlRefusal) -> Response {
        guard call.facts != nil else { throw ControlRefusal(503, "The sockets do not listen yet.") }
        return .ofControl("ready\n")
    }

    private static func authority(_ call: ControlCall) throws(ControlRefusal) -> Response {
        guard let authority = call.facts?.authority else { throw ControlRefusal(404, "There is no CA: the server runs without HTTPS.") }
        return .ofControl(authority, type: "application/x-pem-file")
    }

    private static func info(_ call: ControlCall) -> Response {
        .ofControl { writer in
            writer.object { writer in
                writer.member("version", Version.current)
                writer.member("seed", Int(call.scenario.seed))
                writer.member("product", call.scenario.product.rawValue)
                writer.member("http", call.facts?.httpPort.map(Int.init))
                writer.member("https", call.facts?.httpsPort.map(Int.init))
                writer.null("admin")
                writer.member("worlds", 1)
                writer.member("pid", (call.facts?.processID).map(Int.init))
            }
        }
    }
}
