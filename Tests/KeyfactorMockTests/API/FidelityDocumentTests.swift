import Foundation
import TestSupport
import Testing

@testable import Command
@testable import KeyfactorMock
@testable import Model

/// The pages that say how far the mock can be believed are written from the code.
struct FidelityDocumentTests {
    @Test func theIndexIsTheOnePrinted() {
        #expect(
            Golden.difference(FidelityPage.index.text, "docs/FIDELITY.md") == nil,
            "write it with: keyfactor-mock fidelity > docs/FIDELITY.md")
    }

    @Test(arguments: FidelityPage.all.map(\.name))
    func aPageIsTheOnePrinted(_ name: String) throws {
        let page = try #require(FidelityPage.all.first { $0.name == name })
        #expect(
            Golden.difference(page.text, "docs/fidelity/\(name).md") == nil,
            "write it with: keyfactor-mock fidelity \(name) > docs/fidelity/\(name).md")
    }

    @Test func thereIsNoOtherPage() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Golden.root.appending(path: "docs/fidelity").path)
        #expect(Set(files) == Set(FidelityPage.all.map { $0.name + ".md" }))
    }

    @Test(arguments: API.operations.map(\.name))
    func everyOperationHasOneRowWithFiveCells(_ name: String) {
        let rows = FidelityPage.all.flatMap { $0.text.split(separator: "\n") }.filter { $0.hasPrefix("| \(name) |") }
        #expect(rows.count == 1)
        #expect(rows.allSatisfy { $0.split(separator: "|").count { !$0.allSatisfy(\.isWhitespace) } == 5 }, "an empty cell")
    }

    @Test(arguments: FidelityPage.all.map(\.name))
    func aReaderCanTakeAPageIn(_ name: String) throws {
        let page = try #require(FidelityPage.all.first { $0.name == name })
        #expect(page.text.split(separator: "\n", omittingEmptySubsequences: false).count < 120)
    }
}
