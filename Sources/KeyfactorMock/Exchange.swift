import MicroHTTP

/// One request on its way to its reply: what is read of it before the world's lock is taken.
struct Exchange: Sendable {
    /// What a request is about.
    enum Subject: Sendable {
        case operation(Router.Match, body: Result<JSONDocument, Refusal>?)
        case token(Result<TokenRequest, TokenRequest.Failure>)
    }

    let request: Request
    let world: World
    let subject: Subject
    let credential: Credential
    /// The rules whose operation and conditions it fits.
    let rules: [Int]

    /// Reads a request as far as that needs no lock.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - world: the world that it is about.
    ///   - router: knows where it leads.
    init(_ request: Request, in world: World, _ router: Router) {
        self.request = request
        self.world = world
        credential = Credential(request)
        if Self.isTokenEndpoint(request) {
            subject = .token(Result { () throws(TokenRequest.Failure) in try TokenRequest(request) })
        } else {
            let route = router.match(request)
            subject = .operation(route, body: Self.body(of: request, route))
        }
        guard !world.rules.isEmpty else {
            rules = []
            return
        }
        var reading = RequestReading(request, subject.route, world: world.name, router, body: subject.document)
        rules = world.rules.matching(&reading)
    }

    /// The request anew, of which no rule has read anything.
    func reading(_ router: Router) -> RequestReading {
        RequestReading(request, subject.route, world: world.name, router, body: subject.document)
    }

    /// Who makes the request, as rules see it.
    ///
    /// - Parameter caller: whom log-in found.
    /// - Returns: user, client id, else the address.
    func caller(_ caller: Caller?) -> String {
        switch (subject, credential) {
        case (.token(.success(let asked)), _): asked.client
        case (_, .basic(let user, _)): user.text
        case (_, .bearer): caller.flatMap { $0.isNamed ? $0.name : nil } ?? request.peer
        default: request.peer
        }
    }

    private static func isTokenEndpoint(_ request: Request) -> Bool {
        request.path.count == 13 && request.bytes[request.path].elementsEqual("/oauth2/token".utf8)
    }

    /// The body as JSON, if the endpoint reads one; an empty body is none.
    private static func body(of request: Request, _ route: Router.Match) -> Result<JSONDocument, Refusal>? {
        guard case .endpoint(let endpoint, _, _) = route, endpoint.takesBody, !request.body.isEmpty else { return nil }
        do throws(JSONMistake) {
            return .success(try JSONDocument(request.bytes, in: request.body))
        } catch {
            return .failure(.invalidJSON(error))
        }
    }
}

extension Exchange.Subject {
    fileprivate var route: RequestReading.Route {
        switch self {
        case .token: .token
        case .operation(.endpoint(_, let number, _), _): .endpoint(number)
        case .operation: .nothing
        }
    }

    fileprivate var document: JSONDocument? {
        if case .operation(_, .success(let document)) = self { document } else { nil }
    }
}
