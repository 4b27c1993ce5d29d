import ArgumentParser
import Base
import MicroHTTP

/// Where the control interface of a running server is, and what it asks for.
struct ControlPlace: Equatable {
    /// An address or a name; IPv6 addresses without brackets.
    var host: String
    var port: UInt16
    /// The path of the interface, without a slash at its end.
    var path = "/_mock"
    /// The value of `X-Mock-Token`.
    var token: String?
    /// Whether this is a guess: the usual port, because nothing else is known.
    var isGuess = false

    /// How people write it.
    var name: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension ControlPlace {
    /// The variable with the token, which is also that of `--admin-token`.
    static let tokenVariable = "KEYFACTOR_MOCK_ADMIN_TOKEN"

    /// What is known about running servers.
    struct Surroundings {
        /// The variables of this process.
        var environment: [String: String]
        /// The servers that this user runs on this machine.
        var places: [Process.Place]
        /// Reads a file that a server has written.
        var read: (String) -> [UInt8]?

        /// Those of this process.
        static var own: Surroundings { .init(environment: Process.environment, places: Process.places, read: OptionFile.read) }
    }

    /// Finds the server: the one that options name, else the one of the variables that `exec` sets, else the only one of this user, else
    /// the one on port 8080.
    ///
    /// - Parameters:
    ///   - options: port and files.
    ///   - surroundings: what is known about running servers.
    /// - Throws: why no server can be chosen, with exit code 64 or 69.
    init(_ options: ControlOptions, _ surroundings: Surroundings) throws(Stop) {
        let token = surroundings.environment[Self.tokenVariable]
        if let port = options.port {
            self.init(port: port, of: surroundings)
        } else if let file = options.readyFile {
            try self.init(readyFile: file, surroundings)
        } else if let file = options.envFile {
            guard let variables = surroundings.read(file).map(Self.variables) else {
                throw .noServer("\(file.abbreviated) does not exist.")
            }
            guard let place = try Self.named(by: variables) else { throw .noServer("\(file.abbreviated) does not name a server.") }
            self = place
            self.token = variables[Self.tokenVariable]
        } else if let place = try Self.named(by: surroundings.environment) {
            self = place
        } else {
            let served = surroundings.places.filter { $0.http != nil }
            if served.count > 1 {
                let names = served.map { Self(host: $0.host, port: $0.http ?? 0).name }.sorted().joined(separator: ", ")
                throw Stop(code: .validationFailure, description: "This user runs several servers: \(names). Choose one with --port.")
            }
            guard served.count == 1 || surroundings.places.isEmpty else { throw .onlySecure("The server of this user") }
            self.init(host: served.first?.host ?? "127.0.0.1", port: served.first?.http ?? 8080, isGuess: served.isEmpty)
        }
        if self.token == nil { self.token = token }
        guard self.token?.contains(where: { $0.isNewline || !$0.isASCII }) != true else {
            throw Stop(code: .validationFailure, description: "\(Self.tokenVariable) must be one line in ASCII.")
        }
    }

    /// The server on a port of this machine.
    private init(port: UInt16, of surroundings: Surroundings) {
        self.init(host: surroundings.places.first { $0.http == port }?.host ?? "127.0.0.1", port: port)
    }

    private init(readyFile file: String, _ surroundings: Surroundings) throws(Stop) {
        guard let bytes = surroundings.read(file) else { throw .noServer("\(file.abbreviated) does not exist yet.") }
        guard let ready = try? JSONDocument(bytes).root, ready.isObject else { throw .noServer("\(file.abbreviated) is no ready line.") }
        guard let port = (ready["admin"] ?? ready["http"])?.integer.flatMap({ UInt16(exactly: $0) }) else {
            throw .onlySecure("The server of \(file.abbreviated)")
        }
        self.init(port: port, of: surroundings)
    }

    /// The server that variables name, `nil` if they name none.
    private static func named(by variables: [String: String]) throws(Stop) -> ControlPlace? {
        let given = variables["KFMOCK_ADMIN_URL"] ?? variables["KFMOCK_HTTP_URL"].map { $0 + "/_mock" }
        guard let given, !given.isEmpty else { return nil }
        guard !given.hasPrefix("https://") else { throw .onlySecure("The server at \(given.abbreviated)") }
        guard
            let match = given.wholeMatch(
                of: /http:\/\/(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?((?:\/[A-Za-z0-9._~-]+)*)\/?/),
            let host = match.1 ?? match.2, let port = UInt16(match.3 ?? "80")
        else {
            throw Stop(
                code: .validationFailure,
                description: "KFMOCK_ADMIN_URL is '\(given.abbreviated)', expected an address such as http://localhost:8080/_mock.")
        }
        return ControlPlace(host: String(host), port: port, path: String(match.4))
    }

    /// The variables in a file of `--env-file`.
    private static func variables(_ bytes: [UInt8]) -> [String: String] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).reduce(into: [:]) { all, line in
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return }
            let isQuoted = parts[1].count >= 2 && parts[1].hasPrefix("'") && parts[1].hasSuffix("'")
            all[String(parts[0])] = isQuoted ? String(parts[1].dropFirst().dropLast()).replacing(#"'\''"#, with: "'") : String(parts[1])
        }
    }
}

extension Stop {
    /// There is no server to talk to.
    fileprivate static func noServer(_ reason: String) -> Stop { Stop(code: .unavailable, description: "No server: \(reason)") }

    /// A server whose control interface this program cannot use.
    fileprivate static func onlySecure(_ server: String) -> Stop {
        Stop(
            code: .unavailable,
            description: "\(server) has no HTTP, which this command needs: start it without --no-http, or with --admin-port 0.")
    }
}
