import ArgumentParser
import Base
import Worlds
import MicroHTTP

/// `keyfactor-mock exec`: runs a command with its own server.
struct Exec: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a command with a server of its own, which it finds through its environment.",
        usage: "keyfactor-mock exec [<options>] -- <command> ...",
        discussion: """
            Listens on free ports of 127.0.0.1, creates a CA, sets KEYFACTOR_HOSTNAME and the other variables that clients read, runs the \
            command, stops the server, and returns the command's exit code: keyfactor-mock exec --scenario my.yaml -- go test ./...

            Other exit codes: 64 bad usage, 65 bad scenario, 69 cannot serve or write a report, 70 the command succeeded but an expectation \
            is not met, 126 the command is not executable, 127 the command does not exist, 128 plus the signal's number if a signal \
            terminated it.
            """)

    @OptionGroup var arguments: ServerArguments

    @Flag(
        name: .customLong("port-443"),
        help: "Serve HTTPS on port 443 of the first free address from 127.0.0.2 on, for clients that only support this port.")
    var port443 = false

    @Flag(
        name: .customLong("ui-on-failure"),
        help: "If the command fails, keep serving until Enter is pressed, so that /_mock/ui shows what happened.")
    var uiOnFailure = false

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The command to run and its arguments.", valueName: "command"))
    var command: [String] = []

    mutating func validate() throws { try options.validate() }

    mutating func run() throws { try Self.run(options) }

    /// What was given, and defaults.
    var options: CallOptions {
        CallOptions(server: arguments.options, port443: port443, uiOnFailure: uiOnFailure, command: command)
    }

    /// Runs a command with a server.
    ///
    /// - Parameter call: what was given.
    /// - Throws: why that cannot be, or the exit code.
    static func run(_ call: CallOptions) throws {
        let inheritance = Process.Inheritance()
        let options = call.server.withDefaults(.exec)
        try options.checkPorts()
        let log = options.log()
        options.removeStaleFiles()
        for name in ClientEnvironment.conflicting where Process.environment[name]?.isEmpty == false {
            log(.warning, "\(name) is set and is not changed: it may make clients bypass the mock")
        }
        let identity = call.port443 ? nil : ServerIdentity(options)
        defer { identity?.wait() }
        // Before the file is read, so that changes during the startup are noticed.
        let stamp = Process.stamp(of: options.scenario ?? "")
        let scenario = try options.readScenario(log)
        let running = call.port443 ? try onPort443(scenario, options, log) : try start(scenario, options, identity, log)
        var environment: ClientEnvironment?
        defer { running.removeFiles(environment) }
        let clients = try ClientFolder()
        defer { clients.remove() }
        let filled = try clients.fill(for: running, options, log)
        environment = filled
        try running.announce()
        if let signal = Process.pendingSignal() { throw ExitCode(128 + signal) }
        let guardian = Process.startGuard(of: clients.path)
        defer { Process.dismiss(guardian) }
        let ended = Signal()
        if options.watch { watch(ScenarioWatch(running, options, since: stamp, log), until: ended) }
        defer { ended.send() }
        let code = try run(call.command, filled, in: clients, inheritance)
        if call.uiOnFailure, code != 0 {
            Process.printError("The command ended with \(code). See what happened at \(running.pageURL); Enter stops the server.")
            Process.waitForEnter()
        }
        endLeftovers(of: clients, log)
        let own = running.finish()
        throw code == 0 ? own : ExitCode(code)
    }

    /// Ends the processes that the command has left running: the server that they use is about to stop.
    private static func endLeftovers(of clients: ClientFolder, _ log: Log) {
        let (ended, remaining) = Process.endProcesses(markedWith: clients.path)
        if !ended.isEmpty { log(.info, "ended processes that the command had left running: \(ended.joined(separator: ", "))") }
        if !remaining.isEmpty { log(.warning, "the command has left processes that cannot be ended: \(remaining.joined(separator: ", "))") }
    }

    /// Looks after the scenario file on a thread of its own, since this one waits for the command.
    private static func watch(_ watch: ScenarioWatch, until ended: Signal) {
        Thread.start {
            var watch = watch
            while !ended.wait(milliseconds: Int32(ScenarioWatch.interval)) { watch.look() }
        }
    }

    private static func start(
        _ scenario: Scenario, _ options: ServerOptions, _ identity: ServerIdentity?, _ log: Log
    ) throws -> RunningServer {
        do throws(ListenerError) {
            return try RunningServer(scenario, options, identity, log: log)
        } catch {
            throw error.report()
        }
    }

    /// Serves HTTPS on port 443 of the first loopback address where it is free.
    private static func onPort443(_ scenario: Scenario, _ options: ServerOptions, _ log: Log) throws -> RunningServer {
        for last in 2...254 {
            var options = options
            options.host = "127.0.0.\(last)"
            options.httpsPort = 443
            switch Process.obstacle(toListeningOn: options.host, port: 443) {
            case .taken: continue
            case .forbidden:
                throw Stop(
                    code: .unavailable,
                    description: """
                        This user may not listen on port 443. Allow it for all programs with 'sysctl net.ipv4.ip_unprivileged_port_start=443', \
                        or for this program with 'setcap cap_net_bind_service=+ep' on its file, or run it as root.
                        """
                ).report()
            case .other(let reason): throw ListenerError.cannotBind(host: options.host, port: 443, reason: reason).report()
            case nil: break
            }
            do throws(ListenerError) {
                return try RunningServer(scenario, options, log: log)
            } catch .portTaken(_, 443) {
                // Another process was faster, such as another exec.
                continue
            } catch {
                throw error.report()
            }
        }
        throw Stop(code: .unavailable, description: "Port 443 is taken on every address from 127.0.0.2 to 127.0.0.254.").report()
    }

    /// Runs the command and waits for its end.
    private static func run(
        _ command: [String], _ environment: ClientEnvironment, in clients: ClientFolder, _ inheritance: Process.Inheritance
    ) throws -> Int32 {
        do throws(Process.SpawnFailure) {
            let child = try Process.spawn(
                lastArguments: command.count, variables: environment.variables + [(Process.marker, clients.path)],
                removed: environment.removed, inheritance)
            return Process.wait(for: child)
        } catch .notFound {
            throw Stop(code: .notFound, description: "The command '\(command[0])', or the interpreter in its first line, does not exist.")
                .report()
        } catch .notExecutable(let reason) {
            throw Stop(code: .notExecutable, description: "The command '\(command[0])' cannot be run: \(reason).").report()
        }
    }
}

extension ExitCode {
    /// The command exists but cannot be run, as in shells.
    static let notExecutable = ExitCode(126)
    /// The command does not exist, as in shells.
    static let notFound = ExitCode(127)
}

extension CallOptions {
    /// Refuses what `exec` cannot do.
    ///
    /// - Throws: a validation error that says why.
    func validate() throws {
        if command.isEmpty { throw ValidationError("No command to run. Write it after --: keyfactor-mock exec -- COMMAND") }
        if server.noHTTPS { throw ValidationError("exec needs HTTPS: remove --no-https.") }
        if uiOnFailure, server.noUI { throw ValidationError("--ui-on-failure shows the page: remove --no-ui.") }
        if port443, server.httpsPort != nil || server.host != "127.0.0.1" {
            throw ValidationError("--port-443 chooses address and port: remove --host and --https-port.")
        }
    }
}
