import Foundation
import TestSupport
import Testing

/// The rules of the house. Each names the file and the line at fault.
struct TidyTests {
    private static let root = Golden.root

    /// Every file that belongs to the project, as paths below its folder.
    private static func files(below folder: String, ending: String) -> [String] {
        let start = root.appending(path: folder)
        let walk = FileManager.default.enumerator(at: start, includingPropertiesForKeys: nil)
        let paths = (walk?.compactMap { $0 as? URL } ?? []).map { $0.path.replacingOccurrences(of: root.path + "/", with: "") }
        return paths.filter { $0.hasSuffix(ending) && !$0.contains("/.build") }.sorted()
    }

    private static let sources = files(below: "Sources", ending: ".swift")
    private static let swift = sources + files(below: "Tests", ending: ".swift") + files(below: "Fuzz", ending: ".swift")
    private static let code = swift + files(below: "Sources", ending: ".c") + files(below: "Sources", ending: ".h")

    private static func lines(_ path: String) throws -> [String] {
        try String(contentsOf: root.appending(path: path), encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }

    /// Lines of code that match, each as `file:line: text`; comments do not count.
    private static func matches(_ pattern: Regex<Substring>, in path: String) throws -> [String] {
        try lines(path).enumerated().compactMap { number, line in
            let code = line.trimmingCharacters(in: .whitespaces)
            guard !code.hasPrefix("//"), code.contains(pattern) else { return nil }
            return "\(path):\(number + 1): \(code)"
        }
    }

    @Test(arguments: code)
    func aFileFitsInTheHead(_ path: String) throws {
        let count = try Self.lines(path).count
        #expect(count <= 301, "\(path) has \(count - 1) lines; above 300 it wants to be two files")
    }

    @Test(arguments: sources)
    func aFunctionFitsOnAScreen(_ path: String) throws {
        var start: (line: Int, indent: Int)?
        for (number, line) in try Self.lines(path).enumerated() {
            let indent = line.prefix { $0 == " " }.count
            if let begun = start, indent == begun.indent, line.trimmingCharacters(in: .whitespaces).hasPrefix("}") {
                #expect(
                    number - begun.line < 60,
                    "\(path):\(begun.line + 1): a function of \(number - begun.line + 1) lines; above 60 it wants to be two")
                start = nil
            }
            if start == nil, line.contains(/^\s*([a-z@()]+ )*(func |init\()/), line.hasSuffix("{") { start = (number, indent) }
        }
    }

    /// Which modules a target's files may import; a missing line here is a wall, not an oversight.
    private static let mayImport: [String: Set<String>] = {
        let rooms = [
            "Base", "PKI", "ScenarioFormat", "Entities", "Model", "Security", "Orchestrators", "Issuance", "Stores", "Certificates",
            "Command",
            "Rules", "Journal", "Worlds",
        ]
        var may: [String: Set<String>] = [
            "MicroHTTP": ["CListener", "CZlib", "Glibc", "Synchronization"],
            "KeyfactorMock": Set(rooms + ["MicroHTTP", "Page"]),
            "Page": [],
            "keyfactor-mock": Set(rooms + ["KeyfactorMock", "MicroHTTP", "ArgumentParser", "Glibc"]),
        ]
        // A room may import those below it. That none imports a room above is the compiler's business.
        for (floor, room) in rooms.enumerated() {
            may[room] = Set(rooms[..<floor] + ["MicroHTTP"])
        }
        for room in ["Entities", "Orchestrators", "Stores", "Command"] { may[room]?.insert("HashTreeCollections") }
        for room in ["Journal", "Worlds"] { may[room]?.insert("Synchronization") }
        may["Base"] = ["HashTreeCollections", "HeapModule", "FoundationEssentials", "Glibc"]
        may["PKI"] = ["Base", "CPKI"]
        may["ScenarioFormat"] = ["Base", "CLibYAML"]
        may["Rules"]?.insert("Glibc")
        return may
    }()

    /// The files of the command that talk to the system.
    private static let system = ["Process", "ProcessExchange", "ProcessFiles", "ProcessLeftovers", "ProcessPlaces", "ProcessSpawning"].map {
        "Sources/keyfactor-mock/\($0).swift"
    }

    /// Imports that one file alone may have.
    private static let onlyIn: [String: [String]] = [
        "CLibYAML": ["Sources/ScenarioFormat/YAML.swift"],
        "CPKI": ["Sources/PKI/Cryptography.swift"],
        "FoundationEssentials": ["Sources/Base/Time/WorldClock.swift"],
        // Logarithm and cosine, which the standard library lacks, for delays that are drawn; expressions that anybody may send.
        "Glibc": ["Sources/Rules/Draw.swift", "Sources/Base/Text/LinearPattern.swift"] + system
            + files(below: "Sources/MicroHTTP", ending: ".swift"),
    ]

    @Test(arguments: sources)
    func importsPointInward(_ path: String) throws {
        let target = String(path.split(separator: "/")[1])
        for (number, line) in try Self.lines(path).enumerated() {
            guard
                let match = line.firstMatch(
                    of: /^\s*(?:package |public |internal |private |fileprivate )?import (?:struct |func )?([A-Za-z]+)/)
            else {
                continue
            }
            let module = String(match.1)
            #expect(Self.mayImport[target]?.contains(module) == true, "\(path):\(number + 1): \(target) may not import \(module)")
            if let only = Self.onlyIn[module] {
                #expect(only.contains(path), "\(path):\(number + 1): \(module) is imported only in \(only.joined(separator: ", "))")
            }
        }
    }

    @Test(arguments: sources)
    func unsafeStandsOnlyWhereItMust(_ path: String) throws {
        let allowed =
            path.hasPrefix("Sources/MicroHTTP/")
            || [
                "PKI/Cryptography.swift", "Text/LinearPattern.swift", "ScenarioFormat/YAML.swift", "Rules/TextPattern.swift",
                "JSON/OutputSpan+Bytes.swift",
            ].contains { path.hasSuffix($0) }
            || Self.system.contains(path)
        guard !allowed else { return }
        let found = try Self.matches(/\bunsafe\b|\bUnsafe|withUnsafe|unchecked/, in: path)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test(arguments: sources)
    func timeIdentityAndChanceAreHandedIn(_ path: String) throws {
        guard path != "Sources/Base/Time/WorldClock.swift" else { return }
        let found = try Self.matches(
            /\bDate\(\)|\bUUID\(\)|\.random\(|\.randomElement\(|\.shuffled\(|ContinuousClock|SuspendingClock/, in: path)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test(arguments: code)
    func nothingIsLeftForLater(_ path: String) throws {
        guard !path.hasPrefix("Tests/TidyTests") else { return }
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "place" + "holder"]
        for (number, line) in try Self.lines(path).enumerated() {
            for word in words { #expect(!line.contains(word), "\(path):\(number + 1): \(word)") }
        }
    }

    @Test(arguments: files(below: "Sources", ending: "Operations.swift"))
    func everyNounIsInTheListOfOperations(_ path: String) throws {
        let type = path.split(separator: "/").last!.replacingOccurrences(of: ".swift", with: "")
        let list = try String(contentsOf: Self.root.appending(path: "Sources/Command/API/API.swift"), encoding: .utf8)
        #expect(list.contains("\(type).all"), "add \(type).all to API.operations in Sources/Command/API/API.swift")
    }

    @Test func ciCallsTheTestCommandOfTheReadmeAndTheRestOfCheck() throws {
        #expect(try Self.lines(".ci/run").suffix(3) == ["make test", "exec make rest", ""])
        #expect(try Self.lines("README.md").contains { $0.trimmingCharacters(in: .whitespaces).hasPrefix("make test ") })
        #expect(try Self.lines("Makefile").contains { $0.hasPrefix("check: test rest ") }, "`make check` is what .ci/run calls")
    }
}
