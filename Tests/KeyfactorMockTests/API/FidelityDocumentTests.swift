import Foundation
import TestSupport
import Testing

@testable import KeyfactorMock

/// `docs/FIDELITY.md` as its tests see it.
enum FidelityDocument {
    static let path = "docs/FIDELITY.md"

    /// Its lines; none if there is no such file.
    static var lines: [String] {
        let data = (try? Data(contentsOf: Golden.root.appending(path: path))) ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map { String($0) }
    }

    /// The first cell of every table row that begins with a method.
    static var operations: [String] {
        lines.compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard line.hasPrefix("| "), let first = cells.first(where: { !$0.isEmpty }) else { return nil }
            return ["GET /", "POST /", "PUT /", "DELETE /", "PATCH /"].contains { first.hasPrefix($0) } ? first : nil
        }
    }

    /// The first cells of an operation's row: what the code knows of it.
    static func cells(_ endpoint: KeyfactorMock.Operation) -> String {
        "| \(endpoint.name) | \(endpoint.since.rawValue) | \(endpoint.needs.text) |"
    }

    /// The keys of `fidelity` in a scenario, each with its values.
    static var switches: [(key: String, values: [String])] {
        guard case .object(_, let parts) = ScenarioShape.scenario, let part = parts.first(where: { $0.key == "fidelity" }),
            case .object(_, let fields) = part.shape
        else { return [] }
        return fields.map { field in
            if case .word(let words) = field.shape { return (field.key, words) }
            return (field.key, ["false", "true"])
        }
    }
}

/// The document that says how far the mock can be believed is held against the code.
struct FidelityDocumentTests {
    @Test func everyOperationHasOneRow() {
        let rows = FidelityDocument.operations
        for endpoint in API.operations {
            let count = rows.count { $0 == endpoint.name }
            #expect(
                count == 1,
                """
                \(FidelityDocument.path) has \(count) rows for \(endpoint.name). The row to paste, with the two last cells to write:
                \(FidelityDocument.cells(endpoint)) what is established | what is assumed |
                """)
        }
    }

    @Test func everyRowIsAnOperation() {
        for row in FidelityDocument.operations {
            #expect(Catalogue.operations.contains(row), "\(FidelityDocument.path) has a row for \(row), which is not served. Remove it.")
        }
    }

    @Test(arguments: API.operations.map { FidelityDocument.cells($0) })
    func aRowSaysReleaseAndPermissionAsTheCodeDoes(_ cells: String) {
        let row = FidelityDocument.lines.first { $0.hasPrefix(cells) }
        #expect(row != nil, "\(FidelityDocument.path) has no row that begins: \(cells)")
        let count = row.map { $0.split(separator: "|").count { !$0.allSatisfy(\.isWhitespace) } }
        #expect(count == 5, "this row needs five cells: \(row ?? cells)")
    }

    @Test func everySwitchHasARowWithItsValues() {
        #expect(FidelityDocument.switches.count >= 10)
        for (key, values) in FidelityDocument.switches {
            let row = FidelityDocument.lines.first { $0.hasPrefix("| `\(key)` |") }
            #expect(row != nil, "\(FidelityDocument.path) has no row for the switch `\(key)`. It begins: | `\(key)` |")
            for value in values {
                #expect(row?.contains("`\(value)`") ?? true, "the row of `\(key)` in \(FidelityDocument.path) lacks the value `\(value)`")
            }
        }
    }

    @Test(arguments: ProductVersion.allCases)
    func everyReleaseHasARow(_ version: ProductVersion) {
        let row = FidelityDocument.lines.first { $0.hasPrefix("| \(version.rawValue) |") }
        #expect(row != nil, "\(FidelityDocument.path) has no row that begins: | \(version.rawValue) |")
        #expect(row?.contains(version.traits.header) ?? true, "the row of \(version.rawValue) lacks its header \(version.traits.header)")
    }

    /// As `keyfactor-mock failures` prints them: status, code, provenance, text.
    @Test(arguments: Catalogue.refusals)
    func everyRefusalHasARow(_ line: String) {
        let parts = line.split(separator: " ", maxSplits: 3)
        let cells = "| \(parts.joined(separator: " | ")) |"
        #expect(
            FidelityDocument.lines.contains { $0.hasSuffix(cells) },
            "\(FidelityDocument.path) lacks a refusal. The row to paste, with the first cell to write: | when it is given \(cells)")
    }
}
