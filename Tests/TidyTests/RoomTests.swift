import Foundation
import TestSupport
import Testing

/// The rooms of the mock and their order, held by words until they are modules. A file may use what its own room declares, and the rooms
/// before it.
struct RoomTests {
    /// A room is folders and files below `Sources/KeyfactorMock`.
    private struct Room: Sendable {
        let name: String
        let places: [String]
    }

    /// From the bottom to the top. What is in none of them lies below all of them.
    private static let rooms = [
        Room(name: "Rules", places: ["Rules/"]),
        Room(name: "Journal", places: ["Journal/"]),
        Room(
            name: "Mock",
            places: [
                "Exchanges/", "Worlds/", "Control/", "MockServer.swift", "Access/AccessPolicy.swift", "Access/Credential.swift",
                "Access/TokenRequest.swift", "Access/Tokens.swift", "Scenarios/Scenario.swift",
            ]),
    ]

    private static let base = "Sources/KeyfactorMock/"

    private static func files(below folder: String, ending: String = ".swift") -> [String] {
        let walk = FileManager.default.enumerator(at: Golden.root.appending(path: folder), includingPropertiesForKeys: nil)
        let paths = (walk?.compactMap { $0 as? URL } ?? []).map { $0.path.replacingOccurrences(of: Golden.root.path + "/", with: "") }
        return paths.filter { $0.hasSuffix(ending) }.sorted()
    }

    private static let swift = files(below: "Sources/KeyfactorMock")

    private static func files(of room: Room) -> [String] {
        swift.filter { path in room.places.contains { path.dropFirst(base.count).hasPrefix($0) } }
    }

    /// The lines of a file without comments and texts.
    private static func code(_ path: String) throws -> [(number: Int, text: String)] {
        let lines = try String(contentsOf: Golden.root.appending(path: path), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().map { number, line in
            (number + 1, String(line).replacing(/"(\\.|[^"\\])*"/, with: "\"\"").replacing(/\/\/.*$/, with: ""))
        }
    }

    /// The types that a room declares at the top level of its files.
    private static func types(of room: Room) throws -> Set<String> {
        var types: Set<String> = []
        for path in files(of: room) {
            for line in try code(path) {
                if let match = line.text.firstMatch(
                    of: /^(?:@[a-z]+ )?(?:package |public )?(?:final |indirect )?(?:struct|class|enum|protocol|actor) ([A-Za-z]+)/)
                {
                    types.insert(String(match.1))
                }
            }
        }
        return types
    }

    @Test(arguments: [("Rules", ["Journal", "Mock"]), ("Journal", ["Mock"])])
    func aRoomDoesNotKnowTheRoomsAboveIt(_ name: String, _ above: [String]) throws {
        let room = try #require(Self.rooms.first { $0.name == name })
        var forbidden: Set<String> = []
        for other in Self.rooms where above.contains(other.name) { forbidden.formUnion(try Self.types(of: other)) }
        #expect(forbidden.count > 10 || name == "Journal", "the declarations are found")
        for path in Self.files(of: room) {
            for line in try Self.code(path) {
                for word in line.text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
                    #expect(!forbidden.contains(String(word)), "\(path):\(line.number): \(name) may not know \(word)")
                }
            }
        }
    }

    @Test(arguments: rooms.map(\.name)) func noRoomIsMoreThanFifteenPercentOfTheCode(_ name: String) throws {
        func lines(_ paths: [String]) throws -> Int {
            try paths.reduce(0) {
                $0 + (try String(contentsOf: Golden.root.appending(path: $1), encoding: .utf8)).split(separator: "\n").count
            }
        }
        let all = try lines([".swift", ".c", ".h"].flatMap { Self.files(below: "Sources", ending: $0) })
        let room = try #require(Self.rooms.first { $0.name == name })
        let share = 100 * Double(try lines(Self.files(of: room))) / Double(all)
        #expect(share <= 15, "\(name) is \(share) % of all code")
    }
}
