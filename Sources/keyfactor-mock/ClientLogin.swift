import ArgumentParser
import KeyfactorMock

/// What clients are told to log in with.
enum ClientLogin: Equatable {
    case basic(user: String, password: String, domain: String)
    case oauth(id: String, secret: String)

    /// One of the two ways.
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case basic, oauth
    }

    /// The first user or client of a scenario that may do everything, else the first, else one that is made up.
    ///
    /// A user without a domain gets one, since some clients insist: the mock compares domains only where both sides have one.
    ///
    /// - Parameters:
    ///   - kind: which way; `nil` is Basic unless the scenario takes tokens alone.
    ///   - access: who is let in.
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

    /// Why the log-in will be refused.
    ///
    /// - Parameter access: who is let in.
    /// - Returns: `nil` if it will not.
    func objection(_ access: AccessPolicy) -> String? {
        switch (self, access.mode) {
        case (_, .any), (_, .none): nil
        case (.basic, .bearer): "the scenario takes bearer tokens alone, and clients are told of Basic: leave out --auth basic"
        case (.oauth, .basic): "the scenario takes Basic alone, and clients are told of OAuth: leave out --auth oauth"
        case (.basic, _): access.users.isEmpty ? "the scenario names no user: every log-in with Basic is refused" : nil
        case (.oauth, _): access.clients.isEmpty ? "the scenario names no client: nobody gets a token" : nil
        }
    }
}
