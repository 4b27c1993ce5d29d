import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Journal
@testable import KeyfactorMock
@testable import Worlds

/// Secrets of many shapes, planted in requests: none shows in the journal, the log, a verdict, its reports, the coverage or the metrics.
struct PlantedSecretsTests {
    /// What is sent, with `MARK` for the secret.
    private struct Shape: Sendable {
        var type: String? = "application/json"
        var path = "/CertificateStores"
        var query = ""
        var body = ""
        var header: (String, String)?
    }

    private static let names = [
        "Password", "StorePassword", "pass-phrase", "client_secret", "SecretValue", "PrivateKey", "private.key", "access_token",
        "refreshToken",
        "Token", "csrf-token", "client_assertion", "ServerUsername", "jsonKey", "Service_Json_Key", "AccessKey", "aws_access_key",
        "api_key",
        "X-Api-Key", "PfxData", "db_pwd", "ConnectionString", "Credentials", "sessionId", "jwt",
    ]

    private static func escaped(_ json: String) -> String { json.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") }

    /// The shapes that have a name: so many for each name.
    private static func shapes(_ name: String) -> [Shape] {
        let inner = "{\"\(name)\":\"MARK\"}"
        return [
            Shape(body: "{\"A\":1,\"\(name)\":\"MARK\"}"), Shape(body: "{\"\(name)\":{\"value\":[\"MARK\",7]}}"),
            Shape(body: "[{\"B\":[{\"\(name)\":\"MARK\"}]}]"), Shape(body: "{\"Properties\":\"\(escaped(inner))\"}"),
            Shape(body: "{\"A\":\"\(escaped("{\"B\":\"\(escaped(inner))\"}"))\"}"),
            Shape(body: "{\"Name\":\"\(name)\",\"Value\":\"MARK\"}"), Shape(body: "{\"Value\":\"MARK\",\"Key\":\"\(name)\"}"),
            Shape(body: "[[\"\(name)\",\"MARK\"]]"), Shape(body: "{\"Fields\":[{\"FieldName\":\"\(name)\",\"Content\":{\"x\":\"MARK\"}}]}"),
            Shape(body: "{\"Note\":\"\(name)=MARK;Server=a\"}"), Shape(body: "{\"Note\":\"<\(name)>MARK</\(name)>\"}"),
            Shape(body: "{\"Args\":\"run --\(name) MARK\"}"), Shape(body: "{\"\(name)\":\"MARK\""), Shape(type: nil, body: "\(name): MARK"),
            Shape(type: "application/xml", body: "<a><\(name)>MARK</\(name)></a>"),
            Shape(type: "application/x-www-form-urlencoded", body: "a=1&\(name)=MARK"),
            Shape(type: "application/x-www-form-urlencoded", body: "a=1;\(name)=MARK;b=2"),
            Shape(type: "application/x-www-form-urlencoded", body: "name=\(name)&value=MARK"),
            Shape(query: "\(name)=MARK&returnLimit=1"), Shape(query: "returnLimit=1;\(name)=MARK"),
        ]
    }

    /// Secrets that need no name.
    private static let nameless: [Shape] = [
        Shape(body: "{\"Data\":\"-----BEGIN PRIVATE KEY-----\\nMARK\"}"), Shape(body: "{\"Data\":\"Bearer MARK\"}"),
        Shape(body: "{\"Data\":\"Basic MARKMARK\"}"), Shape(body: "{\"Url\":\"https://ops:MARK@host/a\"}"),
        Shape(body: "{\"Data\":\"eyJhbGciOiJIUzI1NiJ9.MARK.MARK\"}"), Shape(type: "text/plain", body: "MARK"),
        Shape(type: "application/octet-stream", body: "\u{1}MARK"),
        Shape(type: "multipart/form-data; boundary=x", body: "--x\r\n\r\nMARK\r\n--x--"),
        Shape(path: "/oauth2/token", body: "{\"grant_type\":\"client_credentials\",\"client_secret\":\"MARK\"}"),
        Shape(type: nil, path: "/oauth2/token", body: "grant_type=client_credentials;client_secret=MARK"),
        Shape(type: nil, path: "/oauth2/token", body: "grant_type=client_credentials&client_assertion=MARK"),
        Shape(header: ("Authorization", "Basic MARK")), Shape(header: ("Authorization", "MARK")), Shape(header: ("X-Vault", "MARK")),
        Shape(header: ("Ocp-Apim-Subscription-Key", "MARK")), Shape(header: ("Cookie", "a=MARK")),
        Shape(header: ("X-Amz-Security", "MARK")),
        Shape(header: ("User-Agent", "client (token=MARK)")), Shape(header: ("Referer", "https://u:MARK@host/")),
    ]

    @Test func noneOfFiveHundredMarksShows() throws {
        let log = Lock<[String]>([])
        let scenario = """
            auth: { mode: any }
            expect:
              - { requests: { operation: POST /CertificateStores, where: { body.A: never } }, count: 1 }
              - { every: { operation: POST /CertificateStores }, has: { 'body.Fields[0].Content': absent, header.x-vault: absent } }
              - { requests: { where: { body.Note: never, query.password: never, 'body[0][1]': never } }, count: 7 }
              - { requests: { operation: POST /CertificateStores }, count: 1 }
            """
        let mock = try Mock(scenario, log: Log(.debug) { line in log.withLock { $0.append(line) } })
        var marks: [String] = []
        for (number, shape) in (Self.names.flatMap(Self.shapes) + Self.nameless).enumerated() {
            let mark = "zq\(1_000 + number)hush"
            marks.append(mark)
            let path = shape.path.hasPrefix("/oauth2") ? shape.path : "/KeyfactorAPI" + shape.path
            var headers = [("Host", "localhost"), ("x-keyfactor-requested-with", "APIClient")]
            if let type = shape.type { headers.append(("Content-Type", type)) }
            if let (name, value) = shape.header { headers.append((name, value.replacing("MARK", with: mark))) }
            _ = try mock.raw(
                Request(
                    .post, path + (shape.query.isEmpty ? "" : "?" + shape.query.replacing("MARK", with: mark)), headers: headers,
                    body: Array(shape.body.replacing("MARK", with: mark).utf8)))
        }
        #expect(marks.count > 500)
        let verdict = mock.server.worlds.standard.verdict()
        let journal = try mock.raw(Request(.get, "/_mock/journal?limit=1000", headers: [("Host", "localhost")])).body
        let verified = try mock.send(.post, "/_mock/verify").body
        let surfaces = [
            ("journal", journal), ("log", log.withLock { $0.joined(separator: "\n") }), ("verify", verified), ("text", verdict.text),
            ("JUnit", verdict.junit(suite: "s")), ("coverage", mock.server.worlds.standard.coverage.json),
            ("metrics", try mock.get("/_mock/metrics").body),
        ]
        for (name, text) in surfaces {
            #expect(!text.isEmpty)
            let shown = marks.indices.filter { text.contains(marks[$0]) }
            #expect(shown.isEmpty, "\(name) shows \(shown.count): \(shown.prefix(12))")
        }
    }

    @Test(arguments: [
        #"{"SetNewPasswordAllowed":true}"#, #"{"SetNewPasswordAllowed":"yes"}"#,
        #"{"PasswordOptions":{"EntrySupported":false,"Style":"Default"}}"#,
        #"{"PrivateKeyAllowed":"Optional"}"#, #"{"PrivateKeyAllowed":1}"#, #"{"HasPrivateKey":true}"#, #"{"StorePasswordRequired":false}"#,
        #"{"TokenType":"Bearer","Note":"Resets the password of a store"}"#, #"{"Name":"web-1","Value":"shown"}"#,
        #"{"Days":["Monday"],"Time":"2026-03-01T02:00:00Z"}"#,
    ])
    func whatIsNoSecretIsShown(_ body: String) { #expect(Secrets.body(Array(body.utf8)[...], isForm: false) == body) }

    @Test(arguments: [
        "includeHasPrivateKey=true", "includeHasPrivateKey=yes", "certificateQuery.includeHasPrivateKey=1", "password=", "returnLimit=1%20",
        "QueryString=ClientMachine%20-eq%20%22web-1%22", "a=b;c=d",
    ])
    func whatIsNoSecretInAQueryIsShown(_ query: String) { #expect(Secrets.query(query) == query) }
}
