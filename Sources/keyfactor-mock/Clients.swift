import ArgumentParser
import KeyfactorMock
import Model

/// `keyfactor-mock clients`: what published clients need of the mock.
struct Clients: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients",
        abstract: "Print the clients that --client can name, and what each sets.",
        discussion: "With a name, prints the reason and the source of each setting. A scenario names its client with the key client.")

    @Argument(
        help: ArgumentHelp("One client, such as terraform.", valueName: "name"), completion: .list(ClientPreset.all.map(\.name)),
        transform: ClientPreset.argument)
    var name: ClientPreset?

    mutating func run() {
        guard let client = name else {
            let width = ClientPreset.all.map(\.name.count).max() ?? 0
            for client in ClientPreset.all {
                let gap = String(repeating: " ", count: width - client.name.count)
                print("\(client.name)\(gap)  \(client.settings.map(\.text).joined(separator: ", "))")
            }
            return
        }
        print("\(client.name): \(client.about)")
        for setting in client.settings {
            print("\n\(setting.text)\n    \(setting.reason)\n    Source: \(setting.source)")
        }
    }
}

extension ClientPreset {
    /// The preset that an argument names.
    ///
    /// - Parameter name: the argument.
    /// - Throws: a refusal with the nearest name and all names.
    /// - Returns: the preset.
    static func argument(_ name: String) throws -> ClientPreset {
        if let client = named(name) { return client }
        let names = all.map(\.name)
        let nearest = nearestSetting(to: name, among: names).map { " Did you mean '\($0)'?" } ?? ""
        throw ValidationError("there is no client '\(name.prefix(60))'.\(nearest) It must be one of \(names.joined(separator: ", ")).")
    }
}
