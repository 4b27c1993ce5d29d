import ArgumentParser

/// The options of commands that talk to a running server.
struct ControlOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The world; default: the one that needs no name.", valueName: "name"))
    var world: String?
    @Option(help: ArgumentHelp("The server on this port of this machine, which serves /_mock/ over HTTP.", valueName: "port"))
    var port: UInt16?
    @Option(help: ArgumentHelp("The server that has written this file, as for serve.", valueName: "file"), completion: .file())
    var readyFile: String?
    @Option(help: ArgumentHelp("The server that has written this file, as for serve.", valueName: "file"), completion: .file())
    var envFile: String?
    @Flag(help: "Print the server's answer as it is, in JSON.")
    var json = false

    /// How such a command finds its server, for its help.
    static let discussion = """
        Finds the server by --port, --ready-file or --env-file; else by KFMOCK_ADMIN_URL, which exec sets; else it is the only server that \
        this user runs, or the one on port 8080. A token is read from KEYFACTOR_MOCK_ADMIN_TOKEN.
        """

    /// The exit codes of these commands, for their help.
    static let exitCodes = "64 bad usage, 65 what was sent has mistakes, 69 no server, or it refuses."

    mutating func validate() throws {
        if let world, world.wholeMatch(of: /[A-Za-z0-9._-]{1,64}/) == nil {
            throw ValidationError("--world: a name has 1 to 64 letters, digits, '.', '_' or '-', found '\(world.prefix(80))'.")
        }
        if port == 0 { throw ValidationError("--port: expected 1 to 65535, found 0.") }
        if [port != nil, readyFile != nil, envFile != nil].count(where: { $0 }) > 1 {
            throw ValidationError("--port, --ready-file and --env-file each name a server: give one of them.")
        }
    }

    /// A client of the server that is meant.
    ///
    /// - Throws: exit code 64 or 69 if none can be chosen.
    func client() throws -> ControlClient {
        do throws(Stop) {
            return ControlClient(place: try ControlPlace(self, .own), world: world)
        } catch {
            throw error.report()
        }
    }
}
