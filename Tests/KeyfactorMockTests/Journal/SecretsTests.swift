import MicroHTTP
import TestSupport
import Testing

@testable import Journal

/// What a journal must not show, and what it must.
struct SecretsTests {
    private static func body(_ text: String, isForm: Bool = false) -> String { Secrets.body(Array(text.utf8)[...], isForm: isForm) }

    @Test(arguments: [
        ("Password", true, "as Keyfactor writes it"), ("serverPassword", true, "as part of a name"), ("CLIENT_SECRET", true, "in capitals"),
        ("token", true, "a token alone"), ("access_token", true, "of OAuth"), ("PrivateKey", true, "a key"),
        ("pfx", true, "a container of keys"),
        ("ApiKey", true, "another kind of key"), ("TokenType", false, "about a token"), ("Name", false, "no secret"),
        ("", false, "no name"),
    ])
    func aNameTellsWhetherItIsASecret(_ name: String, _ isSecret: Bool, _ reason: String) {
        #expect(Secrets.isSecret(name: name) == isSecret, "\(reason)")
    }

    @Test(arguments: [
        ("Authorization", "Basic dXNlcjpwYXNz", "Basic (struck out)", "the scheme stays"),
        ("authorization", "Bearer abc", "Bearer (struck out)", "in any case"),
        ("Authorization", "dXNlcjpwYXNz", "(struck out)", "without a scheme nothing stays"),
        ("Authorization", "dXNlcjpwYXNzd29yZA== x", "(struck out)", "what is too long for a scheme goes"),
        ("Cookie", "a=b", "(struck out)", "a cookie"), ("X-Mock-Token", "t", "(struck out)", "the mock's own"),
        ("Accept", "Basic x", "Basic x", "any other header field stays"),
    ])
    func aHeaderFieldIsShown(_ name: String, _ value: String, _ shown: String, _ reason: String) {
        #expect(Secrets.header(name, value) == shown, "\(reason)")
    }

    @Test(arguments: [
        ("a=b&password=x&c=d", "a=b&password=(struck out)&c=d", "the value of a secret"),
        ("pass%77ord=x", "pass%77ord=(struck out)", "a name with escapes"),
        ("password", "password", "a name without a value"), ("&&a=b&", "&&a=b&", "empty parts stay"),
        ("client+secret=x", "client+secret=(struck out)", "a plus"),
    ])
    func aQueryIsShown(_ query: String, _ shown: String, _ reason: String) { #expect(Secrets.query(query) == shown, "\(reason)") }

    @Test(arguments: [
        (#"{"Name":"a","Password":"x"}"#, #"{"Name":"a","Password":"(struck out)"}"#, "a member"),
        (#"{"Password":null}"#, #"{"Password":null}"#, "null is no secret"),
        (#"{"Password":{"Value":"x"}}"#, #"{"Password":"(struck out)"}"#, "a whole object"),
        (#"{"P\u0061ssword":"x"}"#, #"{"Password":"(struck out)"}"#, "a name with escapes"),
        (
            #"{"Properties":"{\"ServerPassword\":\"x\"}"}"#, #"{"Properties":"{\"ServerPassword\":\"(struck out)\"}"}"#,
            "JSON inside a text"
        ),
        (#"["-----BEGIN PRIVATE KEY-----\nx"]"#, #"["(struck out)"]"#, "a private key without a name"),
        (#"{"Password":"x""#, "(struck out)", "what cannot be read and may hold a secret"),
        ("no json", "(struck out)", "what is not understood"), ("xxxxxxxx", "xxxxxxxx", "a run of one character"),
    ])
    func aBodyIsShown(_ body: String, _ shown: String, _ reason: String) throws {
        #expect(Self.body(body) == shown, "\(reason)")
    }

    /// Bodies of random shape, with marks planted under names of secrets and under others: of the first none shows, of the others all.
    @Test(arguments: 1...20) func plantedMarksDoNotShow(_ seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        for _ in 0..<40 {
            var garden = Garden()
            let text = garden.object(depth: 0, &random)
            let shown = Self.body(text)
            for mark in garden.secrets { #expect(!shown.contains(mark), "\(text)") }
            for mark in garden.open { #expect(shown.contains(mark), "\(text)") }
            #expect(garden.secrets.isEmpty || shown.contains(Secrets.struckOut))
            for cut in [text.count / 3, text.count - 1] {
                let shown = Self.body(String(text.prefix(cut)))
                for mark in garden.secrets { #expect(!shown.contains(mark), "a body that was cut: \(text.prefix(cut))") }
            }
        }
    }

    /// Grows JSON with marks in it.
    private struct Garden {
        var secrets: [String] = []
        var open: [String] = []

        private static let secretNames = [
            "Password", "serverPassword", "PASSPHRASE", "client_secret", "ClientSecret", "PrivateKey", "private_key", "access_token",
            "Token", "apiKey", "Api_Key", "PfxData",
        ]
        private static let openNames = ["Name", "Id", "Schedule", "TokenType", "Value", "ClientMachine"]

        mutating func object(depth: Int, _ random: inout SplitMix) -> String {
            let members = (0..<Int.random(in: 1...4, using: &random)).map { number in
                let isSecret = Bool.random(using: &random)
                let name = (isSecret ? Self.secretNames : Self.openNames).randomElement(using: &random)!
                return "\"\(name)\":\(value(isSecret: isSecret, depth: depth, &random))"
            }
            return "{" + members.joined(separator: ",") + "}"
        }

        private mutating func value(isSecret: Bool, depth: Int, _ random: inout SplitMix) -> String {
            switch Int.random(in: 0..<(depth > 2 ? 2 : 5), using: &random) {
            case 0: return "\"\(mark(isSecret, &random))\""
            case 1: return mark(isSecret, &random, digits: true)
            case 2: return "[\(value(isSecret: isSecret, depth: depth + 1, &random)),\"\(mark(isSecret, &random))\"]"
            case 3 where !isSecret:
                let inner = object(depth: depth + 2, &random)
                return "\"" + inner.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
            default:
                // Below a secret everything is secret.
                guard isSecret else { return object(depth: depth + 1, &random) }
                return "{\"Value\":\"\(mark(true, &random))\"}"
            }
        }

        private mutating func mark(_ isSecret: Bool, _ random: inout SplitMix, digits: Bool = false) -> String {
            let number = UInt64.random(in: 1_000_000_000_000...9_999_999_999_999, using: &random)
            let mark = digits ? "\(number)" : "mark-\(number)"
            if isSecret { secrets.append(mark) } else { open.append(mark) }
            return mark
        }
    }
}
