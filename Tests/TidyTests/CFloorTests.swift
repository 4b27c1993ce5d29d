import Foundation
import TestSupport
import Testing

/// The rules of the C files, and of the Swift files on top of them.
struct CFloorTests {
    private static let folder = Golden.root.appending(path: "Sources/CListener")

    private static func names(in folder: URL, _ endings: [String]) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return all.filter { name in endings.contains { name.hasSuffix($0) } }.sorted()
    }

    private static func lines(_ file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    }

    /// A C file without its comments.
    private static func code(_ name: String) throws -> [String] {
        try lines(folder.appending(path: name)).map { line in line.range(of: "//").map { String(line[..<$0.lowerBound]) } ?? line }
    }

    private static let sources = names(in: folder, [".c"])

    /// The functions that a file defines for others: at the start of a line, and not static.
    private static func definitions(_ name: String) throws -> [String] {
        try code(name).compactMap { line in
            guard line.first?.isLetter == true, !line.contains("static "), !line.hasSuffix(";") else { return nil }
            return line.firstMatch(of: /^[A-Za-z_][\w *]*?\b(\w+)\(/).map { String($0.1) }
        }
    }

    /// Which files each file calls.
    private static func calls() throws -> [String: Set<String>] {
        var owner: [String: String] = [:]
        for file in sources { for function in try definitions(file) { owner[function] = file } }
        return try Dictionary(
            uniqueKeysWithValues: sources.map { file in
                let words = try code(file).joined(separator: "\n").split { !$0.isLetter && !$0.isNumber && $0 != "_" }
                return (file, Set(words.compactMap { owner[String($0)] }).subtracting([file]))
            })
    }

    /// A circle among files, the first file repeated at the end; `nil` if there is none.
    static func circle(in graph: [String: Set<String>]) -> [String]? {
        var done: Set<String> = []
        func search(_ path: [String]) -> [String]? {
            let file = path[path.count - 1]
            if let start = path.dropLast().firstIndex(of: file) { return Array(path[start...]) }
            if done.contains(file) { return nil }
            for next in graph[file, default: []].sorted() { if let found = search(path + [next]) { return found } }
            done.insert(file)
            return nil
        }
        for file in graph.keys.sorted() { if let found = search([file]) { return found } }
        return nil
    }

    @Test func `C files do not call one another in circles`() throws {
        let calls = try Self.calls()
        #expect(calls["loop.c"]?.isSuperset(of: ["conversation.c", "log.c", "timers.c"]) == true, "the calls are not found: \(calls)")
        let circle = Self.circle(in: calls)
        #expect(circle == nil, "\(circle?.joined(separator: " calls ") ?? ""): move what they share below both")
    }

    @Test(
        arguments: [
            (["a": ["b"], "b": ["c"], "c": []], nil), (["a": ["b"], "b": ["a"]], ["a", "b", "a"]),
            (["a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []], nil),
            (["a": ["b"], "b": ["c"], "c": ["d"], "d": ["b"]], ["b", "c", "d", "b"]),
        ] as [([String: Set<String>], [String]?)])
    func `A circle is found, and a diamond is none`(_ graph: [String: Set<String>], _ circle: [String]?) {
        #expect(Self.circle(in: graph) == circle)
    }

    /// The files in the order of internal.h, each with the functions declared under its name.
    private static func sections() throws -> [(file: String, functions: Set<String>)] {
        var sections: [(file: String, functions: Set<String>)] = []
        for line in try lines(folder.appending(path: "internal.h")) {
            if let mark = line.firstMatch(of: /^\/\/ MARK: (\w+\.c)/) { sections.append((String(mark.1), [])) }
            guard !sections.isEmpty, let declared = line.firstMatch(of: /^[a-z].*?\b(listener_\w+)\(/) else { continue }
            sections[sections.count - 1].functions.insert(String(declared.1))
        }
        return sections
    }

    @Test func `The shared header names who provides what, lowest layer first`() throws {
        let sections = try Self.sections()
        let order = sections.map(\.file)
        let contract = try Self.lines(Self.folder.appending(path: "include/listener.h")).joined(separator: "\n")
        for file in Self.sources {
            let shared = try Set(Self.definitions(file)).filter { !contract.contains("\($0)(") }
            let declared = sections.first { $0.file == file }?.functions ?? []
            #expect(shared == declared, "\(file): internal.h declares other functions under its name than it defines")
        }
        for (file, called) in try Self.calls() {
            for callee in called {
                guard let low = order.firstIndex(of: callee), let high = order.firstIndex(of: file) else { continue }
                #expect(low < high, "\(file) calls \(callee), which stands below it in internal.h")
            }
        }
    }

    @Test(arguments: sources) func `External symbols have one prefix`(_ name: String) throws {
        let foreign = try Self.definitions(name).filter { !$0.hasPrefix("listener_") }
        #expect(foreign.isEmpty, "\(name): \(foreign.joined(separator: ", ")) must be static or begin with listener_")
    }

    @Test func `C symbols are hidden`() throws {
        let package = try Self.lines(Golden.root.appending(path: "Package.swift"))
        #expect(package.filter { $0.contains("-fvisibility=hidden") }.count == 2)
    }

    private static let pki = Golden.root.appending(path: "Sources/CPKI")

    @Test(arguments: names(in: pki, [".c"])) func `Each C file for certificates defines what its header declares`(
        _ name: String
    ) throws {
        let header = try Self.lines(Self.pki.appending(path: "include/pki.h"))
        let section = header.drop { $0 != "// MARK: \(name)" }.dropFirst().prefix { !$0.hasPrefix("// MARK: ") }
        let declared = Set(section.compactMap { $0.firstMatch(of: /^[a-z]\w* (pki_\w+)\(/).map { String($0.1) } })
        let defined = try Self.lines(Self.pki.appending(path: name)).compactMap { line in
            line.firstMatch(of: /^[a-z]\w* (\w+)\(/).map { String($0.1) }
        }
        #expect(!defined.isEmpty && Set(defined) == declared)
    }

    @Test(arguments: sources + ["internal.h"]) func `Only one header relies on the inside of libmicrohttpd`(_ name: String) throws {
        let inside = /MHD_get_response_header|gnutls_session_get_ptr|gnutls_transport_set|epoll_fd, EPOLL_CTL|Error processing/
        let found = try Self.code(name).filter { $0.contains(inside) }
        #expect(found.isEmpty, "\(name): \(found.joined(separator: "\n")): name it in microhttpd_internals.h")
    }

    private static let below: [URL] =
        [folder, folder.appending(path: "include"), pki, pki.appending(path: "include"), Golden.root.appending(path: "Sources/MicroHTTP")]
        .flatMap { folder in
            names(in: folder, [".c", ".h", ".swift"]).map { folder.appending(path: $0) }
        }

    @Test(arguments: below) func `What is below does not know Keyfactor's words`(_ file: URL) throws {
        let words = /(?i:keyfactor)|\bCommand\b|ErrorCode|0x[aA]01[0-9]|X-Mock|_mock\b|(?i:orchestrator|kfutil)/
        for (number, line) in try Self.lines(file).enumerated() {
            #expect(!line.contains(words), "\(file.lastPathComponent):\(number + 1): \(line)")
        }
    }
}
