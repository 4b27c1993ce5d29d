import ArgumentParser
import Base
import MicroHTTP

/// `keyfactor-mock clock`: the time of a running server.
struct ClockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock",
        abstract: "Show, advance, freeze, run or set the clock of a running server.",
        discussion: """
            \(ControlOptions.discussion)

            Exit codes: 0; 1 there is no such world; \(ControlOptions.exitCodes)
            """,
        subcommands: [Show.self, Advance.self, Freeze.self, Run.self, Set.self],
        defaultSubcommand: Show.self)

    /// `clock show`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the time, and how it passes.")

        @OptionGroup var options: ControlOptions

        mutating func run() throws {
            ClockCommand.show(try options.client().demand(.get, "clock"), isJSON: options.json)
        }
    }

    /// `clock advance`.
    struct Advance: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Advance the clock, and run everything that becomes due, in order.")

        @Argument(help: ArgumentHelp("How far, such as 90s, 1h or 2d, or to which time, such as 2026-03-01T09:00:00Z.", valueName: "time"))
        var time: String

        @OptionGroup var options: ControlOptions

        mutating func run() throws {
            let reply = try ClockCommand.send(time, as: time.contains("T") ? "to" : "by", .post, "clock/advance", options)
            guard !options.json, let outcome = try? JSONDocument(reply.body).root else { return ControlText.write(reply, isText: false) }
            let (ran, ended) = (outcome["ran"]?.integer ?? 0, outcome["ended"]?.integer ?? 0)
            print("\((outcome["now"]?.text ?? "").inOneLine), runs of jobs begun: \(ran), ended: \(ended)")
        }
    }

    /// `clock freeze`.
    struct Freeze: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let time stand still.")

        @OptionGroup var options: ControlOptions

        mutating func run() throws {
            ClockCommand.show(try ClockCommand.send("frozen", as: "mode", .put, "clock", options), isJSON: options.json)
        }
    }

    /// `clock run`.
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let time pass as on the wall.")

        @OptionGroup var options: ControlOptions

        mutating func run() throws {
            ClockCommand.show(try ClockCommand.send("running", as: "mode", .put, "clock", options), isJSON: options.json)
        }
    }

    /// `clock set`.
    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set the clock, also back; what becomes due happens at the next request.")

        @Argument(help: ArgumentHelp("The time, such as 2026-03-01T09:00:00Z, or its distance, such as +2h, or -- -2h.", valueName: "time"))
        var time: String

        @OptionGroup var options: ControlOptions

        mutating func run() throws {
            ClockCommand.show(try ClockCommand.send(time, as: "now", .put, "clock", options), isJSON: options.json)
        }
    }

    /// Sends one value.
    private static func send(
        _ value: String, as name: String, _ method: Method, _ path: String, _ options: ControlOptions
    ) throws -> ControlClient.Reply {
        var writer = JSONWriter()
        writer.object { $0.member(name, value) }
        return try options.client().demand(method, path, body: writer.bytes)
    }

    /// Prints a clock.
    private static func show(_ reply: ControlClient.Reply, isJSON: Bool) {
        guard !isJSON, let clock = try? JSONDocument(reply.body).root else { return ControlText.write(reply, isText: false) }
        let mode = clock["mode"]?.text ?? ""
        let rate = mode == "scaled" ? ", \(clock["rate"]?.source ?? "") seconds in one of the wall" : ""
        print("\(clock["now"]?.text ?? ""), \(mode)\(rate)".inOneLine)
        if let warning = clock["warning"]?.text { Process.printError("warning: " + warning.inOneLine) }
    }
}
