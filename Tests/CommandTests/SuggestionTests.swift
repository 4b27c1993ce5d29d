import ArgumentParser

import Testing

@testable import keyfactor_mock

struct SuggestionTests {
    @Test(arguments: [
        (["--port", "1"], "Unknown option '--port'. Did you mean '--http-port'?"),
        (["--ssl-port=1"], "Unknown option '--ssl-port'. Did you mean '--https-port'?"),
        (["--bind", "x"], "Unknown option '--bind'. Did you mean '--host'?"),
        (["--config", "x"], "Unknown option '--config'. Did you mean '--scenario'?"),
        (["--cert", "x"], "Unknown option '--cert'. Did you mean '--tls-cert'?"),
        (["--verbose"], "Unknown option '--verbose'. Did you mean '--log-level'?"),
        (["--htpp-port", "1"], "Unknown option '--htpp-port'. Did you mean '--http-port'?"),
        (["my.yaml"], "Unexpected argument 'my.yaml'. Did you mean '--scenario my.yaml'?"),
        (["dir/My.JSON"], "Unexpected argument 'dir/My.JSON'. Did you mean '--scenario dir/My.JSON'?"),
        (["exists"], "Unexpected argument 'exists'. Did you mean '--scenario exists'?"), (["true"], "Unexpected argument 'true'"),
    ])
    func anOptionThatWasMeantIsSuggested(_ arguments: [String], _ message: String) {
        do {
            _ = try Root.parseAsRoot(["serve"] + arguments)
            Issue.record("accepted")
        } catch {
            let improved = Suggestions.improved(error) { $0 == "exists" }
            #expect(Root.message(for: improved) == message && Root.exitCode(for: improved) == .validationFailure)
        }
    }

    @Test(arguments: [
        ("*", "use 0.0.0.0 for all IPv4 addresses"), ("+", "use 0.0.0.0"), ("any", "use 0.0.0.0"), ("", "it must not be empty"),
        ("[::1]", "write it without brackets: --host ::1"), ("[::]", "write it without brackets: --host ::"),
        ("[::1]:8080", "give the port with --http-port"), ("localhost:8080", "give the port with --http-port"),
        ("http://localhost", "give only the address, without 'http://'"), ("127.0.0.1,::1", "give one address"),
        ("a b", "give one address"),
        ("10.0.0.0/8", "give one address"),
    ])
    func aHostThatIsNoAddressIsRefused(_ host: String, _ advice: String) {
        #expect {
            _ = try Root.parseAsRoot(["serve", "--host", host])
        } throws: { error in
            Root.message(for: error).hasPrefix("--host '\(host)' is not an address: \(advice)")
        }
    }

    @Test(
        arguments: [
            (["--http-port", "81", "--https-port", "81"], "--http-port and --https-port must differ, but both are 81."),
            (["--https-port", "8080"], "--http-port and --https-port must differ, but both are 8080."),
            (["--http-port", "8443"], "--http-port and --https-port must differ, but both are 8443."),
            (["--admin-port", "8080"], "--http-port and --admin-port must differ, but both are 8080."),
            (["--admin-port", "8443"], "--https-port and --admin-port must differ, but both are 8443."),
            (["--http-port", "0", "--https-port", "0", "--admin-port", "0"], nil), (["--no-http", "--https-port", "8080"], nil),
            (["--no-https", "--http-port", "8443"], nil),
        ] as [([String], String?)])
    func portsMustDiffer(_ arguments: [String], _ message: String?) throws {
        let serve = try #require(try Root.parseAsRoot(["serve"] + arguments) as? Serve)
        do {
            try serve.arguments.options.withDefaults(.serve).checkPorts()
            #expect(message == nil)
        } catch {
            #expect((error as? ValidationError)?.message == message)
        }
    }

    @Test(
        arguments: [
            ("estate: { from: empty }", .text("estate: { from: empty }")), ("rules:\t[]", .text("rules:\t[]")),
            ("estate:", .text("estate:")),
            ("{}", .text("{}")), ("  {a: 1}", .text("  {a: 1}")), ("\u{FEFF}{}", .text("\u{FEFF}{}")),
            ("\u{FEFF} \t{}", .text("\u{FEFF} \t{}")),
            ("a\nb", .text("a\nb")), ("a\r\nb", .text("a\r\nb")), ("-", .standardInput), ("my.yaml", .file("my.yaml")),
            ("C:/my.yaml", .file("C:/my.yaml")), ("there: it is.yaml", .file("there: it is.yaml")), ("", .file("")),
        ] as [(String, ScenarioSource)])
    func aScenarioIsDistinguishedFromAPath(_ value: String, _ source: ScenarioSource) {
        #expect(ScenarioSource(value) { $0 == "there: it is.yaml" } == source)
    }
}
