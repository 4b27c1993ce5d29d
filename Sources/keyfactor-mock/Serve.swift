import ArgumentParser
import KeyfactorMock
import MicroHTTP

/// `keyfactor-mock serve`: listens until it is told to stop.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve until SIGTERM or SIGINT.",
        discussion: """
            Without options: HTTP on 127.0.0.1:8080 and HTTPS on 127.0.0.1:8443 with a certificate made at start, a small estate, and \
            any credentials accepted. When the sockets listen, one line of JSON goes to stdout; the log goes to stderr.
            """)

    @OptionGroup var options: ServerOptions

    mutating func run() throws {
        Process.holdSignals()
        let settings = EnvironmentSettings(Process.environment)
        let log = Log(options.logLevel, options.logFormat) { Process.write($0, to: .standardError) }
        for line in settings.unknown { log(.warning, line) }
        let scenario = try options.readScenario()
        for warning in scenario.warnings.all { log(.warning, "scenario, line \(warning.line): \(warning.message)") }
        let identity = try identity()
        let server = MockServer(scenario: scenario, log: log)
        let listener: Listener
        do throws(ListenerError) {
            listener = try Listener(
                configuration(identity), log: { level, line in log(level == .debug ? .debug : level == .info ? .info : .warning, line) },
                connected: { server.connected(isSecure: $0, peer: $1) }, handler: { server.answer($0) })
        } catch {
            throw Stop(code: .unavailable, description: error.description).said()
        }
        server.control.serverListens(
            Control.Facts(
                httpPort: listener.httpPort, httpsPort: listener.httpsPort, authority: identity?.authority, processID: Process.id,
                isLoopback: options.isLoopback, names: options.tlsName))
        if !options.isLoopback { log(.warning, "listening on \(options.host): whoever can reach this machine can use the mock") }
        try announce(listener, scenario, hasAuthority: identity?.authority != nil)
        let signal = Process.waitForSignal()
        log(.info, "stopping on \(signal)")
        listener.stop()
    }

    private func configuration(_ identity: TLSIdentity?) -> ListenerConfiguration {
        ListenerConfiguration(
            host: options.host, httpPort: options.noHTTP ? nil : options.httpPort, httpsPort: options.noHTTPS ? nil : options.httpsPort,
            identity: identity, reactors: options.threads ?? min(4, Process.cores),
            limits: Limits(
                maxBody: options.maxBody, maxHeaders: options.maxHeaders, maxConnections: options.maxConnections,
                idleTimeout: .seconds(options.idleTimeout)))
    }

    /// Key and certificate: given, signed by a kept CA, or by one that lives as long as the process.
    private func identity() throws -> TLSIdentity? {
        guard !options.noHTTPS else { return nil }
        do throws(ListenerError) {
            if let certificate = options.tlsCert, let key = options.tlsKey {
                return try TLSIdentity(certificateFile: certificate, keyFile: key)
            }
            let names = TLSIdentity.loopbackNames + [Process.hostName].filter { !$0.isEmpty } + options.tlsName
            let made: TLSIdentity
            if let folder = options.caDir {
                made = try TLSIdentity.kept(in: folder, names: names)
            } else {
                made = try TLSIdentity.throwaway(names: names)
            }
            if let file = options.caFile { try made.writeAuthority(to: file) }
            return made
        } catch {
            throw Stop(code: .unavailable, description: error.description).said()
        }
    }

    /// One line of JSON on stdout, and in `--ready-file`, once clients can connect.
    private func announce(_ listener: Listener, _ scenario: Scenario, hasAuthority: Bool) throws {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("ready", true)
            writer.member("http", listener.httpPort.map(Int.init))
            writer.member("https", listener.httpsPort.map(Int.init))
            writer.member("ca", hasAuthority ? options.caFile ?? options.caDir.map { $0 + "/ca.pem" } ?? authorityURL(listener) : nil)
            writer.member("seed", Int(scenario.seed))
            writer.member("pid", Int(Process.id))
        }
        let line = String(decoding: writer.bytes, as: UTF8.self) + "\n"
        if let file = options.readyFile, !Process.replace(file, with: line) {
            throw Stop(
                code: .unavailable, description: "Cannot write --ready-file \(file). Check that its folder exists and may be written."
            ).said()
        }
        Process.write(line, to: .standardOutput)
    }

    private func authorityURL(_ listener: Listener) -> String {
        let host = options.reachableHost.contains(":") ? "[\(options.reachableHost)]" : options.reachableHost
        return listener.httpPort.map { "http://\(host):\($0)/_mock/ca.pem" }
            ?? "https://\(host):\(listener.httpsPort ?? 0)/_mock/ca.pem"
    }
}

extension ServerOptions {
    /// Whether only this machine can connect.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// An address of this machine at which the server answers.
    var reachableHost: String { ["0.0.0.0": "127.0.0.1", "::": "::1", "localhost": "127.0.0.1"][host] ?? host }

    /// Reads the scenario, if one is given.
    ///
    /// - Throws: exit code 65 after showing every mistake, 64 if the file cannot be read.
    func readScenario() throws -> Scenario {
        let overrides = Scenario.Overrides(seed: seed, product: product, accessMode: authMode)
        guard let scenario else { return try Self.read([], named: "no scenario", overrides) }
        if scenario.contains("\n") || scenario.hasPrefix("{") {
            return try Self.read(Array(scenario.utf8), named: "scenario", overrides)
        }
        guard let bytes = Process.read(scenario) else {
            throw ValidationError("--scenario: cannot read '\(scenario)'. Give the path of a YAML or JSON file.")
        }
        return try Self.read(bytes, named: scenario, overrides)
    }

    /// Reads a scenario from bytes, or shows what is wrong with it.
    ///
    /// - Parameters:
    ///   - bytes: YAML or JSON.
    ///   - name: how mistakes call it.
    ///   - overrides: what the command line sets over it.
    /// - Throws: exit code 65 after showing every mistake.
    /// - Returns: the scenario.
    static func read(_ bytes: [UInt8], named name: String, _ overrides: Scenario.Overrides) throws -> Scenario {
        do throws(Mistakes) {
            return try Scenario(bytes, now: TimeSource.system.now(), overrides: overrides)
        } catch {
            throw Stop(code: .badScenario, description: error.drawn(file: name, source: bytes)).said()
        }
    }
}
