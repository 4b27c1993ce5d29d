import Base
import MicroHTTP

/// Why a request gets 401, in the words of `X-Mock-Why`, the journal and the log. No password and no token is part of them.
extension AccessPolicy {
    /// Why a credential is not accepted.
    ///
    /// - Parameters:
    ///   - credential: what the request says.
    ///   - header: its `Authorization` header, as it was sent.
    ///   - tokens: the world's tokens.
    ///   - world: the world's name.
    ///   - now: the world's time.
    /// - Returns: a sentence without a full stop.
    func reason(_ credential: Credential, header: String?, _ tokens: Tokens, world: String, now: Timestamp) -> String {
        switch credential {
        case .none: "the request has no Authorization header, and auth.mode is \(mode.rawValue), which wants \(wanted)"
        case .malformed: Self.malformed(header ?? "")
        case .bearerOfNoWorld(let name): "the token was issued by the world '\(name)', which does not exist any more"
        case .basic where mode == .bearer: "auth.mode is bearer, which takes no Basic credentials: ask /oauth2/token for a token"
        case .bearer where mode == .basic: "auth.mode is basic, which takes no Bearer token"
        case .basic(let user, _): reason(user)
        case .bearer(let token): reason(token, tokens, world, now)
        }
    }

    private var wanted: String {
        switch mode {
        case .basic: "Basic credentials"
        case .bearer: "a Bearer token of /oauth2/token"
        case .any, .both, .none: "Basic credentials or a Bearer token of /oauth2/token"
        }
    }

    private func reason(_ user: Credential.User) -> String {
        let shown = user.text.prefix(100)
        if let known = users.first(where: { Credential.User($0.name).isSame(as: user) }) {
            return "the password of the user '\(known.name)' is wrong"
        }
        if let other = users.first(where: { Credential.User($0.name).name.lowercased() == user.name.lowercased() }) {
            return "there is no user '\(shown)'; did you mean '\(other.name)', of another domain?"
        }
        if let near = users.first(where: { $0.nameAndDomain.name == nearestWord(to: user.name, among: users.map(\.nameAndDomain.name)) }) {
            return "there is no user '\(shown)'; did you mean '\(near.name)'?"
        }
        return "there is no user '\(shown)'" + Names.hint(user.text, among: users.map(\.name), else: "the scenario's users are")
    }

    private func reason(_ token: String, _ tokens: Tokens, _ world: String, _ now: Timestamp) -> String {
        if case .expired(let client, let end) = tokens.find(token, now: now) {
            return "the token of client \(client) expired \(end.inMilliseconds.iso), the world's time is \(now.inMilliseconds.iso)"
        }
        guard let issuer = Tokens.world(of: token), Worlds.isName(issuer) else {
            return "the token is none that this mock issues: POST /oauth2/token gives one"
        }
        guard issuer == world else { return "the token was issued by the world '\(issuer)', and this is the world '\(world)'" }
        return "the world '\(world)' knows no such token: it was reset since, or never issued it"
    }

    private static func malformed(_ header: String) -> String {
        let scheme = header.prefix { $0 != " " }
        switch scheme.lowercased() {
        case "basic":
            let rest = Array(header.utf8.dropFirst(scheme.utf8.count).drop { $0 == UInt8(ascii: " ") })
            guard !rest.isEmpty else { return "the Authorization header says Basic and nothing more" }
            guard Base64.decode(rest[...]) != nil else { return "what follows Basic in the Authorization header is not base64" }
            return "what follows Basic in the Authorization header has no ':' between user and password"
        case "bearer":
            return header.utf8.count <= scheme.utf8.count + 1
                ? "the Authorization header says Bearer and nothing more"
                : "what follows Bearer in the Authorization header is no token: it has characters that RFC 6750 does not allow"
        default:
            // Without a scheme the first word may be the secret itself.
            let isScheme = scheme.utf8.count < header.utf8.count && scheme.utf8.count <= 9
            return "the scheme\(isScheme ? " '\(scheme)'" : "") of the Authorization header is neither Basic nor Bearer"
        }
    }

    /// Why a client gets no token.
    func reason(client: String, hasSecret: Bool) -> String {
        if clients.contains(where: { $0.id == client }) {
            return hasSecret ? "the secret of the client '\(client)' is wrong" : "the form has no client_secret for the client '\(client)'"
        }
        return "there is no client '\(client.prefix(100))'"
            + Names.hint(client, among: clients.map(\.id), else: "the scenario's clients are")
    }
}
