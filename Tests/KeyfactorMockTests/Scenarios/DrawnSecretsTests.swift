import MicroHTTP
import TestSupport
import Testing

@testable import Journal
@testable import ScenarioFormat
@testable import Worlds

/// Mistakes of scenario files are drawn with the line they are in: `hush`, wherever it is a secret, is not.
struct DrawnSecretsTests {
    private static let user = "auth: { mode: basic, users: [ { name: a, "

    @Test(arguments: [
        user + "password: hush, permisions: [] } ] }", user + "password: [ hush ] } ] }", user + "pasword: hush } ] }",
        user + "password: { plain: hush } } ] }", user + "password: hush, password: hush2 } ] }", user + "password, hush } ] }",
        user + "password: 'hu\n   hush', x: 1 } ] }", user + "pw: \"hush\" } ] }", user + "password: hush, name: b } ] }",
        "auth: { users: [ 'a:hush' ] }", "auth: { users: 'a:hush' }", "auth: hush", "auth: { clients: [ { id: a, secrt: hush } ] }",
        "auth:\n  clients:\n  - id: a\n    secrt: hush\n", "x-p: &p hush\nauth: { users: [ { name: a, password: *p, x: 1 } ], x: *p }",
        "x-p: &p { password: hush, y: 1 }\nauth: { users: [ { name: a, <<: *p } ] }",
        "{\"auth\": {\"users\": [ {\"name\": \"a\", \"password\": \"hush\", \"nme\": 1} ]}}",
        "estate: { certificateStores: [ { machine: a, path: b, properties: { tok: hush }, pth: x } ] }",
        "estate: { certificateStores: [ { machine: a, pth: x, properties: '{\"tok\":\"hush\"}' } ] }",
        "estate: { storeTypes: [ { name: x, properties: [ { name: tok, type: Secret, defaultValue: hush, nme: x } ] } ] }",
        "rules: [ { operation: GET /Agents, where: { header.Authorization: 'Basic hush' }, dooo: [] } ]",
        "rules: [ { operation: GET /Agents, where: { header.X-Key: { equal: hush } }, do: [] } ]",
        "rules: [ { operation: GET /Agents, where: { query.password: hush }, do: [], x: 1 } ]",
        "rules: [ { operation: POST /Agents, where: { body.Properties.tok: hush }, do: [], x: 1 } ]",
        "rules: [ { operation: GET /Agents, where: { query.url: 'https://me:hush@host' }, do: [], x: 1 } ]",
        "expect: [ { requests: { where: { body.ServerPassword: hush } }, cont: 1 } ]",
        "rules: [ { operation: GET /Agents, do: [ { answer: 200, headers: { X-Token: hush }, bdy: x } ] } ]",
    ])
    func aMistakeIsDrawnWithoutTheSecretsOfItsLine(_ text: String) throws {
        try check(text)
    }

    @Test(arguments: [
        user + "password: \"hush } ] }", user + "password: hush } ", user + "password: hush: x } ] }", user + "secrt: hush } ] ] }",
        "auth:\n  users:\n  - name: a\n    password: hush: x\n", "auth:\n  users:\n  - name: a\n    password: |\n      x\n   hush: y: z",
        "auth:\n  users:\n    - name: a\n      password: hush\n     - x", "auth:\n  users:\n  - { name: a, password: @hush }\n",
        "estate:\n  certificateStores:\n  - machine: a\n    properties:\n      tok: hush: x\n",
        "auth:\n  users:\n  - {name: a,\n     password:\n     @hush }\n",
        "rules:\n- operation: GET /Agents\n  where: { header.X-Key: `hush }\n",
        "{\"auth\": {\"users\": [ {\"password\": \"hush\" \"x\"} ]}}",
        "auth: { users: [ { name: a, password: hush } ] }\n---\nauth: { users: [ { password: hush } ] }", "password: %hush",
        "x: 'https://me:hush@host' y",
    ])
    func whatIsNotYAMLIsDrawnWithoutTheSecretsOfItsLine(_ text: String) throws {
        #expect(YAMLNode.tree(of: Array(text.utf8)) == nil)
        try check(text)
    }

    private func check(_ text: String) throws {
        var drawn: String?
        do throws(Mistakes) {
            _ = try Scenario(Array(text.utf8), now: Mock.noon)
        } catch {
            drawn = error.shown(file: "x.yaml", source: Array(text.utf8))
        }
        let shown = try #require(drawn, "\(text) has no mistake")
        #expect(!shown.contains("hush"), "\(shown)")
        let refused = try Mock().send(.put, "/_mock/scenario", body: text)
        #expect(refused.status == 400 && !refused.body.contains("hush"), "\(refused.body)")
    }

    @Test(arguments: [
        ("product: 25.3", "25.3"), ("auth: { mode: bsic }", "bsic"), ("estate: { agents: [ { machine: hush, nme: y } ] }", "hush"),
        ("auth: { users: [ { name: hush, password: x1, permisions: [] } ] }", "hush"),
        ("progress: [ { mtch: { jobType: hush } } ]", "hush"),
        ("rules: [ { operation: GET /Agents, where: { header.Accept: hush }, dooo: [] } ]", "hush"),
        ("auth: { tokens: { expiresIn: hush } }", "hush"), ("fidelity: { secrets: hush }", "hush"),
        ("rules: [ { operation: hush: x } ]", "hush"),
        ("estate: { certificateStores: [ { machine: a, path: b, password: maybe } ] }", "machine: a"),
    ])
    func whatIsNoSecretIsDrawn(_ text: String, _ part: String) {
        #expect(throws: Mistakes.self) { try Scenario(Array(text.utf8), now: Mock.noon) }
        do throws(Mistakes) {
            _ = try Scenario(Array(text.utf8), now: Mock.noon)
        } catch {
            let line = error.shown(file: "x.yaml", source: Array(text.utf8)).split(separator: "\n")[1]
            #expect(line.contains(part), "\(line)")
        }
    }

    @Test func theCaretStandsUnderWhatIsMeantBehindASecret() {
        let text = Self.user + "password: hush, permisions: [] } ] }"
        do throws(Mistakes) {
            _ = try Scenario(Array(text.utf8), now: Mock.noon)
        } catch {
            #expect(
                error.shown(file: "x.yaml", source: Array(text.utf8)).hasPrefix(
                    """
                    x.yaml:1:58: unknown key 'permisions' in a user
                        1 | auth: { mode: basic, users: [ { name: a, password: (struck out), permisions: [] } ] }
                          |                                                                  ^~~~~~~~~~ did you mean
                    """))
        }
    }
}
