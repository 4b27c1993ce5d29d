import Base
import Journal
import MicroHTTP

/// A request to the token endpoint: OAuth 2 client credentials (RFC 6749, section 4.4).
public struct TokenRequest: Sendable {
    /// Why no token is issued (RFC 6749, section 5.2).
    struct Failure: Error, Sendable, Equatable {
        var status: Int
        var error: String
        var description: String
        /// Whether the client used the `Authorization` header, so that the 401 must name a scheme.
        var challenges = false
        /// What else a developer should know.
        var why: String?
    }

    let client: String
    /// The secret as sent and, from a header, also form-decoded: RFC 6749 asks for encoding, and not every client does it.
    let secrets: [[UInt8]]
    /// Whether a secret was sent, be it an empty one.
    let hasSecret: Bool
    let scope: String?

    /// Reads a token request: client_secret_basic or client_secret_post, never both.
    ///
    /// `scope` and `audience` are accepted as they are; an identity provider would check them.
    ///
    /// - Parameter request: a POST of a form.
    /// - Throws: the error of RFC 6749 for a request that is wrong.
    init(_ request: Request) throws(Failure) {
        guard request.method == .post else { throw Self.invalid("the token endpoint takes POST", status: 405) }
        let form = try Self.form(request)
        guard let grant = form["grant_type"] else {
            let isJSON = request.bytes[request.body].first { $0 > UInt8(ascii: " ") } == UInt8(ascii: "{")
            throw Self.invalid(
                "grant_type is missing" + (isJSON ? ": expected a form (application/x-www-form-urlencoded), found JSON" : ""))
        }
        guard grant == "client_credentials" else {
            throw Failure(
                status: 400, error: "unsupported_grant_type", description: "expected client_credentials, found '\(grant.prefix(60))'")
        }
        scope = form["scope"]
        guard (form["client_id"] ?? "").utf8.count <= Self.longestID else {
            throw Self.invalid("client_id is longer than \(Self.longestID) bytes")
        }
        switch Credential(request) {
        case .none:
            guard let id = form["client_id"], !id.isEmpty else {
                throw Failure(
                    status: 401, error: "invalid_client", description: "neither Basic credentials nor client_id and client_secret")
            }
            (client, secrets) = (id, [Array((form["client_secret"] ?? "").utf8)])
            hasSecret = form["client_secret"] != nil
        case .basic:
            guard form["client_secret"] == nil else { throw Self.invalid("the client's secret came twice: in the header and in the body") }
            guard let (id, secrets) = Self.basic(request) else {
                throw Failure(status: 401, error: "invalid_client", description: "the Basic credentials are not UTF-8", challenges: true)
            }
            (client, self.secrets, hasSecret) = (id, secrets, true)
        case .bearer, .bearerOfNoWorld, .malformed:
            throw Failure(status: 401, error: "invalid_client", description: "expected Basic credentials", challenges: true)
        }
    }

    /// The longest client id, in bytes; it is kept with each token.
    private static let longestID = 256

    /// Client id and secret of a Basic header, each form-encoded before the two were joined (RFC 6749, section 2.3.1), or not.
    private static func basic(_ request: Request) -> (String, [[UInt8]])? {
        guard let range = request.headerRange("authorization"), let blank = request.bytes[range].firstIndex(of: UInt8(ascii: " ")),
            let bytes = Base64.decode(request.bytes[(blank + 1)..<range.upperBound].drop { $0 == UInt8(ascii: " ") }),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let id = PercentEncoding.decode(bytes[..<colon], plusIsSpace: true) ?? String(validating: bytes[..<colon], as: UTF8.self)
        else { return nil }
        guard id.utf8.count <= longestID else { return nil }
        let secret = bytes[(colon + 1)...]
        let decoded = PercentEncoding.decode(secret, plusIsSpace: true).map { Array($0.utf8) }
        return (id, [Array(secret)] + (decoded.map { [$0] } ?? []))
    }

    private static func form(_ request: Request) throws(Failure) -> [String: String] {
        if let mistake = request.bodyMistake { throw invalid(mistake.message, status: mistake.status) }
        guard request.body.count <= 65_536 else { throw invalid("the form is longer than 64 KiB") }
        var form: [String: String] = [:]
        for part in request.bytes[request.body].split(separator: UInt8(ascii: "&")) {
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(sides[0], plusIsSpace: true),
                let value = PercentEncoding.decode(sides.count > 1 ? sides[1] : [], plusIsSpace: true)
            else { throw invalid("the form is not properly encoded") }
            guard form.updateValue(value, forKey: name) == nil else { throw invalid("'\(name.prefix(60))' came twice") }
        }
        return form
    }

    private static func invalid(_ description: String, status: Int = 400) -> Failure {
        Failure(status: status, error: "invalid_request", description: description)
    }
}

extension TokenRequest.Failure {
    /// Why no token is issued, in the words of `X-Mock-Why`, the journal and the log.
    var reason: String { Secrets.reason(why ?? (description.isEmpty ? "the request is not for the token endpoint" : description)) }

    /// The response as RFC 6749 says.
    var response: Response {
        var writer = JSONWriter(capacity: 128)
        writer.object { writer in
            writer.member("error", error)
            writer.member("error_description", description)
        }
        var response = Response.ofTokenEndpoint(status, writer.bytes)
        if challenges { response.add("WWW-Authenticate", "Basic realm=\"keyfactor-mock\", charset=\"UTF-8\"") }
        if status == 405 { response.add("Allow", "POST") }
        response.add("X-Mock-Why", reason)
        return response
    }
}

extension Response {
    /// A response of the token endpoint, which must not be cached.
    static func ofTokenEndpoint(_ status: Int, _ body: [UInt8]) -> Response {
        var response = Response(status, body: body)
        response.add("Content-Type", "application/json")
        response.add("Cache-Control", "no-store")
        return response
    }
}
