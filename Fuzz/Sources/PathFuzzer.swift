@testable import Base
@testable import Command
@testable import Entities
@testable import Journal
@testable import KeyfactorMock
@testable import MicroHTTP
@testable import Model
@testable import Orchestrators
@testable import Rules
@testable import ScenarioFormat
@testable import Security
@testable import Stores
@testable import Worlds

/// Paths, queries and operation patterns. The first line of the input is a target, the other two are patterns. The router agrees
/// with the patterns, and patterns are consistent with each other.
enum PathFuzzer {
    private static let router = Common.scenario.router
    private static let near = NearMiss(bases: Common.scenario.basePaths)
    private static let worlds = Worlds(scenario: Common.scenario, wall: Common.noon, limits: Worlds.Limits(most: 16))

    static func run(_ input: [UInt8]) {
        let lines = input.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
        for plus in [false, true] {
            guard let decoded = PercentEncoding.decode(lines[0], plusIsSpace: plus) else { continue }
            let encoded = decoded.utf8.flatMap { Array("%".utf8) + hexadecimal($0) }
            always(PercentEncoding.decode(encoded, plusIsSpace: plus) == decoded, "encoded again it differs: \(decoded)")
        }
        let patterns = lines.dropFirst().map { String(decoding: $0, as: UTF8.self) }.filter(isPattern).map { OperationPattern($0) }
        // The listener rejects all other targets.
        guard lines[0].allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return }
        let (bytes, end) = (Array(lines[0]), lines[0].count)
        for method in [Method.get, .head, .post, .put, .delete] {
            check(Request(method, bytes: bytes, targetEnd: end, fieldsEnd: end, isSecure: false, peer: "127.0.0.1"), patterns)
        }
    }

    private static func check(_ request: Request, _ patterns: [OperationPattern]) {
        let (path, method) = (router.segmentsBelowBase(request), request.method.name)
        switch router.match(request) {
        case .endpoint(let endpoint, let number, let parameters):
            always(API.operations[number].name == endpoint.name, "number \(number) is not \(endpoint.name)")
            always(path.map { endpoint.pattern.matches(method: method, path: $0) } == true, "\(endpoint.name) does not match \(path ?? [])")
            always(parameters.count == endpoint.pattern.parameters.count, "\(parameters) of \(endpoint.name)")
        case .otherMethods(let methods): always(!methods.isEmpty && !methods.contains(method), "405 for \(method), one of \(methods)")
        case .nothing(let isInside):
            // After an unknown segment the router does not check the encoding.
            always(isInside || path == nil, "outside of every base path, and yet \(path ?? [])")
            always(!near.explain(request).isEmpty, "a miss without an explanation")
        case .badEncoding: always(path == nil, "badly encoded, and yet \(path ?? [])")
        }
        _ = try? QueryParameters(request)
        var other = request
        var credential = Credential(other)
        _ = try? worlds.find(&other, &credential, wall: Common.noon)
        guard let path, let first = patterns.first, let second = patterns.last else { return }
        let (fits, both) = (first.matches(method: method, path: path), second.matches(method: method, path: path))
        always(!first.covers(second) || !both || fits, "'\(first.text)' covers '\(second.text)' but does not match \(path)")
        always(!(fits && both) || first.meets(second) && second.meets(first), "'\(first.text)' and '\(second.text)' do not meet at \(path)")
    }

    private static func isPattern(_ text: String) -> Bool {
        OperationPattern.shape.check(YAMLNode(content: .scalar(text, quoted: true), mark: Mark(line: 1, column: 1, width: 0))).isEmpty
    }

    private static func hexadecimal(_ byte: UInt8) -> [UInt8] {
        [byte >> 4, byte & 0xF].map { $0 < 10 ? 0x30 + $0 : 0x41 + $0 - 10 }
    }
}
