import MicroHTTP

@testable import Base
@testable import Command
@testable import Entities
@testable import Journal
@testable import KeyfactorMock
@testable import Model
@testable import Orchestrators
@testable import Rules
@testable import ScenarioFormat
@testable import Security
@testable import Stores
@testable import Worlds

/// Whole requests to a server without sockets: `METHOD target`, header fields, an empty line and a body. Requests are separated by
/// lines with `---`. Each input gets a new server.
enum RequestFuzzer {
    private static let separator = Array("\n---\n".utf8)

    /// Requests to Command. There is no 500, every JSON body is JSON, and refused requests change nothing.
    static func runRequests(_ input: [UInt8]) {
        let server = MockServer(scenario: Common.scenario, limits: Worlds.Limits(most: 16), isControlApart: true, time: Common.time)
        for request in requests(input) {
            let before = estate(of: server)
            guard let response = Common.settle(server.answer(request)) else { fatalError("no response, but also no rule") }
            Common.check(response, to: "\(request.method.name) \(request.text(0..<request.query.upperBound))")
            guard response.status >= 400 else { continue }
            always(estate(of: server) == before, "a request that was answered \(response.status) changed the estate")
        }
    }

    /// Requests to the control interface and, with the rules that these create, to Command; every other input with little room.
    static func runControl(_ input: [UInt8]) {
        let scenario = input.count % 2 == 0 ? Common.scenario : Common.tightScenario
        let server = MockServer(scenario: scenario, limits: Worlds.Limits(most: 16), time: Common.time)
        for request in requests(input) {
            defer { Common.checkBudget(of: server) }
            let before = estate(of: server)
            let target = request.text(0..<request.query.upperBound)
            let response = Common.settle(server.answer(request))
            guard target.hasPrefix("/_mock/"), let response else { continue }
            // A scenario is returned as it was written, whatever it contains.
            Common.check(response, to: "\(request.method.name) \(target)")
            guard response.status >= 400 else { continue }
            always((try? JSONDocument(response.body))?.root["error"]?.text?.isEmpty == false, "\(response.status) without a reason")
            always(estate(of: server) == before, "a request that was answered \(response.status) changed the estate")
        }
    }

    /// The estate and the jobs of the default world, after everything that is due.
    private static func estate(of server: MockServer) -> [UInt8] {
        var estate = server.worlds.standard.withState { state in
            state.estate.advance(to: state.now(wall: Common.noon))
            return state.estate
        }
        estate.jobs.progress = Progress()
        var writer = JSONWriter(capacity: 4096)
        estate.dump(to: &writer)
        writer.array(estate.jobs.scheduled.all) { $1.writeControl(to: &$0, estate) }
        return writer.bytes
    }

    /// Parses at most eight requests. Requests that the listener would refuse are skipped.
    private static func requests(_ input: [UInt8]) -> [Request] {
        var (rest, found) = (input[...], [Request]())
        while found.count < 8, !rest.isEmpty {
            let end = rest.firstRange(of: separator)
            if let request = request(rest[..<(end?.lowerBound ?? rest.endIndex)]) { found.append(request) }
            rest = rest[(end?.upperBound ?? rest.endIndex)...]
        }
        return found
    }

    private static func request(_ bytes: ArraySlice<UInt8>) -> Request? {
        let blank = bytes.firstRange(of: [0x0A, 0x0A])
        let head = String(decoding: bytes[..<(blank?.lowerBound ?? bytes.endIndex)], as: UTF8.self)
        let lines = head.split(separator: "\n", omittingEmptySubsequences: false)
        let words = lines.first?.split(separator: " ", maxSplits: 1) ?? []
        guard words.count == 2, words[1].hasPrefix("/"), words[1].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        var headers = [("Host", "localhost"), ("x-keyfactor-requested-with", "APIClient")]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { continue }
            let value = parts[1].drop { $0 == " " }.filter { $0.isASCII ? ($0.asciiValue ?? 0) >= 0x20 && $0 != "\u{7F}" : true }
            headers.append((String(parts[0]), String(value)))
        }
        let body = blank.map { Array(bytes[$0.upperBound...]) } ?? []
        return Request(Method(String(words[0])), String(words[1]), headers: headers, body: body)
    }
}
