public import Base
import Entities
import Journal
public import MicroHTTP
public import Model
import Rules

/// Replies, refusals and tokens, each with the header fields that Command sends with every reply.
extension WorldState {
    /// A response with the header fields that Command sends with every reply.
    ///
    /// - Parameters:
    ///   - reply: Command's part of it.
    ///   - operation: the operation that gives it.
    ///   - now: the world's time, for `Date`.
    /// - Returns: the complete response.
    mutating func response(_ reply: Reply, of operation: Operation, now: Timestamp) -> Response {
        let kind: WireFields.Kind =
            switch (reply.body.isEmpty, operation.hasVersionTwo(in: scenario.product)) {
            case (false, false): .json
            case (true, false): .bare
            case (false, true): .jsonOfTwo
            case (true, true): .bareOfTwo
            }
        var response = response(reply.status, kind, body: reply.body, now: now)
        if let finish = reply.finish { response.finish = { $0.body = finish($0.body) } }
        if let total = reply.total { response.add("X-Total-Count", String(total)) }
        for header in reply.headers { response.add(header.name, header.value) }
        return response
    }

    /// A refusal as Command sends it.
    ///
    /// - Parameters:
    ///   - refusal: the refusal.
    ///   - now: the world's time, for `Date`.
    /// - Returns: the complete response.
    public mutating func response(_ refusal: Refusal, now: Timestamp) -> Response {
        var response: Response
        if refusal.bindingMember != nil, scenario.fidelity.bindingErrors == .problem {
            let body = refusal.problemBody(trace: estate.identifiers.next(.correlation))
            response = self.response(refusal.status, .other, body: body, now: now)
            response.add("Content-Type", "application/problem+json; charset=utf-8")
        } else {
            response = self.response(refusal.status, .refusal, body: refusal.body, now: now)
        }
        for header in refusal.headers { response.add(header.name, header.value) }
        if let why = refusal.reason { response.add("X-Mock-Why", why) }
        return response
    }

    /// The 401 as IIS sends it before Command sees the request, or as the fidelity switch says.
    ///
    /// - Parameters:
    ///   - why: the reason.
    ///   - now: the world's time, for `Date`.
    /// - Returns: the complete response.
    mutating func unauthorized(_ why: String, now: Timestamp) -> Response {
        var response: Response
        switch scenario.fidelity.unauthorizedBody {
        case .html:
            response = self.response(401, .other, body: Array(Failure.unauthorizedPage.utf8), now: now)
            response.add("Content-Type", "text/html")
        case .json: response = self.response(401, .refusal, body: Refusal.unauthorized.body, now: now)
        case .empty: response = self.response(401, .other, body: [], now: now)
        }
        addChallenges(to: &response)
        response.add("X-Mock-Why", why)
        return response
    }

    /// Adds a challenge for each scheme by which a caller may log in.
    func addChallenges(to response: inout Response) {
        if scenario.access.mode != .bearer { response.add("WWW-Authenticate", "Basic realm=\"Keyfactor Command\", charset=\"UTF-8\"") }
        if scenario.access.mode != .basic { response.add("WWW-Authenticate", "Bearer") }
    }

    /// A response with the header fields of its kind.
    mutating func response(_ status: Int, _ kind: WireFields.Kind, body: [UInt8], now: Timestamp) -> Response {
        Response(status, packed: fields.packed(kind, now: now, correlation: estate.identifiers.next(.correlation)), body: body)
    }

    /// The reply of the token endpoint.
    ///
    /// - Parameters:
    ///   - exchange: the request for a token.
    ///   - now: the world's time.
    /// - Returns: a token, or an error of RFC 6749.
    mutating func tokenOutcome(_ exchange: Exchange, now: Timestamp) -> Work.Completion {
        do throws(TokenRequest.Failure) {
            guard case .token(let asked) = exchange.subject else {
                throw TokenRequest.Failure(status: 400, error: "", description: "")
            }
            return Work.Completion(try issueToken(try asked.get(), now: now), isCommitted: true)
        } catch {
            return Work.Completion(error.response, reason: error.reason)
        }
    }

    /// Issues a token to a client, or says why not.
    private mutating func issueToken(_ request: TokenRequest, now: Timestamp) throws(TokenRequest.Failure) -> Response {
        let access = scenario.access
        guard request.secrets.contains(where: { access.admitsClient(request.client, $0) }) else {
            throw TokenRequest.Failure(
                status: 401, error: "invalid_client", description: "invalid client credentials", challenges: true,
                why: access.reason(client: request.client, hasSecret: request.hasSecret))
        }
        let token = tokens.issue(to: request.client, in: name, expires: now + access.tokenLifetime, &estate.identifiers)
        var writer = JSONWriter(capacity: 192)
        writer.object { writer in
            writer.member("access_token", token)
            writer.member("token_type", "Bearer")
            writer.member("expires_in", Int(access.tokenLifetime.components.seconds))
            if let scope = request.scope { writer.member("scope", scope) }
        }
        return .ofTokenEndpoint(200, writer.bytes)
    }
}

extension Refusal {
    /// Why it was refused, in the words of `X-Mock-Why`, the journal and the log: what a developer should know, else its own sentence.
    public var reason: String? {
        guard (400..<500).contains(status) else { return why }
        let sentence = why.flatMap { $0.isEmpty ? nil : $0 } ?? (message.hasSuffix(".") ? String(message.dropLast()) : message)
        return sentence.asReason
    }
}

extension String {
    /// The sentence as `X-Mock-Why`, the journal and the log show it: on one line, not too long, and without secrets.
    var asReason: String {
        // Hardly any has a control character; to put a text together from its characters takes 40,000 instructions.
        let holdsControls = utf8.contains { $0 < 0x20 || $0 == 0x7F }
        let plain =
            holdsControls ? String(String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 })) : self
        return Secrets.reason(plain.utf8.count <= 2_000 ? plain : plain.prefix(2_000) + " …")
    }
}
