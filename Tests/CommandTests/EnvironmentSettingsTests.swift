import ArgumentParser
import KeyfactorMock
import Testing

@testable import keyfactor_mock

struct EnvironmentSettingsTests {
    private static let commands = ["serve", "healthcheck", "lint"]

    @Test(
        arguments: [
            ([], [:], ["serve"], "nothing said: serve"),
            ([], ["KEYFACTOR_MOCK_HTTP_PORT": "9000"], ["serve", "--http-port=9000"], "the environment speaks"),
            (["--http-port", "1"], ["KEYFACTOR_MOCK_HTTP_PORT": "9000"], ["serve", "--http-port", "1"], "a flag outranks it"),
            (["--http-port=1"], ["KEYFACTOR_MOCK_HTTP_PORT": "9000"], ["serve", "--http-port=1"], "also with ="),
            (["serve", "--threads", "2"], ["KEYFACTOR_MOCK_HOST": "::"], ["serve", "--host=::", "--threads", "2"], "behind the command"),
            (["healthcheck"], ["KEYFACTOR_MOCK_NO_HTTPS": "true"], ["healthcheck", "--no-https"], "a flag that is on"),
            ([], ["KEYFACTOR_MOCK_NO_HTTPS": "false"], ["serve"], "a flag that is off"),
            ([], ["KEYFACTOR_MOCK_TLS_NAME": "a.test,b.test"], ["serve", "--tls-name=a.test", "--tls-name=b.test"], "a list"),
            ([], ["KEYFACTOR_MOCK_HTTP_PORT": ""], ["serve"], "an empty variable is none"),
            (["lint", "a.yaml"], ["KEYFACTOR_MOCK_HTTP_PORT": "9000"], ["lint", "a.yaml"], "other commands take no settings"),
            (["--help"], ["KEYFACTOR_MOCK_HTTP_PORT": "9000"], ["--help"], "help is help"),
            (["nonsense"], [:], ["nonsense"], "an unknown command is told by the parser"),
        ] as [([String], [String: String], [String], String)])
    func settingsBecomeArguments(_ given: [String], _ environment: [String: String], _ all: [String], _ reason: String) {
        #expect(EnvironmentSettings(environment).arguments(before: given, commands: Self.commands).all == all)
    }

    @Test func aMisspeltVariableIsTold() {
        let settings = EnvironmentSettings([
            "KEYFACTOR_MOCK_HTPP_PORT": "1", "KEYFACTOR_MOCK_HOST": "x", "KEYFACTOR_MOCK_QZ": "1", "PATH": "/",
        ])
        #expect(
            settings.unknown == [
                "KEYFACTOR_MOCK_HTPP_PORT is not a setting; did you mean KEYFACTOR_MOCK_HTTP_PORT?", "KEYFACTOR_MOCK_QZ is not a setting",
            ])
    }

    @Test func everyOptionHasAVariable() {
        let help = Root.helpMessage(for: Serve.self, columns: 100)
        let options = help.matches(of: /(?m)^  (--[a-z-]+)/).map { String($0.1) }.filter { $0 != "--help" && $0 != "--version" }
        #expect(Set(options) == Set(ServerOptions.settings.map(\.flag)))
    }
}
