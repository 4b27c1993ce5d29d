import ArgumentParser
import Base
import MicroHTTP

/// `keyfactor-mock healthcheck`: is the server on this machine ready?
struct Healthcheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Check whether the server on this machine is ready; exit code 0 if it is, 1 if not.",
        discussion: """
            If this user runs only one server, as in a container, it is found automatically, whatever its ports are. Otherwise, or if a \
            port is given, the same options and variables as for serve tell where it is; with --ready-file the ports are read from that \
            file. Without HTTP, only checks that the HTTPS port accepts connections.
            """)

    @OptionGroup var arguments: ServerArguments

    mutating func run() throws {
        let place = try place(arguments.options)
        if let port = place.http {
            let client = ControlClient(place: ControlPlace(host: place.host, port: port))
            if (try? client.ask(.get, "readyz", seconds: 2))?.status == 200 { return }
        } else if let port = place.https, (try? Process.exchange([], with: place.host, port: port, seconds: 2, most: 0)) != nil {
            return
        }
        throw Stop(
            code: ExitCode(1), description: "Not ready: no response from \(place.host.abbreviated), port \(place.http ?? place.https ?? 0)."
        ).report()
    }

    private func place(_ options: ServerOptions) throws -> Process.Place {
        if let file = options.readyFile { return try place(in: file, at: options.reachableHost) }
        if [options.adminPort, options.httpPort, options.httpsPort].allSatisfy({ $0 ?? 0 == 0 }) {
            let places = Process.places
            if places.count == 1 { return places[0] }
        }
        let options = options.withDefaults(.serve)
        return .init(
            host: options.reachableHost, http: options.adminPort ?? (options.noHTTP ? nil : options.httpPort),
            https: options.noHTTPS ? nil : options.httpsPort)
    }

    /// The ports in a ready line, which has no address.
    private func place(in file: String, at host: String) throws -> Process.Place {
        guard let bytes = OptionFile.read(file), let ready = try? JSONDocument(bytes).root else {
            throw Stop(code: ExitCode(1), description: "Not ready: \(file.abbreviated) does not exist yet.").report()
        }
        return .init(
            host: host, http: (ready["admin"] ?? ready["http"])?.integer.flatMap { UInt16(exactly: $0) },
            https: ready["https"]?.integer.flatMap { UInt16(exactly: $0) })
    }
}
