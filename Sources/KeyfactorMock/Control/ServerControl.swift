import Model
import Base
import Entities
import Journal
import MicroHTTP
import ScenarioFormat
import Worlds

/// The pages about the server as a whole, and about its worlds.
enum ServerControl {
    static let all: [ControlEndpoint] = [
        ControlEndpoint(.get, "", "This index: each operation, with its link and what it is for", scope: .server) { _ in
            .ofControl { ControlDescription.writeIndex(to: &$0) }
        },
        ControlEndpoint(.get, "livez", "200 while the process lives", scope: .open) { _ in .ofControl("alive\n") },
        ControlEndpoint(.get, "readyz", "200 once the sockets listen", scope: .open, ready),
        ControlEndpoint(.get, "ca.pem", "The CA to trust, in PEM", scope: .open, authority),
        ControlEndpoint(.get, "info", "Version, seed, release, ports, number of worlds, process", info),
        ControlEndpoint(.get, "openapi.json", "The operations of Command that are served, in OpenAPI 3.1") { call in
            .ofControl { OpenAPI.write(call.scenario, to: &$0) }
        },
        ControlEndpoint(.get, "control.openapi.json", "This interface, in OpenAPI 3.1", scope: .server) { _ in
            .ofControl { ControlDescription.write(to: &$0) }
        },
        ControlEndpoint(.get, "scenario.schema.json", "The JSON Schema of scenario files", scope: .server) { _ in
            .ofControl(Catalogue.scenarioSchema + "\n", type: "application/schema+json")
        },
        ControlEndpoint(waits: .get, "metrics", "Counts and times for Prometheus", scope: .server, metrics),
        ControlEndpoint(waits: .get, "worlds", "All worlds", scope: .server, worlds),
        ControlEndpoint(.post, "worlds", "Make a world, or fork one", body: worldShape, scope: .server, make),
        ControlEndpoint(.delete, "worlds/{name}", "Drop a world; what waits in it is closed", scope: .server, drop),
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
        let scenario = call.scenario
        return .ofControl { writer in
            writer.object { writer in
                writer.member("version", Version.current)
                writer.member("scenario", scenario.name)
                writer.member("seed", Int(scenario.seed))
                writer.member("client", scenario.client?.name)
                writer.member("product", scenario.product.rawValue)
                writer.member("http", call.facts?.httpPort.map(Int.init))
                writer.member("https", call.facts?.httpsPort.map(Int.init))
                writer.member("admin", call.facts?.adminPort.map(Int.init))
                writer.member("worlds", call.worlds.count)
                writer.member("pid", (call.facts?.processID).map(Int.init))
            }
        }
    }

    private static func metrics(_ call: ControlCall) -> Answer {
        let (retired, others) = call.worlds.tallies
        return answer(others) { tallies in
            let total = tallies.reduce(into: retired) { $0.add($1) }
            let text = call.metrics.text(total, call.gauges)
            return .ofControl(text, type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    /// Answers with what a survey finds. While a world is busy no thread waits for it.
    private static func answer<Finding>(_ survey: Survey<Finding>, _ response: @escaping @Sendable ([Finding]) -> Response) -> Answer {
        var survey = survey
        guard survey.ask() else { return .later(.milliseconds(2)) { [survey] in answer(survey, response) } }
        return .ready(response(survey.findings))
    }

    // MARK: Worlds

    private static func worlds(_ call: ControlCall) -> Answer {
        answer(Survey(call.worlds.all) { Line($0) }) { lines in
            .ofControl { writer in
                writer.array(lines) { $1.write(to: &$0) }
            }
        }
    }

    /// A world in the list of worlds.
    private struct Line: Sendable {
        let (name, requests, jobs, generation): (String, Int, Int, Int)

        init(_ state: WorldState) {
            (name, generation) = (state.name, state.generation)
            (requests, jobs) = (state.tally.total, state.estate.jobs.scheduled.count)
        }

        func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("name", name)
                writer.member("requests", requests)
                writer.member("jobs", jobs)
                writer.member("generation", generation)
            }
        }
    }

    private static let worldShape = Shape.object(
        "a world",
        fields: [
            .init(
                "name", .text("a world's name", pattern: "[A-Za-z0-9._-]{1,64}"), required: true,
                about: "1 to 64 letters, digits, '.', '_' or '-'"),
            .init("from", .text("a world's name"), about: "the world that it is forked from; default the starting scenario"),
        ])

    private static func make(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let body = try call.body(worldShape)
        let name = body["name"]?.text ?? ""
        var source: WorldState?
        if let from = body["from"]?.text {
            guard let world = call.worlds[from] else { throw call.noWorld(from, "to fork") }
            source = world.withState { $0 }
        }
        if let source, !source.forkHasRoom(as: name) { throw call.noRoom }
        guard let world = call.worlds.make(name, from: source, wall: call.wall) else {
            throw ControlRefusal(
                409,
                "There is a world '\(name)' already. DELETE /_mock/worlds/\(name) drops it, POST /_mock/worlds/\(name)/reset resets it.")
        }
        let line = world.withState { Line($0) }
        var response = Response.ofControl { line.write(to: &$0) }
        response.status = 201
        return response
    }

    private static func drop(_ call: ControlCall) throws(ControlRefusal) -> Response {
        guard call.parameter != Worlds.standardName else {
            throw ControlRefusal(409, "The world 'default' always exists; POST /_mock/reset resets it.")
        }
        guard call.worlds.drop(call.parameter) else { throw call.noWorld(call.parameter) }
        return Response(204)
    }
}

extension ControlCall {
    /// What is held now, and what may be held.
    fileprivate var gauges: [(name: String, about: String, value: Int)] {
        let (budget, connections) = (worlds.budget, facts?.connections)
        return [
            ("worlds", "Worlds that exist.", worlds.count),
            ("journal_bytes", "Bytes that all journals hold.", budget.journals.used),
            ("journal_bytes_limit", "Bytes that all journals may hold.", budget.journals.limit),
            ("estate_bytes", "Bytes that all worlds hold: estates, scenarios, rules, tokens.", budget.used),
            ("estate_bytes_limit", "Bytes that all worlds may hold.", budget.limit),
            ("connection_bytes", "Bytes of requests and replies that connections hold.", connections?.used ?? 0),
            ("connection_bytes_limit", "Bytes that connections may hold.", connections?.limit ?? 0),
        ]
    }
}
