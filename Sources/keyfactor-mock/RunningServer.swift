import ArgumentParser
import Base
import Journal
import KeyfactorMock
import ScenarioFormat
import Worlds
import MicroHTTP

/// A running server, started by `serve` or `exec`.
struct RunningServer {
    let scenario: Scenario
    let server: MockServer
    let listener: Listener
    let identity: TLSIdentity?
    /// Serves the control interface, if it has a separate port.
    let admin: Listener?
    /// The address it listens on, from the options.
    let host: String
    private let options: ServerOptions

    /// Starts the server. When it returns, clients can connect.
    ///
    /// - Parameters:
    ///   - scenario: the scenario to serve.
    ///   - options: the options, including defaults.
    ///   - begun: its key and certificate, if they are being made already.
    ///   - log: the server's log.
    /// - Throws: the reason if it cannot listen.
    init(_ scenario: Scenario, _ options: ServerOptions, _ begun: ServerIdentity? = nil, log: Log) throws(ListenerError) {
        let identity = try (begun ?? ServerIdentity(options)).made()
        let limits = Worlds.Limits(most: options.maxWorlds, isStrict: options.strictWorlds, journalBytes: options.journalBytes)
        let server = MockServer(
            scenario: scenario, limits: limits, token: options.adminToken, isControlApart: options.adminPort != nil,
            servesPage: !options.noUI, maxBody: options.maxBody, workers: Workers(count: 2), log: log)
        let connections = ConnectionBudget(options.connectionBytes)
        listener = try Listener(
            Self.configuration(options, identity, connections),
            log: { level, line in log(level == .debug ? .debug : level == .info ? .info : .warning, line) },
            connected: { server.connected(isSecure: $0, peer: $1) }, handler: { server.answer($0) })
        admin = try options.adminPort.map { port throws(ListenerError) in
            try Listener(
                ListenerConfiguration(
                    host: options.host, httpPort: port, limits: Limits(budget: connections), refusal: MockServer.refusal),
                handler: { server.control($0) })
        }
        // After listening: a server that cannot start must not replace the file of one that runs.
        if let file = options.caFile, options.tlsCert == nil { try identity?.writeAuthority(to: file) }
        server.control.serverListens(
            Control.Facts(
                httpPort: listener.httpPort, httpsPort: listener.httpsPort, authority: identity?.authority, processID: Process.id,
                isLoopback: options.isLoopback, names: options.tlsName + options.hostNames + [Process.hostName], identity: identity,
                adminPort: admin?.httpPort, connections: connections))
        if !options.isLoopback {
            log(.warning, "listening on \(options.host): everyone who can reach this machine can use the mock")
            if options.adminToken == nil { log(.warning, "and control it through /_mock/; use --admin-token to require a token") }
        }
        (self.scenario, self.server, self.identity, self.options, host) = (scenario, server, identity, options, options.host)
    }

    private static func configuration(
        _ options: ServerOptions, _ identity: TLSIdentity?, _ connections: ConnectionBudget
    ) -> ListenerConfiguration {
        ListenerConfiguration(
            host: options.host, httpPort: options.noHTTP ? nil : options.httpPort, httpsPort: options.noHTTPS ? nil : options.httpsPort,
            identity: identity, reactors: options.threads ?? min(4, Process.cores),
            limits: Limits(
                maxBody: options.maxBody, maxHeaders: options.maxHeaders, maxConnections: options.maxConnections,
                idleTimeout: .seconds(options.idleTimeout), budget: connections),
            refusal: MockServer.refusal)
    }

    /// Announces that the server is ready, to `healthcheck` and in `--ready-file`.
    ///
    /// - Throws: exit code 69 if the file cannot be written.
    /// - Returns: the ready line, JSON with a line feed.
    @discardableResult
    func announce() throws -> String {
        let line = readyLine
        Process.advertise(.init(host: options.reachableHost, http: (admin ?? listener).httpPort, https: listener.httpsPort))
        if let file = options.readyFile {
            if let problem = OptionFile.write(line, to: file, "--ready-file") { throw problem.report() }
        }
        return line
    }

    /// Where it listens, for people.
    var greeting: String {
        let host = self.host.contains(":") ? "[\(self.host)]" : self.host
        let addresses = [("http", listener.httpPort), ("https", listener.httpsPort), ("http", admin?.httpPort)].map { scheme, port in
            port.map { "\(scheme)://\(host):\($0)" }
        }
        let control = addresses[2].map { ", and with \($0)/_mock/ for tests" } ?? ""
        let page = options.noUI ? "" : "; watch it at \(pageURL)"
        return "listening on " + addresses[..<2].compactMap { $0 }.joined(separator: " and ") + control + page
    }

    /// Where the page for people is.
    var pageURL: String {
        let host = options.reachableHost.contains(":") ? "[\(options.reachableHost)]" : options.reachableHost
        let http = (admin ?? listener).httpPort.map { "http://\(host):\($0)" }
        return (http ?? "https://\(host):\(listener.httpsPort ?? 0)") + "/_mock/ui"
    }

    private var readyLine: String {
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
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }

    /// Removes the files that describe this server, unless another server has replaced them.
    ///
    /// - Parameter environment: the variables of `--env-file`, if it was written.
    func removeFiles(_ environment: ClientEnvironment?) {
        if let file = options.readyFile { WholeFile.remove(file, ifItContains: Array(readyLine.utf8)) }
        if let file = options.envFile, let environment { WholeFile.remove(file, ifItContains: Array(environment.fileText.utf8)) }
        if let file = options.caFile, options.caDir == nil, let authority = identity?.authority {
            WholeFile.remove(file, ifItContains: Array(authority.utf8))
        }
    }

    /// Stops the server, writes the reports and verifies what scenarios expect of their worlds.
    ///
    /// - Returns: exit code 70 if an expectation is not met, otherwise 69 if a report cannot be written, otherwise 0.
    func finish() -> ExitCode {
        listener.stop()
        admin?.stop()
        let (worlds, standard) = (server.worlds.judged, server.worlds.standard)
        guard options.coverage != nil || options.junit != nil || !worlds.isEmpty else { return .success }
        let verdicts = (worlds.isEmpty ? [standard] : worlds).map { (world: $0, verdict: $0.verdict()) }
        var problems: [Stop?] = []
        if let file = options.coverage { problems.append(OptionFile.write(standard.coverage.json + "\n", to: file, "--coverage")) }
        if let file = options.junit { problems.append(OptionFile.write(Self.junit(verdicts), to: file, "--junit")) }
        let code = problems.compactMap { $0?.report() }.first ?? .success
        guard !worlds.isEmpty else { return code }
        for (world, verdict) in verdicts { tell(verdict, on: world) }
        tellOfOtherWorlds(than: worlds)
        return verdicts.allSatisfy { $0.verdict.judgement == .met } ? code : .notMet
    }

    /// The report of some verdicts: one suite, or one for each world.
    private static func junit(_ verdicts: [(world: World, verdict: Verdict)]) -> String {
        guard verdicts.count > 1 || verdicts[0].world.name != Worlds.standardName else {
            return verdicts[0].verdict.junit(suite: verdicts[0].verdict.scenario)
        }
        return Verdict.junit(verdicts.map { ("\($0.verdict.scenario), world \($0.world.name)", $0.verdict) })
    }

    /// Names the worlds that were asked and are not judged: what happened there is not part of the verdict.
    private func tellOfOtherWorlds(than judged: [World]) {
        let asked = server.worlds.all.filter { world in world.wasAsked && !judged.contains { $0 === world } }.map(\.name)
        let isStandardJudged = judged.contains { $0 === server.worlds.standard }
        let log = Log(.info, options.logFormat) { ErrorStream.shared.write($0) }
        if !isStandardJudged, server.worlds.standard.hasExpectations {
            log(.info, "no request came to the default world, so that the verdict is on those that requests came to")
        }
        guard !asked.isEmpty, isStandardJudged else { return }
        let names = asked.prefix(5).joined(separator: ", ") + (asked.count > 5 ? " and \(asked.count - 5) more" : "")
        log(.warning, "the verdict is on the default world; \(names) had requests too: judge each with POST /_mock/worlds/NAME/verify")
    }

    /// Shows a verdict on stderr, in the format of the log.
    private func tell(_ verdict: Verdict, on world: World) {
        let text = verdict.text(inWorld: world.name == Worlds.standardName ? nil : world.name)
        guard options.logFormat == .json else { return Process.printError(text) }
        let log = Log(.info, .json) { ErrorStream.shared.write($0) }
        for line in text.split(separator: "\n") { log(verdict.judgement == .met ? .info : .error, String(line)) }
    }

    /// Reloads the scenario file, if it has no mistakes.
    ///
    /// - Parameter log: the log for the outcome.
    func reload(_ log: Log) {
        let file = options.scenario ?? ""
        let bytes: [UInt8]
        do throws(FileProblem) {
            bytes = try WholeFile.read(file, most: Process.mostBytes, isRegular: true)
        } catch {
            return log(.error, "the scenario file can no longer be read; keeping the old scenario. \(error)")
        }
        do throws(Mistakes) {
            let scenario = try Scenario(bytes, now: TimeSource.system.now(), overrides: options.overrides)
            server.restart(with: scenario)
            for warning in scenario.warnings.all { log(.warning, "\(file.abbreviated), line \(warning.line): \(warning.sentence)") }
            log(.info, "the scenario '\(scenario.name)' has changed; the default world restarts")
        } catch {
            log(.error, "the scenario file has changed but has mistakes; keeping the old scenario")
            Process.printError(error.shown(file: file, source: bytes))
        }
    }

    private var authorityURL: String {
        let host = options.reachableHost.contains(":") ? "[\(options.reachableHost)]" : options.reachableHost
        return listener.httpPort.map { "http://\(host):\($0)/_mock/ca.pem" }
            ?? "https://\(host):\(listener.httpsPort ?? 0)/_mock/ca.pem"
    }
}

extension ListenerError {
    /// Prints why the server cannot listen.
    ///
    /// - Returns: the exit code to throw.
    func report() -> ExitCode { Stop(code: .unavailable, description: description).report() }
}

extension ServerOptions {
    /// Whether only this machine can connect.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// An address at which this machine can reach the server.
    var reachableHost: String { ["0.0.0.0": "127.0.0.1", "::": "::1", "localhost": "127.0.0.1"][host] ?? host }

    /// The address or name of `--host` for the certificate, unless it is a wildcard, which no client asks for.
    var hostNames: [String] { ["0.0.0.0", "::"].contains(host) ? [] : [host] }

    /// Creates the server's log, and warns about variables that look like settings but are unknown.
    func log() -> Log {
        let log = Log(logLevel ?? .info, logFormat) { ErrorStream.shared.write($0) }
        ErrorStream.shared.start { log(.warning, "\($0) lines of the log were dropped, since nobody has read those before.") }
        for line in EnvironmentSettings(Process.environment).unknown { log(.warning, line) }
        return log
    }

    /// Reads the scenario.
    ///
    /// - Parameter log: the log for warnings about the scenario.
    /// - Throws: exit code 65 after showing all mistakes, 64 if the file cannot be read.
    /// - Returns: the scenario; the default one if the options have none.
    func readScenario(_ log: Log) throws -> Scenario {
        let scenario = try readScenario()
        let name = self.scenario.map { ScenarioSource($0).name.abbreviated } ?? "scenario"
        for warning in scenario.warnings.all { log(.warning, "\(name), line \(warning.line): \(warning.sentence)") }
        return scenario
    }

    /// What the options set over a scenario.
    var overrides: Scenario.Overrides {
        .init(seed: seed, client: client, product: product, accessMode: authMode, estateBytes: estateBytes)
    }

    private func readScenario() throws -> Scenario {
        guard let scenario else { return try Self.read([], named: "no scenario", overrides) }
        let source = ScenarioSource(scenario)
        let bytes: [UInt8]
        do throws(FileProblem) {
            bytes = try source.read(isWatched: watch)
        } catch {
            throw ValidationError("--scenario: cannot read '\(scenario.abbreviated)'. \(error)")
        }
        return try Self.read(bytes, named: source.name, overrides)
    }

    /// Parses a scenario, or shows its mistakes.
    ///
    /// - Parameters:
    ///   - bytes: YAML or JSON.
    ///   - name: the name to show with mistakes.
    ///   - overrides: settings from the command line.
    /// - Throws: exit code 65 after showing all mistakes.
    /// - Returns: the scenario.
    static func read(_ bytes: [UInt8], named name: String, _ overrides: Scenario.Overrides) throws -> Scenario {
        do throws(Mistakes) {
            return try Scenario(bytes, now: TimeSource.system.now(), overrides: overrides)
        } catch {
            throw Stop(code: .badScenario, description: error.shown(file: name, source: bytes)).report()
        }
    }
}
