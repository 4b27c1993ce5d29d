import Base
public import Model

/// Who is admitted to a world, and as whom.
public struct AccessPolicy: Sendable {
    /// Which credentials are accepted.
    public enum Mode: String, Sendable, CaseIterable {
        /// Every well-formed Basic or Bearer credential, or none: nothing has to be set up.
        case any
        /// Basic, checked against `users`.
        case basic
        /// Bearer tokens of the token endpoint.
        case bearer
        /// Either of the two.
        case both
        /// Everybody; the header is not even read.
        case none
    }

    /// A user who authenticates with Basic.
    public struct User: Sendable {
        var name: String
        /// The password in clear text, as the scenario gives it.
        public var password: String
        /// What the user may do.
        public var permissions: Permissions
        /// The names of the user's roles, whose permissions come in addition.
        var roles: [String]
        /// The world of the requests that name none.
        var world: String?
    }

    /// A client that gets tokens from the token endpoint.
    public struct Client: Sendable {
        /// The `client_id` that it sends for a token.
        public var id: String
        /// The `client_secret` in clear text, as the scenario gives it.
        public var secret: String
        /// What the client may do.
        public var permissions: Permissions
        /// The names of the client's roles, whose permissions come in addition.
        var roles: [String]
        /// The world of the requests that name none.
        var world: String?
    }

    /// Which credentials are accepted; any, unless said otherwise.
    public var mode = Mode.any
    /// Who may log in with Basic.
    public var users: [User] = []
    /// Which clients may ask for tokens.
    public var clients: [Client] = []
    /// How long a token is valid, on the world's clock.
    var tokenLifetime = Duration.seconds(3600)

    /// Everybody is admitted.
    init() {}

    /// Finds out who makes a request.
    ///
    /// In mode `any` a user that the scenario names keeps its permissions, whatever the password. An expired token of the mock's own is
    /// refused in every mode that reads tokens.
    ///
    /// - Parameters:
    ///   - credential: what the request says.
    ///   - tokens: the world's tokens.
    ///   - now: the world's time.
    /// - Returns: `nil` if the request gets 401.
    func admit(_ credential: Credential, _ tokens: Tokens, now: Timestamp) -> Caller? {
        switch (mode, credential) {
        case (.none, _): .anyone
        case (_, .malformed), (_, .bearerOfNoWorld): nil
        case (.any, .none): .anyone
        case (_, .none): nil
        case (.any, .basic(let user, _)): named(user)
        case (.basic, .basic(let user, let password)), (.both, .basic(let user, let password)):
            self.user(user, password).map { Caller(name: user.text, permissions: $0.permissions, roles: $0.roles, known: $0.name) }
        case (.bearer, .basic), (.basic, .bearer): nil
        case (_, .bearer(let text)):
            switch tokens.find(text, now: now) {
            case .valid(let client): self.client(client)
            case .unknown: mode == .any ? Caller(name: "bearer", permissions: .all, isNamed: false) : nil
            case .expired: nil
            }
        }
    }

    /// Whether some user or client has a world of its own.
    var namesWorlds: Bool { users.contains { $0.world != nil } || clients.contains { $0.world != nil } }

    /// The world of a user or of a client that asks for a token.
    ///
    /// - Parameters:
    ///   - user: as a request names the user, not verified.
    ///   - isClient: whether the request is for the token endpoint.
    /// - Returns: `nil` if none is named.
    func world(of user: Credential.User, isClient: Bool) -> String? {
        isClient ? clients.first { $0.id == user.text }?.world : users.first { Credential.User($0.name).isSame(as: user) }?.world
    }

    /// Whether an id and a secret are those of a client; in mode `any` all are.
    ///
    /// - Parameters:
    ///   - id: the client's id.
    ///   - secret: its secret.
    /// - Returns: whether it may have a token.
    func admitsClient(_ id: String, _ secret: [UInt8]) -> Bool {
        var admitted = mode == .any
        for client in clients where client.id == id && Self.isPassword(client.secret, secret) { admitted = true }
        return admitted
    }

    private func named(_ user: Credential.User) -> Caller {
        let known = users.first { Credential.User($0.name).isSame(as: user) }
        return Caller(name: user.text, permissions: known?.permissions ?? .all, roles: known?.roles ?? [], known: known?.name)
    }

    private func client(_ id: String) -> Caller {
        let known = clients.first { $0.id == id }
        return Caller(name: id, permissions: known?.permissions ?? .all, roles: known?.roles ?? [])
    }

    /// Whether a password, or a client's secret, is the one given, in UTF-8 or, as requests and OkHttp send it, in Latin-1.
    private static func isPassword(_ known: String, _ given: [UInt8]) -> Bool {
        let scalars = known.unicodeScalars
        let differs = !scalars.allSatisfy(\.isASCII) && scalars.allSatisfy { $0.value < 0x100 }
        return isEqual(Array(known.utf8), given) || differs && isEqual(scalars.map { UInt8($0.value) }, given)
    }

    private func user(_ user: Credential.User, _ password: [UInt8]) -> User? {
        var found: User?
        for known in users where Credential.User(known.name).isSame(as: user) && Self.isPassword(known.password, password) {
            found = known
        }
        return found
    }

    /// Compares two secrets in a time that depends only on their lengths.
    public static func isEqual(_ secret: [UInt8], _ given: [UInt8]) -> Bool {
        var difference: UInt8 = secret.count == given.count ? 0 : 1
        for index in given.indices { difference |= given[index] ^ (index < secret.count ? secret[index] : ~given[index]) }
        return difference == 0
    }
}

extension AccessPolicy.User {
    /// The name without its domain, and the domain if it has one.
    public var nameAndDomain: (name: String, domain: String?) {
        let user = Credential.User(name)
        return (user.name, user.domain)
    }
}
