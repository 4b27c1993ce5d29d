/// What a call says that starts a server.
struct CallOptions {
    var server = ServerOptions()
    /// Of `exec` alone, as are the others.
    var port443 = false
    var uiOnFailure = false
    /// The command to run and its arguments.
    var command: [String] = []
}

/// A call of `serve` or `exec` as it usually is: every option is known, has a value where it needs one, and fits the others. To read it
/// costs a hundredth of what the argument parser takes, which looks at its own types to find out what there is. Everything else is left
/// to that: help, mistakes, other commands.
enum UsualCall {
    case serve(ServerOptions)
    case exec(CallOptions)

    /// Reads a call; fails if it is not a usual one.
    ///
    /// - Parameters:
    ///   - given: the command line without the program's name.
    ///   - settings: what the environment adds to it.
    init?(_ given: [String], _ settings: EnvironmentSettings) {
        let arguments = settings.arguments(before: given)
        guard arguments.problem == nil else { return nil }
        self.init(arguments.all)
    }

    /// Reads a call; fails if it is not a usual one.
    ///
    /// - Parameter arguments: the command and its arguments.
    init?(_ arguments: [String]) {
        switch arguments.first {
        case "serve":
            guard let options = Self.read(arguments.dropFirst(), Setting.ofServers), (try? options.server.validate()) != nil else {
                return nil
            }
            self = .serve(options.server)
        case "exec":
            guard let end = arguments.firstIndex(of: "--"), var options = Self.read(arguments[1..<end], Setting.ofExec) else { return nil }
            options.command = Array(arguments[(end + 1)...])
            guard (try? options.validate()) != nil, (try? options.server.validate()) != nil else { return nil }
            self = .exec(options)
        default: return nil
        }
    }

    private static func read(_ arguments: ArraySlice<String>, _ settings: [Setting]) -> CallOptions? {
        var options = CallOptions()
        var rest = arguments
        while let argument = rest.popFirst() {
            let name = argument.utf8.firstIndex(of: UInt8(ascii: "=")).map { argument[..<$0] } ?? argument[...]
            guard let setting = settings.first(where: { $0.flag == name }) else { return nil }
            let isJoined = name.endIndex < argument.endIndex
            let value: String
            switch setting.kind {
            case .flag:
                if isJoined { return nil }
                value = ""
            case .value, .list:
                if isJoined {
                    value = String(argument[argument.utf8.index(after: name.endIndex)...])
                    // The parser takes that for a value that is missing.
                    if value.isEmpty { return nil }
                } else {
                    guard let next = rest.popFirst(), next == "-" || !next.hasPrefix("-") else { return nil }
                    value = next
                }
            }
            guard setting.apply(&options, value) else { return nil }
        }
        return options
    }

    /// Does what was asked.
    ///
    /// - Throws: why it cannot be done, or the exit code.
    func run() throws {
        switch self {
        case .serve(let options): try Serve.run(options)
        case .exec(let options): try Exec.run(options)
        }
    }
}
