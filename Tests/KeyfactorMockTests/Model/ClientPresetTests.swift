import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Model
@testable import ScenarioFormat
@testable import Worlds

struct ClientPresetTests {
    @Test func namesAreUnlikeEachOther() {
        let names = ClientPreset.all.map(\.name)
        #expect(Set(names).count == names.count)
        for name in names { #expect(ClientPreset.named(name)?.name == name && ClientPreset.named(name.uppercased()) == nil) }
    }

    @Test(arguments: ClientPreset.all)
    func everySettingIsASwitchOrTheRelease(_ client: ClientPreset) {
        for setting in client.settings {
            let values =
                setting.key == "product"
                ? ProductVersion.allCases.map(\.rawValue) : FidelitySwitch.all.first { $0.key == setting.key }?.values ?? []
            #expect(values.contains(setting.value), "\(client.name): \(setting.text)")
            #expect(setting.reason.hasSuffix(".") && !setting.reason.contains("|") && !setting.source.isEmpty)
            #expect(["client", "documented", "recorded", "assumed"].contains { setting.source.hasPrefix($0 + ": ") }, "\(setting.source)")
        }
        #expect(Set(client.settings.map(\.key)).count == client.settings.count, "\(client.name) sets something twice")
    }

    @Test(arguments: ClientPreset.all)
    func theDocumentNamesIt(_ client: ClientPreset) throws {
        let text = try String(contentsOf: Golden.root.appending(path: "docs/CLIENTS.md"), encoding: .utf8)
        #expect(text.contains("| `\(client.name)` |"))
    }

    /// What the command `clients` prints can be pasted into a scenario.
    @Test(arguments: ClientPreset.all)
    func itsTextIsThatOfAScenario(_ client: ClientPreset) throws {
        let lines = client.settings.filter { $0.key != "product" }.map { "  \($0.text)\n" }.joined()
        let written = try Scenario(Array("fidelity:\n\(lines)".utf8), now: .first)
        let named = try Scenario(Array("client: \(client.name)".utf8), now: .first)
        #expect(written.fidelity == named.fidelity)
        #expect(named.product == client.product ?? .v25 && named.client?.name == client.name && written.client == nil)
    }

    @Test(arguments: [
        ("client: kfutil", "go-sdk", "go-sdk", true), ("client: kfutil", "kfutil", "kfutil", false),
        ("client: null", "vault", "vault", false),
        ("", "vault", "vault", false), ("client: java-sdk\nproduct: \"10.5\"", "kfutil", "kfutil", true),
    ])
    func anOptionStandsAboveTheScenarioAndSaysSo(_ text: String, _ option: String, _ name: String, _ isDoubted: Bool) throws {
        let scenario = try Scenario(Array(text.utf8), now: .first, overrides: .init(client: .named(option)))
        #expect(scenario.client?.name == name)
        #expect(scenario.warnings.all.count == (isDoubted ? 1 : 0))
        #expect(scenario.warnings.all.first?.line == (isDoubted ? 1 : nil))
    }
}
