import ArgumentParser
import Model
import Worlds

/// The credentials that clients are given.
enum ClientLogin: Equatable {
    case basic(user: String, password: String, domain: String)
    case oauth(id: String, secret: String)

    /// The kinds of login.
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case basic, oauth
    }

    /// The first user or client of a scenario that may do everything, or else the first, or else made-up credentials.
    ///
    /// A user without a domain gets one, because some clients require it; the mock compares domains only if both sides have one.
    ///
    /// - Parameters:
    ///   - kind: the kind of login; `nil` means Basic, unless the scenario only accepts tokens.
    ///   - access: the access policy of the scenario.
    init(_ kind: Kind?, _ access: AccessPolicy) {
        switch kind ?? (access.mode == .bearer ? .oauth : .basic) {
        case .basic:
            let user = access.users.first { $0.permissions == .all } ?? access.users.first
            let parts = user?.nameAndDomain ?? (name: "ops", domain: nil)
            self = .basic(user: parts.name, password: user?.password ?? "made-up", domain: parts.domain ?? "EXAMPLE")
        case .oauth:
            let client = access.clients.first { $0.permissions == .all } ?? access.clients.first
            self = .oauth(id: client?.id ?? "ci", secret: client?.secret ?? "made-up")
        }
    }

    /// Why the login will be refused.
    ///
    /// - Parameter access: the access policy of the scenario.
    /// - Returns: `nil` if it will be accepted.
    func problem(_ access: AccessPolicy) -> String? {
        switch (self, access.mode) {
        case (_, .any), (_, .none): nil
        case (.basic, .bearer): "the scenario only accepts bearer tokens, but clients will use Basic: remove --auth basic"
        case (.oauth, .basic): "the scenario only accepts Basic, but clients will use OAuth: remove --auth oauth"
        case (.basic, _): access.users.isEmpty ? "the scenario has no users: every Basic login will be refused" : nil
        case (.oauth, _): access.clients.isEmpty ? "the scenario has no clients: no client can get a token" : nil
        }
    }
}
