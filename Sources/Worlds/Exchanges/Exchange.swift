public import Base
import Command
import Journal
public import MicroHTTP
import Model
public import Rules

/// A request on its way to its reply: what is read of it before the world's lock is taken. One reference, since it is handed on often.
public final class Exchange: Sendable {
    /// What a request is about.
    enum Subject: Sendable {
        case operation(Router.Match, body: Result<JSONDocument, Refusal>?)
        case token(Result<TokenRequest, TokenRequest.Failure>)
        /// The revocation list of an authority, by the name in its address.
        case revocationList(String)
        /// The status of certificates of an authority, by the name in its address; the request in DER.
        case certificateStatus(String, [UInt8])
        /// A new connection, before anything is read from it.
        case connection
    }

    /// The request as it came.
    public let request: Request
    /// The world that it reaches.
    public let world: World
    let subject: Subject
    /// Where it leads, as rules and the journal know it.
    private let route: RequestReading.Route
    let credential: Credential
    /// The routes and rules that it is checked against.
    public let guide: World.Guide
    /// If nothing is served at its path, what was probably meant.
    let nearest: String?
    /// The numbers of the rules whose operation and conditions it matches.
    public let rules: [Int]
    /// Which rules were asked, and why each did or did not strike; `nil` if nobody wants to know.
    let asked: [Explanation.Line]?
    /// When it came, on the wall clock.
    let came: Timestamp

    /// Reads a request as far as possible without the lock.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - credential: what it says about its caller.
    ///   - world: the world that it is for.
    ///   - guide: the world's routes and rules.
    ///   - came: when it came, on the wall clock.
    public convenience init(_ request: Request, _ credential: Credential, in world: World, _ guide: World.Guide, at came: Timestamp) {
        let subject: Subject
        if Self.isTokenEndpoint(request) {
            subject = .token(Result { () throws(TokenRequest.Failure) in try TokenRequest(request) })
        } else if let name = WorldState.revocationList(of: request) {
            subject = .revocationList(name)
        } else if let asked = WorldState.statusRequest(of: request) {
            subject = .certificateStatus(asked.name, asked.der)
        } else {
            let route = guide.router.match(request)
            subject = .operation(route, body: Self.body(of: request, route))
        }
        var nearest: String?
        if case .operation(.nothing, _) = subject { nearest = NearMiss(bases: guide.bases).explain(request) }
        self.init(request, credential, in: world, subject, guide, nearest, came)
    }

    /// A new connection.
    ///
    /// - Parameters:
    ///   - peer: the client's address.
    ///   - world: the world whose rules apply to it.
    ///   - guide: those rules.
    public convenience init(connectionFrom peer: String, in world: World, _ guide: World.Guide) {
        self.init(Request(.other("CONNECT"), "/", peer: peer), .none, in: world, .connection, guide, nil, Timestamp(ticks: 0))
    }

    private init(
        _ request: Request, _ credential: Credential, in world: World, _ subject: Subject, _ guide: World.Guide, _ nearest: String?,
        _ came: Timestamp
    ) {
        (self.nearest, self.came, asked) = (nearest, came, nil)
        (self.request, self.credential, self.world, self.subject, self.guide) = (request, credential, world, subject, guide)
        route = subject.route
        guard !guide.rules.isEmpty else {
            rules = []
            return
        }
        var reading = RequestReading(request, route, world: world.name, guide.router, body: subject.document)
        rules = guide.rules.matching(&reading)
    }

    private init(_ other: Exchange, asked: [Explanation.Line]) {
        (request, credential, world, subject, guide) = (other.request, other.credential, other.world, other.subject, other.guide)
        (nearest, came, rules, route) = (other.nearest, other.came, other.rules, other.route)
        self.asked = asked
    }

    /// The same request, with the rules that were asked.
    func noting(_ asked: [Explanation.Line]) -> Exchange { Exchange(self, asked: asked) }

    /// The same request, checked against other rules.
    public func checked(against book: RuleBook) -> Exchange {
        Exchange(request, credential, in: world, subject, World.Guide(router: guide.router, bases: guide.bases, rules: book), nearest, came)
    }

    /// The request as rules read it, from the beginning.
    var reading: RequestReading {
        RequestReading(request, route, world: world.name, guide.router, body: subject.document)
    }

    /// What it is for, as the journal records it.
    var journalSubject: JournalEntry.Subject {
        switch route {
        case .endpoint(let number): .operation(number)
        case .token: .token
        case .connection, .nothing: .nothing
        }
    }

    /// Who makes the request, as rules see it.
    ///
    /// - Parameter caller: the authenticated caller, if any.
    /// - Returns: user, client id, or else the address.
    func caller(_ caller: Caller?) -> String {
        if case .token(.success(let asked)) = subject { return asked.client }
        return switch credential {
        case .basic(let user, _): caller?.known ?? user.text
        case .bearer: caller.flatMap { $0.isNamed ? $0.name : nil } ?? request.peer
        default: request.peer
        }
    }

    /// What effects may know about the request.
    ///
    /// - Parameters:
    ///   - caller: the authenticated caller, if any.
    ///   - now: the world's time.
    ///   - product: the release that answers.
    ///   - fidelity: the switches of the scenario.
    /// - Returns: caller, identifier, time, and which operation of which release it is.
    func context(_ caller: Caller?, now: Timestamp, _ product: ProductVersion, _ fidelity: Fidelity) -> Substitute.Context {
        guard case .operation(.endpoint(let operation, _, let parameters), _) = subject else {
            return Substitute.Context(caller: self.caller(caller), identifier: GUID.empty.text, now: now, product: product)
        }
        let identifier = parameters.first?.value ?? (operation.path.hasPrefix("/Certificates") ? "0" : GUID.empty.text)
        return Substitute.Context(
            caller: self.caller(caller), identifier: identifier, now: now, path: operation.path, product: product,
            isVersionTwo: HeaderChecks.version(request, of: operation, in: product) == 2, fidelity: fidelity)
    }

    /// Whether a request is for the token endpoint.
    static func isTokenEndpoint(_ request: Request) -> Bool {
        request.path.count == 13 && request.bytes[request.path].elementsEqual("/oauth2/token".utf8)
    }

    /// The most bytes of a text in a body: what rows keep of a request is bounded.
    private static let longestText = 65_536

    /// The body as JSON, if the endpoint reads one; an empty body counts as none.
    private static func body(of request: Request, _ route: Router.Match) -> Result<JSONDocument, Refusal>? {
        guard case .endpoint(let endpoint, _, _) = route, endpoint.takesBody, !request.body.isEmpty else { return nil }
        if let mistake = request.bodyMistake { return .failure(.undecodableBody(mistake.status, mistake.message)) }
        do throws(JSONMistake) {
            return .success(try JSONDocument.lenient(request.bytes, in: request.body, longestText: longestText))
        } catch {
            // Text in UTF-16 or UTF-32 is no JSON, so that only what was refused is asked for its charset.
            return .failure(wideCharset(request).map { .unsupportedCharset($0) } ?? .invalidJSON(error))
        }
    }

    /// The charset that a request declares, if its characters are wider than a byte.
    private static func wideCharset(_ request: Request) -> String? {
        guard let type = request.header("content-type")?.lowercased(), let equals = type.firstRange(of: "charset=") else { return nil }
        let name = type[equals.upperBound...].drop { $0 == "\"" }.prefix { $0 != "\"" && $0 != ";" }
        return name.hasPrefix("utf-16") || name.hasPrefix("utf-32") ? String(name) : nil
    }
}

extension Exchange.Subject {
    fileprivate var route: RequestReading.Route {
        switch self {
        case .token: .token
        case .connection: .connection
        case .operation(.endpoint(_, let number, _), _): .endpoint(number)
        case .operation, .revocationList, .certificateStatus: .nothing
        }
    }

    fileprivate var document: JSONDocument? {
        if case .operation(_, .success(let document)) = self { document } else { nil }
    }
}
