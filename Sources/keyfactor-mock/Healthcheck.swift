import ArgumentParser
import KeyfactorMock

/// `keyfactor-mock healthcheck`: is the server on this machine ready?
struct Healthcheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Ask the server on this machine whether it is ready; exit code 0 if so, 1 if not.",
        discussion: """
            Finds the server by the same options and variables as serve; with --ready-file it reads the ports from there. Without HTTP it \
            only sees whether the HTTPS port takes connections.
            """)

    @OptionGroup var options: ServerOptions

    mutating func run() throws {
        let options = options.filled(.serve)
        let ports = try ports(options)
        let host = options.reachableHost
        if let port = ports.http {
            let request = "GET /_mock/readyz HTTP/1.0\r\nHost: localhost\r\n\r\n"  // on the port that serves /_mock/
            if Process.exchange(request, with: host, port: port)?.hasPrefix("HTTP/1.1 200 ") == true { return }
        } else if let port = ports.https, Process.exchange("", with: host, port: port) != nil {
            return
        }
        throw Stop(code: ExitCode(1), description: "Not ready: nothing answers on \(host), port \(ports.http ?? ports.https ?? 0).").said()
    }

    private func ports(_ options: ServerOptions) throws -> (http: UInt16?, https: UInt16?) {
        guard let file = options.readyFile else {
            return (options.adminPort ?? (options.noHTTP ? nil : options.httpPort), options.noHTTPS ? nil : options.httpsPort)
        }
        guard let bytes = Process.read(file), let ready = try? JSONDocument(bytes).root else {
            throw Stop(code: ExitCode(1), description: "Not ready: \(file) is not there yet.").said()
        }
        return (
            (ready["admin"] ?? ready["http"])?.integer.flatMap { UInt16(exactly: $0) },
            ready["https"]?.integer.flatMap { UInt16(exactly: $0) }
        )
    }
}
