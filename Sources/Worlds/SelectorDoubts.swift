import Base
import Command
import MicroHTTP
import Model
import Rules
import ScenarioFormat

/// Selectors that hardly find anything: nearly the name of something that requests to an operation have. What is unlike every name is
/// taken, since a client may send what the mock does not know.
final class SelectorDoubts: Sendable {
    private let product: ProductVersion
    private let known = Lock<[String: Requests]>([:])

    /// What the requests to some operations may have.
    private struct Requests {
        var parameters: [String] = []
        var bodies: [Schema] = []
    }

    init(product: ProductVersion) { self.product = product }

    /// What is probably misspelt in a selector; `nil` for nothing.
    func warning(_ name: WrittenName, of operation: String) -> Mistake? {
        let parts = name.text.split(separator: ".", maxSplits: 1).map(String.init)
        switch parts[0] {
        case "header":
            guard let near = parts.last.flatMap({ Self.near($0, Self.headers, shortest: 8) }) else { return nil }
            return mistake(name, "header field", parts[1], "header.\(near)")
        case "query":
            let written = parts.last?.split(separator: ".").last.map(String.init) ?? ""
            guard let near = Self.near(written, requests(of: operation).parameters, shortest: 4) else { return nil }
            return mistake(name, "query parameter", written, "query.\(near)")
        case _ where parts[0].hasPrefix("body"):
            return body(name, requests(of: operation).bodies)
        default: return nil
        }
    }

    private func body(_ name: WrittenName, _ bodies: [Schema]) -> Mistake? {
        var schemas = bodies
        for step in name.text.dropFirst("body".count).split(whereSeparator: { ".[".contains($0) }).map(String.init) {
            if step.hasSuffix("]") {
                schemas = schemas.flatMap(\.elements)
                continue
            }
            let members = schemas.flatMap(\.namedMembers)
            let met = members.filter { $0.name.lowercased() == step.lowercased() }
            guard met.isEmpty else {
                schemas = met.map(\.schema)
                continue
            }
            return Self.near(step, members.map(\.name), shortest: 3).map { mistake(name, "member", step, $0) }
        }
        return nil
    }

    private func mistake(_ name: WrittenName, _ what: String, _ written: String, _ near: String) -> Mistake {
        Mistake(name.mark, "these requests have no \(what) '\(Mistake.shortened(written))'", hint: "did you mean '\(near)'?")
    }

    private static func near(_ written: String, _ names: [String], shortest: Int) -> String? {
        guard written.count >= shortest, !names.contains(where: { $0.lowercased() == written.lowercased() }) else { return nil }
        return nearestWord(to: written, among: names)
    }

    /// What requests to an operation may have; nothing where a pattern stands for many operations.
    private func requests(of operation: String) -> Requests {
        if let requests = known.withLock({ $0[operation] }) { return requests }
        let pattern = OperationPattern(operation)
        let met = API.operations.filter { pattern.meets($0.pattern) && $0.isServed(by: product) }
        var requests = Requests()
        if met.count <= 8 {
            requests.parameters = met.flatMap { $0.query.map(\.name) }
            requests.bodies = met.compactMap { $0.takes?(product) }
        }
        known.withLock { $0[operation] = requests }
        return requests
    }

    /// Header fields that Command, the mock or every client has.
    private static let headers = [
        "x-keyfactor-requested-with", "x-keyfactor-api-version", "x-certificateformat", "x-mock-world", "authorization", "content-type",
        "content-length", "content-encoding", "accept-encoding", "accept-language", "user-agent", "x-requested-with", "x-correlation-id",
        "x-keyfactor-correlation-id", "x-request-id", "transfer-encoding", "if-none-match", "if-modified-since", "connection",
        "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "traceparent", "tracestate",
    ]
}
