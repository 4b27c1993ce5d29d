import ArgumentParser

import Testing

@testable import keyfactor_mock

struct EnvironmentSettingsTests {

    @Test(
        arguments: [
            ([], [:], ["serve"], "no arguments: serve"),
            ([], ["KEYFACTOR_MOCK_HTTP_PORT": "9000"], ["serve", "--http-port=9000"], "a variable"),
            (["--http-port", "1"], ["KEYFACTOR_MOCK_HTTP_PORT": "9000"], ["serve", "--http-port", "1"], "a flag overrides it"),
            (["--http-port=1"], ["KEYFACTOR_MOCK_HTTP_PORT": "9000"], ["serve", "--http-port=1"], "also with ="),
            (["serve", "--threads", "2"], ["KEYFACTOR_MOCK_HOST": "::"], ["serve", "--host=::", "--threads", "2"], "after the command"),
            (["healthcheck"], ["KEYFACTOR_MOCK_NO_HTTPS": "true"], ["healthcheck", "--no-https"], "a flag that is on"),
            ([], ["KEYFACTOR_MOCK_NO_HTTPS": "false"], ["serve"], "a flag that is off"),
            ([], ["KEYFACTOR_MOCK_TLS_NAME": "a.test,b.test"], ["serve", "--tls-name=a.test", "--tls-name=b.test"], "a list"),
            ([], ["KEYFACTOR_MOCK_HTTP_PORT": ""], ["serve"], "an empty variable is ignored"),
            (
                ["exec", "--", "x", "--seed", "1"], ["KEYFACTOR_MOCK_SEED": "2", "KEYFACTOR_MOCK_PORT_443": "1"],
                ["exec", "--seed=2", "--port-443", "--", "x", "--seed", "1"], "arguments of the command that exec runs are not ours"
            ),
            (["serve"], ["KEYFACTOR_MOCK_PORT_443": "1"], ["serve"], "a setting for exec only"),
            (["lint", "a.yaml"], ["KEYFACTOR_MOCK_HTTP_PORT": "9000"], ["lint", "a.yaml"], "other commands take no settings"),
            (["--help"], ["KEYFACTOR_MOCK_HTTP_PORT": "9000"], ["--help"], "help ignores settings"),
            (["nonsense"], [:], ["nonsense"], "unknown commands are left to the parser"),
        ] as [([String], [String: String], [String], String)])
    func settingsBecomeArguments(_ given: [String], _ environment: [String: String], _ all: [String], _ reason: String) {
        #expect(EnvironmentSettings(environment).arguments(before: given).all == all)
    }

    @Test func aMisspeltVariableIsReported() {
        let settings = EnvironmentSettings([
            "KEYFACTOR_MOCK_HTPP_PORT": "1", "KEYFACTOR_MOCK_HOST": "x", "KEYFACTOR_MOCK_QZ": "1", "PATH": "/",
        ])
        #expect(
            settings.unknown == [
                "KEYFACTOR_MOCK_HTPP_PORT is not a setting; did you mean KEYFACTOR_MOCK_HTTP_PORT?", "KEYFACTOR_MOCK_QZ is not a setting",
            ])
    }

    @Test(arguments: [
        ("PORT", "HTTP_PORT"), ("SSL_PORT", "HTTPS_PORT"), ("CONFIG", "SCENARIO"), ("BIND", "HOST"), ("TLS_NAMES", "TLS_NAME"),
        ("LOGLEVEL", "LOG_LEVEL"),
    ])
    func theSettingThatWasMeantIsSuggested(_ name: String, _ meant: String) {
        let unknown = EnvironmentSettings(["KEYFACTOR_MOCK_\(name)": "1"]).unknown
        #expect(unknown == ["KEYFACTOR_MOCK_\(name) is not a setting; did you mean KEYFACTOR_MOCK_\(meant)?"])
    }

    @Test(arguments: [
        ("ULR", "KFMOCK_URL"), ("HTTPURL", "KFMOCK_HTTP_URL"), ("ADMIN_URI", "KFMOCK_ADMIN_URL"), ("HTTP_PORT", "KEYFACTOR_MOCK_HTTP_PORT"),
        ("SEDE", "KEYFACTOR_MOCK_SEED"),
    ])
    func aVariableForClientsThatIsMisspeltIsReported(_ name: String, _ meant: String) {
        let unknown = EnvironmentSettings(["KFMOCK_\(name)": "1", "KFMOCK_URL": "https://localhost:1", "KFMOCK_EXEC": "/tmp"]).unknown
        #expect(unknown == ["KFMOCK_\(name) is not a setting; did you mean \(meant)?"])
    }

    @Test(arguments: ["7\r", "7\r\n", "7"])
    func aCarriageReturnAfterAValueIsRemoved(_ value: String) {
        let settings = EnvironmentSettings(["KEYFACTOR_MOCK_SEED": value, "KEYFACTOR_MOCK_HOST": "\r"])
        #expect(settings.arguments(before: []).all == ["serve", "--seed=7"])
    }

    @Test(arguments: [
        ("HTTP_PORT", "tcp://10.0.0.1:8080"), ("HTTPS_PORT", "tcp://10.0.0.1:443"), ("ADMIN_PORT", "udp://10.0.0.1:1"),
        ("HOST", "tcp://[::1]:80"), ("HTTP_PORT", "sctp://10.0.0.1:8080"),
    ])
    func aServiceLinkIsNamed(_ name: String, _ value: String) {
        let arguments = EnvironmentSettings(["KEYFACTOR_MOCK_\(name)": value]).arguments(before: [])
        #expect(arguments.problem?.hasPrefix("KEYFACTOR_MOCK_\(name) is '\(value)', a service link and not a setting") == true)
        #expect(arguments.problem?.contains("enableServiceLinks: false") == true)
    }

    @Test func serviceLinksThatAreNoSettingsAreNamedOnce() {
        let links = [
            "KEYFACTOR_MOCK_PORT": "tcp://10.0.0.1:443", "KEYFACTOR_MOCK_SERVICE_HOST": "10.0.0.1", "KEYFACTOR_MOCK_SERVICE_PORT": "443",
            "KEYFACTOR_MOCK_SERVICE_PORT_HTTPS": "443", "KEYFACTOR_MOCK_PORT_443_TCP": "tcp://10.0.0.1:443",
            "KEYFACTOR_MOCK_PORT_443_TCP_ADDR": "10.0.0.1", "KEYFACTOR_MOCK_PORT_443_TCP_PORT": "443",
        ]
        let unknown = EnvironmentSettings(links).unknown
        #expect(unknown.count == 1 && unknown[0].contains("enableServiceLinks: false"))
        for name in links.keys { #expect(unknown.first?.contains(name) == true) }
    }

    @Test func everyOptionHasAVariable() {
        for (command, settings) in [(Serve.self, Setting.ofServers), (Exec.self, Setting.ofExec)] as [(any ParsableCommand.Type, _)] {
            let help = Root.helpMessage(for: command, columns: 100)
            let options = help.matches(of: /(?m)^  (--[a-z0-9-]+)/).map { String($0.1) }.filter { $0 != "--help" && $0 != "--version" }
            #expect(Set(options) == Set(settings.map(\.flag)))
        }
    }
}
