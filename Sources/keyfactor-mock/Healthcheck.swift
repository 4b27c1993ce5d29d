import ArgumentParser
import KeyfactorMock

/// `keyfactor-mock healthcheck`: is the server on this machine ready?
struct Healthcheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Ask the server on this machine whether it is ready; exit code 0 if so, 1 if not.",
        discussion: """
            Finds the server by itself, whatever its ports are, if it is the only one that this user runs, as in a container. Otherwise, and \
            if a port is given, finds it by the same options and variables as serve; with --ready-file it reads the ports from there. \
            Without HTTP it only sees whether the HTTPS port takes connections.
            """)

    @OptionGroup var options: ServerOptions

    mutating func run() throws {
        let place = try place(options)
        if let port = place.http {
            let request = "GET /_mock/readyz HTTP/1.0\r\nHost: localhost\r\n\r\n"  // on the port that serves /_mock/
            if Process.exchange(request, with: place.host, port: port)?.hasPrefix("HTTP/1.1 200 ") == true { return }
        } else if let port = place.https, Process.exchange("", with: place.host, port: port) != nil {
            return
        }
        throw Stop(
            code: ExitCode(1), description: "Not ready: nothing answers on \(place.host), port \(place.http ?? place.https ?? 0)."
        ).said()
    }

    private func place(_ options: ServerOptions) throws -> Process.Place {
        if let file = options.readyFile { return try place(in: file) }
        if [options.adminPort, options.httpPort, options.httpsPort].allSatisfy({ $0 ?? 0 == 0 }) {
            let places = Process.places
            if places.count == 1 { return places[0] }
        }
        let options = options.filled(.serve)
        return .init(
            host: options.reachableHost, http: options.adminPort ?? (options.noHTTP ? nil : options.httpPort),
            https: options.noHTTPS ? nil : options.httpsPort)
    }

    /// What a ready line says; it names no address.
    private func place(in file: String) throws -> Process.Place {
        guard let bytes = Process.read(file), let ready = try? JSONDocument(bytes).root else {
            throw Stop(code: ExitCode(1), description: "Not ready: \(file) is not there yet.").said()
        }
        return .init(
            host: options.reachableHost, http: (ready["admin"] ?? ready["http"])?.integer.flatMap { UInt16(exactly: $0) },
            https: ready["https"]?.integer.flatMap { UInt16(exactly: $0) })
    }
}
