import Foundation
import TestSupport
import Testing

/// What the compiler cannot hold about the modules: their sizes, and that they share no more than they must.
struct RoomTests {
    private static func files(below folder: String) -> [String] {
        let walk = FileManager.default.enumerator(at: Golden.root.appending(path: folder), includingPropertiesForKeys: nil)
        let paths = (walk?.compactMap { $0 as? URL } ?? []).map { $0.path.replacingOccurrences(of: Golden.root.path + "/", with: "") }
        return paths.filter { path in [".swift", ".c", ".h"].contains { path.hasSuffix($0) } }.sorted()
    }

    private static func lines(_ path: String) throws -> [Substring] {
        try String(contentsOf: Golden.root.appending(path: path), encoding: .utf8).split(separator: "\n")
    }

    private static func module(_ path: String) -> String { path.split(separator: "/").prefix(2).joined(separator: "/") }

    private static let sources = files(below: "Sources")
    private static let modules = Set(sources.map(module)).sorted()

    @Test(arguments: modules) func noRoomIsMoreThanFifteenPercentOfTheCode(_ module: String) throws {
        let count = { (paths: [String]) in try paths.reduce(0) { $0 + (try Self.lines($1)).count } }
        let share = 100 * Double(try count(Self.sources.filter { Self.module($0) == module })) / Double(try count(Self.sources))
        #expect(share <= 15, "\(module) is \(share) % of all code")
    }

    @Test func publicStandsOnlyWhereAnotherModuleCalls() throws {
        // Called by the language, or as a default value of a parameter, not by name.
        let implicit: Set<String> = ["hash", "plainRefusal", "callAsFunction", "buildExpression", "buildBlock"]
        let words = try NSRegularExpression(pattern: #"\w+"#)
        let declarations = try NSRegularExpression(pattern: #"\bpublic (?:[a-z]+(?:\(set\))? )*(?:let|var|func) (\w+)"#)
        var users: [String: Set<String>] = [:]
        var shared: [(path: String, name: String)] = []
        for path in Self.sources + Self.files(below: "Tests/Support") where path.hasSuffix(".swift") {
            let code = try Self.lines(path).filter { !$0.drop(while: { $0 == " " }).hasPrefix("//") }.joined(separator: "\n") as NSString
            let all = NSRange(location: 0, length: code.length)
            for word in Set(words.matches(in: code as String, range: all).map { code.substring(with: $0.range) }) {
                users[word, default: []].insert(Self.module(path))
            }
            guard path.hasPrefix("Sources/") else { continue }
            shared += declarations.matches(in: code as String, range: all).map { (path, code.substring(with: $0.range(at: 1))) }
        }
        #expect(shared.count > 900, "the declarations are found")
        // What certificates need is whole before all of it is called.
        for (path, name) in shared where !implicit.contains(name) && !path.hasPrefix("Sources/PKI/") {
            // A type may stand in what another module calls without being named there; a member may not.
            #expect(users[name]?.subtracting([Self.module(path)]).isEmpty == false, "\(path): no other module names \(name)")
        }
    }
}
