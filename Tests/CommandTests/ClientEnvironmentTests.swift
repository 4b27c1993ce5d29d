import Foundation
import Base
import Worlds
import TestSupport
import Testing

@testable import keyfactor_mock

struct ClientEnvironmentTests {
    private static let files = ClientEnvironment.Files(
        authority: "/tmp/k/ca.pem", roots: "/tmp/k/roots.pem", configuration: "/tmp/k/command_config.json", wget: "/tmp/k/wgetrc")

    private static func scenario(_ text: String) throws -> Scenario { try Scenario(Array(text.utf8), now: TimeSource.system.now()) }

    private static func environment(
        _ text: String = "", _ kind: ClientLogin.Kind? = nil, host: String = "127.0.0.1", http: UInt16? = 1111, https: UInt16 = 2222
    ) throws -> ClientEnvironment {
        let scenario = try scenario(text)
        let address = ClientEnvironment.Address(listeningOn: host, httpPort: http, httpsPort: https)
        return ClientEnvironment(address, scenario, ClientLogin(kind, scenario.access), files)
    }

    private static let logins = """
        auth:
          mode: both
          users:
            - { name: 'EXAMPLE\\reader', password: r, permissions: [ /agents/management/read/ ] }
            - { name: 'CORP\\ops', password: "it's $5 & \\"more\\"" }
          clients: [ { id: some, secret: s, permissions: [ /agents/management/read/ ] }, { id: ci, secret: 's3cr:t&=+ %' } ]
        """

    @Test(
        arguments: [
            ("plain", "", nil), ("plain-oauth", "", .oauth), ("scenario", logins + "\nbasePath: /Custom/Api", nil),
            ("scenario-oauth", logins, .oauth), ("bearer", "auth: { mode: bearer, clients: [ { id: only, secret: s } ] }", nil),
        ] as [(String, String, ClientLogin.Kind?)])
    func theFileIsAsExpected(_ name: String, _ scenario: String, _ kind: ClientLogin.Kind?) throws {
        let text = try Self.environment(scenario, kind).fileText
        #expect(Golden.difference(text, "Tests/CommandTests/Goldens/env-\(name).txt") == nil)
    }

    @Test(
        arguments: [
            ("127.0.0.1", 1111, 2222, "localhost:2222", "0", "http://localhost:1111/_mock"),
            ("0.0.0.0", 1111, 2222, "localhost:2222", "0", "http://localhost:1111/_mock"),
            ("::1", 1111, 2222, "[::1]:2222", "0", "http://[::1]:1111/_mock"),
            ("127.0.0.2", 1111, 443, "127.0.0.2", "443", "http://127.0.0.2:1111/_mock"),
            ("127.0.0.1", nil, 2222, "localhost:2222", "0", "https://localhost:2222/_mock"),
        ] as [(String, UInt16?, UInt16, String, String, String)])
    func variablesNameTheAddress(_ host: String, _ http: UInt16?, _ https: UInt16, _ name: String, _ port: String, _ admin: String) throws {
        let variables = Dictionary(
            uniqueKeysWithValues: try Self.environment(host: host, http: http, https: https).variables.map { ($0.name, $0.value) })
        #expect(variables["KEYFACTOR_HOSTNAME"] == name && variables["KEYFACTOR_PORT"] == port)
        #expect(variables["KFMOCK_URL"] == "https://" + name && variables["KFMOCK_ADMIN_URL"] == admin)
        #expect(variables["KFMOCK_HTTP_URL"] == (http == nil ? nil : String(admin.dropLast(6))))
    }

    @Test func theTokenOfTheControlInterfaceIsPassedOn() throws {
        let scenario = try Self.scenario("")
        var address = ClientEnvironment.Address(listeningOn: "127.0.0.1", httpPort: 1111, httpsPort: 2222)
        address.adminToken = "s3cret"
        let variables = ClientEnvironment(address, scenario, ClientLogin(nil, scenario.access), Self.files).variables
        #expect(variables.contains { $0 == ("KEYFACTOR_MOCK_ADMIN_TOKEN", "s3cret") })
        #expect(try Self.environment().variables.allSatisfy { $0.name != "KEYFACTOR_MOCK_ADMIN_TOKEN" })
    }

    @Test func variablesOfTheOtherLoginAreRemoved() throws {
        #expect(
            try Self.environment().removed == [
                "KEYFACTOR_AUTH_CLIENT_ID", "KEYFACTOR_AUTH_CLIENT_SECRET", "KEYFACTOR_AUTH_TOKEN_URL", "COMMAND_IDP_CLIENTID",
                "COMMAND_IDP_CLIENTSECRET", "COMMAND_IDP_TOKENURL",
            ])
        #expect(
            try Self.environment("", .oauth, http: nil).removed == [
                "KEYFACTOR_USERNAME", "KEYFACTOR_PASSWORD", "KEYFACTOR_DOMAIN", "KFMOCK_HTTP_URL",
            ])
    }

    @Test(arguments: [("basic", .basic), ("oauth", .oauth)] as [(String, ClientLogin.Kind)])
    func theConfigurationOfGoToolsIsAsExpected(_ name: String, _ kind: ClientLogin.Kind) throws {
        let scenario = try Self.scenario(Self.logins)
        let bytes = ClientEnvironment.configuration(
            .init(listeningOn: "127.0.0.1", httpPort: 1, httpsPort: 2222), scenario, ClientLogin(kind, scenario.access),
            authority: Self.files.authority)
        #expect(Golden.difference(String(decoding: bytes, as: UTF8.self), "Tests/CommandTests/Goldens/command-config-\(name).json") == nil)
    }

    @Test(arguments: [
        (#"'CORP\ops'"#, "ops", "CORP"), ("ops@corp.test", "ops", "corp.test"), ("ops", "ops", "EXAMPLE"),
    ])
    func aUserIsSplitIntoNameAndDomain(_ written: String, _ user: String, _ domain: String) throws {
        let access = try Self.scenario("auth: { users: [ { name: \(written), password: p } ] }").access
        #expect(ClientLogin(nil, access) == .basic(user: user, password: "p", domain: domain))
    }

    @Test(
        arguments: [
            ("", .basic, nil), ("auth: { mode: none }", .oauth, nil), (logins, .basic, nil), (logins, .oauth, nil),
            (
                "auth: { mode: bearer }", .basic,
                "the scenario only accepts bearer tokens, but clients will use Basic: remove --auth basic"
            ),
            ("auth: { mode: basic }", .oauth, "the scenario only accepts Basic, but clients will use OAuth: remove --auth oauth"),
            ("auth: { mode: basic }", .basic, "the scenario has no users: every Basic login will be refused"),
            ("auth: { mode: bearer }", .oauth, "the scenario has no clients: no client can get a token"),
        ] as [(String, ClientLogin.Kind, String?)])
    func aLoginThatWillBeRefusedIsReported(_ text: String, _ kind: ClientLogin.Kind, _ problem: String?) throws {
        let access = try Self.scenario(text).access
        #expect(ClientLogin(kind, access).problem(access) == problem)
    }

    @Test func theDocumentMentionsEveryVariable() throws {
        let document = try String(contentsOf: Golden.root.appending(path: "docs/EXEC.md"), encoding: .utf8)
        let names = try [nil, ClientLogin.Kind.oauth].flatMap { try Self.environment("", $0).variables.map(\.name) }
        for name in names + ClientEnvironment.conflicting {
            #expect(document.contains("`\(name)`"), "docs/EXEC.md does not mention \(name)")
        }
    }

    @Test(
        arguments: [
            ([:], "localhost", "localhost,127.0.0.1,::1"), (["NO_PROXY": "a.test"], "localhost", "a.test,localhost,127.0.0.1,::1"),
            (["no_proxy": "a.test, b.test", "NO_PROXY": "b.test"], "localhost", "b.test,a.test,localhost,127.0.0.1,::1"),
            (["NO_PROXY": "*"], "192.0.2.7", "*"), (["no_proxy": "localhost"], "192.0.2.7", "localhost,127.0.0.1,::1,192.0.2.7"),
            ([:], "[2001:db8::1]", "localhost,127.0.0.1,::1,2001:db8::1"),
            (["NO_PROXY": ""], "127.0.0.2", "localhost,127.0.0.1,::1,127.0.0.2"),
        ] as [([String: String], String, String)])
    func theServerIsReachedWithoutAProxy(_ environment: [String: String], _ host: String, _ expected: String) {
        #expect(ClientSurroundings.noProxy(environment, host: host) == expected)
    }

    @Test(
        arguments: [
            (["HTTPS_PROXY": "http://proxy:1"], 0), (["JAVA_TOOL_OPTIONS": "-Dhttps.proxyHost=proxy"], 0),
            (["JAVA_TOOL_OPTIONS": "-Dhttps.proxyHost=proxy -Dhttp.nonProxyHosts=*.test"], 1),
            (["MAVEN_OPTS": "-Dhttps.proxyHost=proxy -Dhttp.nonProxyHosts=localhost|*.test"], 0),
            (["GLOBAL_AGENT_HTTP_PROXY": "http://proxy:1"], 1),
            (["GLOBAL_AGENT_HTTPS_PROXY": "http://proxy:1", "GLOBAL_AGENT_NO_PROXY": "localhost"], 0),
        ] as [([String: String], Int)])
    func aProxyThatIgnoresNoProxyIsReported(_ environment: [String: String], _ count: Int) {
        #expect(ClientSurroundings.proxyWarnings(environment).count == count)
    }
}
