import Foundation
import TestSupport
import Testing

/// The worked example of ARCHITECTURE's "How to add" is code that is built.
struct ExampleTests {
    @Test func theNounInTheArchitectureIsTheOneInTheSources() throws {
        let text = { (path: String) in try String(contentsOf: Golden.root.appending(path: path), encoding: .utf8) }
        let source = try text("Sources/Security/PermissionSets/PermissionSetModel.swift")
        let example = try text("docs/ARCHITECTURE.md").split(separator: "\n").drop { !$0.contains("extension PermissionSet") }
            .prefix { $0.hasPrefix("      ") }.map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(example.count > 8)
        for line in example { #expect(source.contains(line), "not in PermissionSetModel.swift: \(line)") }
    }
}
