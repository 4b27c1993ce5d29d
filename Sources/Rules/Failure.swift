import Base
public import Model

/// A named refusal, of Command or of a gateway before it: what `refuse` sends.
public struct Failure: Sendable {
    /// What a failure's body is.
    enum Form: Sendable {
        /// `ErrorCode` and `Message`.
        case refusal
        /// The same with members whose names begin with a lower-case letter.
        case smallLetters
        /// The same with `FailedOperations`: a list of reasons, or null.
        case failedOperations([String]?)
        case html(String)
        case plain(String)
        /// A success whose JSON stops halfway; its Content-Length matches the half.
        case halfJSON
        case nothing
        /// The answer to an enrollment that gave no certificate, with this disposition.
        case disposition(String)
        /// As RFC 6749, section 5.2, defines it.
        case oauth
        /// The page of IIS, with its challenges.
        case unauthorizedPage
        case unauthorizedEmpty
    }

    /// The word by which `refuse` asks for it.
    public let name: String
    /// The HTTP status that it sends.
    public let status: Int
    /// Empty if it has no code.
    public let code: String
    /// `{caller}` and `{id}` stand for the caller and for the identifier in the path.
    let message: String
    /// How well it is known that Command sends it so.
    public let provenance: Refusal.Provenance
    /// When Command, or the gateway before it, sends this.
    public let when: String
    let form: Form
    let retryAfter: RetryAfter?

    init(
        _ name: String, _ status: Int, _ code: String = "", _ message: String = "", _ provenance: Refusal.Provenance, form: Form = .refusal,
        retryAfter: RetryAfter? = nil, when: String
    ) {
        (self.name, self.status, self.code, self.message) = (name, status, code, message)
        (self.provenance, self.form, self.retryAfter, self.when) = (provenance, form, retryAfter, when)
    }

    /// The failure that has a name.
    static func named(_ name: String) -> Failure? { library.first { $0.name == name } }

    /// The base of a refusal that names no failure: the rule gives status, code and message.
    static let generic = Failure("", 500, Refusal.badArgumentCode, "The request was refused by a rule.", .assumed, when: "")

    /// The page of a 401 as IIS sends it, in words of our own; the phrase is the one that clients look for.
    public static let unauthorizedPage = """
        <!DOCTYPE html><html><head><title>401 - Unauthorized</title></head><body>
        <h1>401 - Unauthorized: Access is denied due to invalid credentials.</h1>
        </body></html>

        """

    private static let badGateway = page("502 Bad Gateway")
    private static let gatewayTimeout = page("504 Gateway Time-out")

    private static func page(_ title: String) -> String {
        "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n<center><h1>\(title)</h1></center>\r\n</body>\r\n</html>\r\n"
    }

    /// Every failure, in the order in which `keyfactor-mock failures` prints them.
    public static let library: [Failure] =
        [
            Failure(
                "forbidden", 403, "0xA0140002", "User {caller} doesn't have the required permission", .recorded,
                when: "the caller has no role that allows it"),
            Failure(
                "sort-field", 400, "0xA011004A", "Invalid sort field: Id.", .recorded, when: "a list is sorted by a field it does not know"),
            Failure("unauthorized", 401, .recorded, form: .unauthorizedPage, when: "the credentials are wrong; a page of IIS"),
            Failure("unauthorized-empty", 401, .recorded, form: .unauthorizedEmpty, when: "the credentials are wrong; no body"),
            Failure(
                "not-found-store", 404, Refusal.notFoundCode, "Certificate store with id '{id}' does not exist.", .recorded,
                when: "no such certificate store; the text is recorded, its code is not"),
            Failure(
                "not-found-agent", 404, Refusal.notFoundCode, "Agent with id of '{id}' does not exist", .recorded,
                when: "no such agent; the text is recorded, its code is not"),
            Failure(
                "not-found-store-type", 404, Refusal.notFoundCode, "The certificate store type with StoreType '{id}' does not exist.",
                .recorded,
                when: "no such store type; the text is recorded, its code is not"),
            Failure(
                "not-found-job-type", 404, Refusal.notFoundCode, "Job type with id '{id}' does not exist.", .assumed,
                when: "no such job type"),
            Failure("not-found-job", 404, Refusal.notFoundCode, "Job with id '{id}' does not exist.", .assumed, when: "no such job"),
            Failure(
                "not-found-role", 404, Refusal.notFoundCode, "Unable to find 'Security Role' with Id '{id}'", .recorded,
                when: "no such role; the text is recorded, its code is not"),
            Failure(
                "invalid-argument", 400, Refusal.badArgumentCode, "The request holds an invalid argument.", .assumed,
                when: "something in the request is missing or wrong"),
            Failure(
                "invalid-json", 400, Refusal.badArgumentCode,
                "Unexpected character encountered while parsing value: }. Path '', line 1, position 1.", .assumed,
                when: "the body is not JSON; words like those of its JSON library leak"),
            Failure(
                "unavailable", 503, .assumed, form: .plain("The service is unavailable."),
                when: "the site is down or restarts; no JSON"),
            Failure(
                "throttled", 429, .assumed, form: .plain("Too many requests."), retryAfter: RetryAfter(.seconds(1), .seconds),
                when: "something before Command limits the rate; comes with Retry-After"),
            Failure(
                "gateway-502-html", 502, .assumed, form: .html(badGateway), when: "the gateway of a hosted service cannot reach Command"),
            Failure("gateway-504-html", 504, .assumed, form: .html(gatewayTimeout), when: "the gateway of a hosted service timed out"),
            Failure("text-500", 500, .assumed, form: .plain("Internal Server Error"), when: "something broke; plain text"),
            Failure("truncated-json-200", 200, .assumed, form: .halfJSON, when: "a success whose JSON stops halfway"),
            Failure("empty-200", 200, .assumed, form: .nothing, when: "a success without a body"),
            Failure(
                "oauth-invalid-client", 401, "invalid_client", "invalid client credentials", .recorded, form: .oauth,
                when: "the token endpoint does not know the client"),
            Failure(
                "collection-not-ready", 403, "0xA0140002", "User {caller} does not have the required permissions: Certificates - Read",
                .recorded,
                when: "for a while after enrollment into a collection; the text is recorded, its code is not"),
            Failure(
                "failed-operations", 400, Refusal.badArgumentCode, "Some operations failed.", .assumed,
                form: .failedOperations(["The first item was refused.", "The second item was refused."]),
                when: "some of several items were refused"),
            Failure(
                "failed-operations-null", 400, Refusal.badArgumentCode, "Some operations failed.", .assumed, form: .failedOperations(nil),
                when: "the same, without saying which"),
            Failure(
                "message-lowercase", 400, Refusal.badArgumentCode, "The request holds an invalid argument.", .assumed, form: .smallLetters,
                when: "member names begin in lower case; finds clients that know only one spelling"),
        ] + certificates
}

extension Failure {
    /// A failure without one of Command's codes.
    init(
        _ name: String, _ status: Int, _ provenance: Refusal.Provenance, form: Form, retryAfter: RetryAfter? = nil, when: String
    ) {
        self.init(name, status, "", "", provenance, form: form, retryAfter: retryAfter, when: when)
    }

    /// The body, and its type; `nil` for the type where there is no body.
    ///
    /// - Parameter context: the request that it answers.
    /// - Returns: the body as it is sent.
    func body(_ context: Substitute.Context) -> (type: String?, bytes: [UInt8]) {
        let message = message.replacing("{caller}", with: context.caller).replacing("{id}", with: context.identifier)
        let refusal = Refusal(status: status, code: code, message: message, provenance: provenance)
        let json = "application/json; charset=utf-8"
        switch form {
        case .refusal: return (json, refusal.body)
        case .smallLetters: return (json, object("errorCode", "message", message))
        case .failedOperations(let reasons?):
            var refusal = refusal
            refusal.failedOperations = reasons
            return (json, refusal.body)
        case .failedOperations(nil): return (json, refusal.body.dropLast() + Array(#","FailedOperations":null}"#.utf8))
        case .html(let page): return ("text/html", Array(page.utf8))
        case .plain(let text): return ("text/plain", Array(text.utf8))
        case .halfJSON: return (json, Array(#"[{"Id":"00000000-0000-0000-0000-000000000000","Cli"#.utf8))
        case .nothing: return (json, [])
        case .disposition(let word): return (json, enrollment(word, context))
        case .oauth: return ("application/json", object("error", "error_description", message))
        case .unauthorizedPage: return ("text/html", Array(Self.unauthorizedPage.utf8))
        case .unauthorizedEmpty: return (nil, [])
        }
    }

    private func object(_ codeName: String, _ messageName: String, _ message: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 96)
        writer.object { writer in
            writer.member(codeName, code)
            writer.name(messageName)
            writer.escapedValue(message)
        }
        return writer.bytes
    }

    /// Whether a gateway before Command sends it, so that it has none of Command's header fields.
    var isOfGateway: Bool { [429, 502, 503, 504].contains(status) && !name.isEmpty }

    /// Whether it challenges the caller to log in.
    var challenges: Bool {
        switch form {
        case .unauthorizedPage, .unauthorizedEmpty: true
        default: false
        }
    }
}
