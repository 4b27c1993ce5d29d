import ArgumentParser
import Base
import MicroHTTP

/// `keyfactor-mock serve`: serves until a signal stops it.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve until SIGTERM, SIGINT, SIGHUP or SIGQUIT.",
        discussion: """
            Without options: HTTP on 127.0.0.1:8080 and HTTPS on 127.0.0.1:8443 with a certificate made at startup, a small estate, and \
            any credentials are accepted. When it is listening, it prints one line of JSON to stdout; the log goes to stderr.

            A browser shows what happens, and why, at http://localhost:8080/_mock/ui.
            """)

    @OptionGroup var arguments: ServerArguments

    mutating func run() throws { try Self.run(arguments.options) }

    /// Serves.
    ///
    /// - Parameter options: what was given.
    /// - Throws: why it cannot serve, or the exit code.
    static func run(_ options: ServerOptions) throws {
        Process.blockSignals()
        let options = options.withDefaults(.serve)
        try options.checkPorts()
        let log = options.log()
        options.removeStaleFiles()
        let identity = ServerIdentity(options)
        defer { identity.wait() }
        // Before the file is read, so that changes during the startup are noticed.
        let stamp = Process.stamp(of: options.scenario ?? "")
        let scenario = try options.readScenario(log)
        let running: RunningServer
        do throws(ListenerError) {
            running = try RunningServer(scenario, options, identity, log: log)
        } catch {
            throw error.report()
        }
        var environment: ClientEnvironment?
        defer { running.removeFiles(environment) }
        let clients = try options.envFile.map { _ in try ClientFolder() }
        defer { clients?.remove() }
        environment = try clients?.fill(for: running, options, log)
        let guardian = clients.flatMap { Process.startGuard(of: $0.path) }
        defer { Process.dismiss(guardian) }
        let line = try running.announce()
        log(.info, running.greeting)
        Process.write(line, to: .standardOutput)
        let signal = options.watch ? watch(running, options, since: stamp, log) : Process.waitForSignal()
        log(.info, "stopping on \(signal)")
        let code = running.finish()
        if code != .success { throw code }
    }

    /// Waits for a signal, and meanwhile looks after the scenario file.
    private static func watch(_ running: RunningServer, _ options: ServerOptions, since stamp: Process.Stamp?, _ log: Log) -> String {
        var watch = ScenarioWatch(running, options, since: stamp, log)
        while true {
            if let signal = Process.waitForSignal(milliseconds: ScenarioWatch.interval) { return signal }
            watch.look()
        }
    }
}
