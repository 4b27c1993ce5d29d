import Foundation
import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Command
@testable import Entities
@testable import Model
@testable import ScenarioFormat
@testable import Worlds

/// The files in `scenarios/` are read by people first: each must load, and say in its first line what a client will see.
struct ShippedScenarioTests {
    static let folder = Golden.root.appending(path: "scenarios")
    static var names: [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return all.filter { $0.hasSuffix(".yaml") }.sorted()
    }

    static func text(of name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
    }

    @Test func thereAreSome() {
        #expect(Self.names.contains("calm.yaml"))
    }

    @Test(arguments: names)
    func aFileLoadsAndSaysWhatTheClientSees(_ name: String) throws {
        let text = try Self.text(of: name)
        do throws(Mistakes) {
            let scenario = try Scenario(Array(text.utf8), now: Mock.noon)
            #expect("\(scenario.name).yaml" == name, "the file's name and the scenario's are one")
        } catch {
            Issue.record("\(error.drawn(file: name, source: Array(text.utf8)))")
        }
        let first = text.prefix { $0 != "\n" }
        #expect(first.hasPrefix("# ") && first.count > 20, "the first line of scenarios/\(name) is to say what the client will see")
    }

    @Test func calmIsTheEmptyScenario() throws {
        let calm = try Scenario(Array(Self.text(of: "calm.yaml").utf8), now: Mock.noon)
        let empty = try Scenario([], now: Mock.noon)
        #expect(calm.seed == empty.seed)
        #expect(calm.product == empty.product)
        #expect(calm.basePaths == empty.basePaths)
        #expect(calm.fidelity == empty.fidelity)
        #expect(calm.access.mode == empty.access.mode)
        #expect(calm.access.users.isEmpty && empty.access.users.isEmpty)
        #expect(calm.access.clients.isEmpty && empty.access.clients.isEmpty)
        #expect(calm.access.tokenLifetime == empty.access.tokenLifetime)
    }

    /// `calm` writes out every key there is, so that it shows them all; a new one is to be added to it.
    @Test func calmHasEveryKeyOfTheFile() throws {
        let text = try Self.text(of: "calm.yaml")
        let root = try YAMLNode.read(Array(text.utf8))
        for (part, shape) in [(root, ScenarioShape.scenario), (try #require(root["estate"]), EstateFile.shape)] {
            guard case .object(_, let fields) = shape else {
                Issue.record("not an object")
                continue
            }
            for field in fields { #expect(part[field.key] != nil, "calm.yaml lacks '\(field.key)'") }
        }
        let fidelity = try #require(root["fidelity"])
        for key in FidelitySwitch.all.map(\.key) { #expect(fidelity[key] != nil, "calm.yaml lacks 'fidelity: \(key)'") }
    }

    /// Both servers answer the same requests with the same bytes, headers included: identifiers come from the seed.
    @Test func calmAnswersAsTheEmptyScenarioDoes() throws {
        let calm = try Mock(Self.text(of: "calm.yaml"))
        let empty = try Mock()
        let ids =
            empty.world.agents.all.map(\.id.text) + empty.world.stores.all.map(\.id.text) + empty.world.jobTypes.all.map(\.id.text)
        #expect(ids.count == 4)
        var answered = 0
        for endpoint in API.operations where endpoint.method == .get {
            let paths = endpoint.path.contains("{id}") ? ids.map { endpoint.path.replacing("{id}", with: $0) } : [endpoint.path]
            for path in paths {
                let (one, other) = (try calm.get(path), try empty.get(path))
                #expect(one.status == other.status, "GET \(path)")
                #expect(one.body == other.body, "GET \(path)")
                #expect(one.headers.map { "\($0): \($1)" } == other.headers.map { "\($0): \($1)" }, "GET \(path)")
                if one.status < 300 { answered += 1 }
            }
        }
        #expect(answered >= 12, "lists, each row by its id, and the two of /Status")
        #expect(calm.world.storeTypes.all.map(\.number) == empty.world.storeTypes.all.map(\.number))
        #expect(calm.world.containers.count == empty.world.containers.count)
        #expect(calm.world.jobs.scheduled.count == empty.world.jobs.scheduled.count)
    }
}
