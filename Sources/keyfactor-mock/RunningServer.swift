import ArgumentParser
import KeyfactorMock
import MicroHTTP

/// A server that listens, as `serve` and `exec` start one.
struct RunningServer {
    let scenario: Scenario
    let server: MockServer
    let listener: Listener
    let identity: TLSIdentity?
    /// Serves the control interface, if it has a port of its own.
    let admin: Listener?
    /// The address it listens on, as the options have it.
    let host: String
    private let options: ServerOptions

    /// Listens; when it returns, clients can connect.
    ///
    /// - Parameters:
    ///   - scenario: what is served.
    ///   - options: where and how, filled in.
    ///   - log: the server's log.
    /// - Throws: what prevents it from listening.
    init(_ scenario: Scenario, _ options: ServerOptions, log: Log) throws(ListenerError) {
        let identity = try Self.identity(options)
        let limits = Worlds.Limits(most: options.maxWorlds, isStrict: options.strictWorlds, journalBytes: options.journalBytes)
        let server = MockServer(
            scenario: scenario, limits: limits, token: options.adminToken, isControlApart: options.adminPort != nil, log: log)
        listener = try Listener(
            Self.configuration(options, identity),
            log: { level, line in log(level == .debug ? .debug : level == .info ? .info : .warning, line) },
            connected: { server.connected(isSecure: $0, peer: $1) }, handler: { server.answer($0) })
        admin = try options.adminPort.map { port throws(ListenerError) in
            try Listener(
                ListenerConfiguration(host: options.host, httpPort: port, refusal: MockServer.refusal), handler: { server.control($0) })
        }
        server.control.serverListens(
            Control.Facts(
                httpPort: listener.httpPort, httpsPort: listener.httpsPort, authority: identity?.authority, processID: Process.id,
                isLoopback: options.isLoopback, names: options.tlsName, adminPort: admin?.httpPort))
        if !options.isLoopback {
            log(.warning, "listening on \(options.host): whoever can reach this machine can use the mock")
            if options.adminToken == nil { log(.warning, "and can change it under /_mock/: --admin-token would ask for a token") }
        }
        (self.scenario, self.server, self.identity, self.options, host) = (scenario, server, identity, options, options.host)
    }

    private static func configuration(_ options: ServerOptions, _ identity: TLSIdentity?) -> ListenerConfiguration {
        ListenerConfiguration(
            host: options.host, httpPort: options.noHTTP ? nil : options.httpPort, httpsPort: options.noHTTPS ? nil : options.httpsPort,
            identity: identity, reactors: options.threads ?? min(4, Process.cores),
            limits: Limits(
                maxBody: options.maxBody, maxHeaders: options.maxHeaders, maxConnections: options.maxConnections,
                idleTimeout: .seconds(options.idleTimeout)),
            refusal: MockServer.refusal)
    }

    /// Key and certificate: given, signed by a kept CA, or by one that lives as long as the process.
    private static func identity(_ options: ServerOptions) throws(ListenerError) -> TLSIdentity? {
        guard !options.noHTTPS else { return nil }
        if let certificate = options.tlsCert, let key = options.tlsKey {
            return try TLSIdentity(certificateFile: certificate, keyFile: key)
        }
        let names = TLSIdentity.loopbackNames + [Process.hostName].filter { !$0.isEmpty } + options.tlsName
        let subjects = TLSIdentity.Subjects(authority: "keyfactor-mock throwaway CA", leaf: "keyfactor-mock")
        let made: TLSIdentity
        if let folder = options.caDir {
            made = try TLSIdentity.kept(in: folder, names: names, subjects: subjects)
        } else {
            made = try TLSIdentity.throwaway(names: names, subjects: subjects)
        }
        if let file = options.caFile { try made.writeAuthority(to: file) }
        return made
    }

    /// Announces that the server is ready: to `healthcheck`, and in `--ready-file` if there is one.
    ///
    /// - Throws: exit code 69 if that is not possible.
    /// - Returns: the line: one of JSON, with its line feed.
    @discardableResult
    func announce() throws -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("ready", true)
            writer.member("http", listener.httpPort.map(Int.init))
            writer.member("https", listener.httpsPort.map(Int.init))
            writer.member("ca", identity?.authority == nil ? nil : options.caFile ?? options.caDir.map { $0 + "/ca.pem" } ?? authorityURL)
            if let port = admin?.httpPort { writer.member("admin", Int(port)) }
            writer.member("seed", Int(scenario.seed))
            writer.member("pid", Int(Process.id))
        }
        let line = String(decoding: writer.bytes, as: UTF8.self) + "\n"
        Process.announce(.init(host: options.reachableHost, http: (admin ?? listener).httpPort, https: listener.httpsPort))
        if let file = options.readyFile, !Process.replace(file, with: Array(line.utf8)) {
            throw Stop(
                code: .unavailable,
                description: "Cannot write --ready-file \(file.abbreviated). Check that its folder exists and may be written."
            ).said()
        }
        return line
    }

    /// Stops serving, and judges what the scenario expects of the default world.
    ///
    /// - Throws: exit code 70 if an expectation is not met, 69 if a file cannot be written.
    func finish() throws {
        listener.stop()
        admin?.stop()
        let world = server.worlds.standard
        let verdict = world.verdict()
        if let file = options.coverage { try Self.write(world.coverage.json + "\n", to: file, "--coverage") }
        if let file = options.junit { try Self.write(verdict.junit(suite: verdict.scenario), to: file, "--junit") }
        guard !verdict.results.isEmpty else { return }
        Process.complain(verdict.text)
        if verdict.judgement != .met { throw ExitCode(70) }
    }

    private static func write(_ text: String, to file: String, _ option: String) throws {
        guard !Process.replace(file, with: Array(text.utf8)) else { return }
        throw Stop(
            code: .unavailable, description: "Cannot write \(option) \(file.abbreviated). Check that its folder exists and may be written."
        )
        .said()
    }

    /// Replaces the scenario with its file as it is now, if that has no mistakes.
    ///
    /// - Parameter log: gets the outcome.
    func reload(_ log: Log) {
        guard let file = options.scenario, let bytes = Process.read(file) else {
            return log(.error, "the scenario cannot be read any more; the old one stays")
        }
        do throws(Mistakes) {
            let overrides = Scenario.Overrides(seed: options.seed, product: options.product, accessMode: options.authMode)
            let scenario = try Scenario(bytes, now: TimeSource.system.now(), overrides: overrides)
            server.begin(anew: scenario)
            for warning in scenario.warnings.all { log(.warning, "scenario, line \(warning.line): \(warning.message)") }
            log(.info, "the scenario '\(scenario.name)' has changed; the default world begins anew")
        } catch {
            log(.error, "the scenario has changed and has mistakes; the old one stays")
            Process.complain(error.drawn(file: file, source: bytes))
        }
    }

    private var authorityURL: String {
        let host = options.reachableHost.contains(":") ? "[\(options.reachableHost)]" : options.reachableHost
        return listener.httpPort.map { "http://\(host):\($0)/_mock/ca.pem" }
            ?? "https://\(host):\(listener.httpsPort ?? 0)/_mock/ca.pem"
    }
}

extension ListenerError {
    /// Writes what prevents the server from listening to stderr.
    ///
    /// - Returns: the exit code to throw.
    func said() -> ExitCode { Stop(code: .unavailable, description: description).said() }
}

extension ServerOptions {
    /// Whether only this machine can connect.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// An address of this machine at which the server can be reached.
    var reachableHost: String { ["0.0.0.0": "127.0.0.1", "::": "::1", "localhost": "127.0.0.1"][host] ?? host }

    /// The server's log; it begins with the variables that look like settings but are none.
    func log() -> Log {
        let log = Log(logLevel ?? .info, logFormat) { Process.write($0, to: .standardError) }
        for line in EnvironmentSettings(Process.environment).unknown { log(.warning, line) }
        return log
    }

    /// Reads the scenario, if one is given.
    ///
    /// - Parameter log: gets warnings.
    /// - Throws: exit code 65 after showing every mistake, 64 if the file cannot be read.
    /// - Returns: the scenario.
    func readScenario(_ log: Log) throws -> Scenario {
        let scenario = try readScenario()
        for warning in scenario.warnings.all { log(.warning, "scenario, line \(warning.line): \(warning.message)") }
        return scenario
    }

    private func readScenario() throws -> Scenario {
        let overrides = Scenario.Overrides(seed: seed, product: product, accessMode: authMode)
        guard let scenario else { return try Self.read([], named: "no scenario", overrides) }
        if scenario.contains("\n") || scenario.hasPrefix("{") {
            return try Self.read(Array(scenario.utf8), named: "scenario", overrides)
        }
        guard let bytes = Process.read(scenario) else {
            throw ValidationError("--scenario: cannot read '\(scenario.abbreviated)'. Give the path of a YAML or JSON file.")
        }
        return try Self.read(bytes, named: scenario, overrides)
    }

    /// Reads a scenario from bytes, or shows what is wrong with it.
    ///
    /// - Parameters:
    ///   - bytes: YAML or JSON.
    ///   - name: its name in messages.
    ///   - overrides: what the command line overrides.
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
