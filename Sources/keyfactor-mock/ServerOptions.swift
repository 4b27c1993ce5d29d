public import ArgumentParser
import Base
import Model
import Worlds
import MicroHTTP

/// The server's options. `serve`, `exec` and `healthcheck` share them, so that the last can find the server.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A scenario file, - for stdin, or the scenario itself.", valueName: "file"),
        completion: .scenario)
    var scenario: String?
    @Option(help: ArgumentHelp("The address to listen on; 0.0.0.0 for all IPv4 addresses, :: for all addresses.", valueName: "address"))
    var host = "127.0.0.1"
    @Option(help: ArgumentHelp("The HTTP port; 0 picks a free one; default: 8080, for exec 0.", valueName: "port"))
    var httpPort: UInt16?
    @Option(help: ArgumentHelp("The HTTPS port; 0 picks a free one; default: 8443, for exec 0.", valueName: "port"))
    var httpsPort: UInt16?
    @Flag(name: .customLong("no-http"), help: "Do not serve HTTP.")
    var noHTTP = false
    @Flag(name: .customLong("no-https"), help: "Do not serve HTTPS.")
    var noHTTPS = false
    @Option(help: ArgumentHelp("The PEM certificate for HTTPS, leaf first.", valueName: "file"), completion: .file())
    var tlsCert: String?
    @Option(help: ArgumentHelp("The PEM key for --tls-cert.", valueName: "file"), completion: .file())
    var tlsKey: String?
    @Option(help: ArgumentHelp("An additional name or address for the certificate made at startup; repeatable.", valueName: "name"))
    var tlsName: [String] = []
    @Option(
        help: ArgumentHelp("Keep the CA in this folder, so that it survives restarts; created with mode 0700.", valueName: "folder"),
        completion: .directory)
    var caDir: String?
    @Option(help: ArgumentHelp("Write the CA certificate to this file.", valueName: "file"), completion: .file())
    var caFile: String?
    @Option(
        help: ArgumentHelp("Write the ready line to this file, atomically, when the server is listening.", valueName: "file"),
        completion: .file())
    var readyFile: String?
    @Option(
        help: ArgumentHelp("Write the variables that exec sets to this file, one KEY=VALUE per line.", valueName: "file"),
        completion: .file())
    var envFile: String?
    @Option(
        help: ArgumentHelp(
            "The kind of login in the variables of exec and --env-file; default: basic, or oauth if the scenario accepts nothing else.",
            valueName: "login"))
    var auth: ClientLogin.Kind?
    @Option(help: ArgumentHelp("The number of server threads, 1 to 64; default: the number of cores, at most 4.", valueName: "n"))
    var threads: Int?
    @Option(help: ArgumentHelp("The seed of all identifiers and random draws; overrides the scenario's.", valueName: "n"))
    var seed: UInt64?
    @Option(
        help: ArgumentHelp(
            "The client that is tested, as 'clients' lists them: sets switches and release where the scenario does not; overrides its client.",
            valueName: "client"),
        completion: .list(ClientPreset.all.map(\.name)), transform: ClientPreset.argument)
    var client: ClientPreset?
    @Option(help: "The simulated release of Command; overrides the scenario's.")
    var product: ProductVersion?
    @Option(help: "Which credentials are accepted; overrides the scenario's.")
    var authMode: AccessPolicy.Mode?
    @Option(help: ArgumentHelp("The maximum size of a request body; larger ones get 413.", valueName: "bytes"))
    var maxBody = 8 << 20
    @Option(help: ArgumentHelp("The maximum size of request line and headers, 1024 to 1048576; larger ones get 431.", valueName: "bytes"))
    var maxHeaders = 16 << 10
    @Option(help: ArgumentHelp("The maximum number of open connections per thread and port.", valueName: "n"))
    var maxConnections = 10_000
    @Option(help: ArgumentHelp("How long a connection may be idle; 0 means no limit.", valueName: "seconds"))
    var idleTimeout = 60
    @Option(
        help: ArgumentHelp(
            "The maximum number of worlds besides the default one; the least recently used are dropped first.", valueName: "n"))
    var maxWorlds = 16_384
    @Flag(help: "Refuse worlds that do not exist instead of creating them.")
    var strictWorlds = false
    @Option(
        help: ArgumentHelp("The maximum size of the journals of all worlds; the oldest exchanges are dropped first.", valueName: "bytes"))
    var journalBytes = 32 << 20
    @Option(
        help: ArgumentHelp(
            "The maximum size of what all worlds keep; the least recently used worlds are dropped first, and what needs more is refused.",
            valueName: "bytes"))
    var estateBytes = 256 << 20
    @Option(
        help: ArgumentHelp(
            "The maximum size of requests being read or worked on and of replies being sent; a single reply may have half of it.",
            valueName: "bytes"))
    var connectionBytes = 128 << 20
    @Option(
        help: ArgumentHelp("Serve /_mock/ over HTTP on a separate port only; 0 picks a free one.", valueName: "port"))
    var adminPort: UInt16?
    @Option(help: ArgumentHelp("The token that requests below /_mock/ must send in the header X-Mock-Token.", valueName: "token"))
    var adminToken: String?
    @Flag(name: .customLong("no-ui"), help: "Do not serve the page for browsers at /_mock/ui.")
    var noUI = false
    @Flag(help: "Reload the scenario when its file changes and has no mistakes; only affects the default world and new ones.")
    var watch = false
    @Option(
        help: ArgumentHelp("At exit, write the verdict on the scenario's expectations to this file, as JUnit XML.", valueName: "file"),
        completion: .file())
    var junit: String?
    @Option(
        help: ArgumentHelp("At exit, write the coverage of the default world to this file, as JSON.", valueName: "file"),
        completion: .file())
    var coverage: String?
    @Option(help: "The log level of stderr; default: info, for exec warning.")
    var logLevel: Log.Level?
    @Option(help: "The format of log lines.")
    var logFormat = Log.Format.text

    mutating func validate() throws {
        if noHTTP, noHTTPS { throw ValidationError("--no-http and --no-https leave nothing to serve.") }
        if (tlsCert == nil) != (tlsKey == nil) { throw ValidationError("--tls-cert and --tls-key must be used together.") }
        if tlsCert != nil, caDir != nil || caFile != nil || !tlsName.isEmpty {
            throw ValidationError("--tls-cert replaces the generated certificate: remove --ca-dir, --ca-file and --tls-name.")
        }
        if noHTTPS, caFile != nil { throw ValidationError("--ca-file needs HTTPS: remove --no-https.") }
        if noHTTPS, envFile != nil { throw ValidationError("--env-file needs HTTPS: remove --no-https.") }
        if watch {
            guard let scenario, case .file = ScenarioSource(scenario) else {
                throw ValidationError("--watch needs --scenario with the path of a file.")
            }
        }
        try checkHost()
        if adminToken?.isEmpty == true { throw ValidationError("--admin-token must not be empty.") }
        try check("--max-worlds", maxWorlds, 0...1_000_000)
        try check("--journal-bytes", journalBytes, 0...(64 << 30))
        try check("--estate-bytes", estateBytes, (1 << 20)...(64 << 30))
        try check("--connection-bytes", connectionBytes, (1 << 20)...(64 << 30))
        try check("--threads", threads ?? 1, 1...64)
        try check("--max-body", maxBody, 0...(1 << 30))
        try check("--max-headers", maxHeaders, 1024...(1 << 20))
        try check("--max-connections", maxConnections, 1...1_000_000)
        try check("--idle-timeout", idleTimeout, 0...86_400)
        if let seed, seed > UInt64(Int.max) { throw ValidationError("--seed: expected 0 to \(Int.max), found \(seed).") }
    }

    private func checkHost() throws {
        let advice: String? =
            switch true {
            case host.isEmpty: "it must not be empty"
            case ["*", "+", "all", "any"].contains(host.lowercased()): "use 0.0.0.0 for all IPv4 addresses, :: for all addresses"
            case host.contains("://"): "give only the address, without '\(host.prefix { $0 != ":" })://'"
            case host.hasPrefix("[") && host.hasSuffix("]"): "write it without brackets: --host \(host.dropFirst().dropLast())"
            case host.hasPrefix("[") || host.wholeMatch(of: /[^:]*:[0-9]+/) != nil: "give the port with --http-port or --https-port"
            case host.contains { $0.isWhitespace || "/,;'\"*".contains($0) }: "give one address, such as 127.0.0.1"
            default: nil
            }
        if let advice { throw ValidationError("--host '\(host.prefix(100))' is not an address: \(advice).") }
    }

    /// Refuses ports that are used twice.
    ///
    /// - Throws: a validation error that names the two options.
    func checkPorts() throws {
        let ports = [
            ("--http-port", noHTTP ? nil : httpPort), ("--https-port", noHTTPS ? nil : httpsPort), ("--admin-port", adminPort),
        ]
        for (index, (name, port)) in ports.enumerated() {
            guard let port, port != 0, let other = ports[..<index].first(where: { $0.1 == port }) else { continue }
            throw ValidationError("\(other.0) and \(name) must differ, but both are \(port).")
        }
    }

    private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard !range.contains(value) else { return }
        throw ValidationError("\(name): expected \(range.lowerBound) to \(range.upperBound), found \(value).")
    }

    /// An option that a variable can set.
    struct Setting {
        /// The kind of value.
        enum Kind {
            case value
            /// Comma-separated values.
            case list
            /// 1, true, yes or on.
            case flag
        }

        var flag: String
        var kind: Kind

        /// The variable: `--http-port` is `KEYFACTOR_MOCK_HTTP_PORT`.
        var variable: String { Self.variable(String(flag.dropFirst(2))) }

        /// The variable for an option.
        ///
        /// - Parameter option: the option, without its dashes.
        /// - Returns: its name.
        static func variable(_ option: String) -> String {
            EnvironmentSettings.prefix + option.uppercased().replacing("-", with: "_")
        }
    }

    /// All shared options; a test compares this list with the help text.
    static let settings: [Setting] =
        [
            "scenario", "host", "http-port", "https-port", "tls-cert", "tls-key", "ca-dir", "ca-file", "ready-file", "env-file", "auth",
            "threads", "seed", "client", "product", "auth-mode", "max-body", "max-headers", "max-connections", "idle-timeout", "max-worlds",
            "journal-bytes", "estate-bytes", "connection-bytes", "admin-port", "admin-token", "junit", "coverage", "log-level",
            "log-format",
        ].map { Setting(flag: "--\($0)", kind: .value) }
        + ["tls-name"].map { Setting(flag: "--\($0)", kind: .list) }
        + ["no-http", "no-https", "strict-worlds", "no-ui", "watch"].map { Setting(flag: "--\($0)", kind: .flag) }

    /// The defaults of a command.
    struct Defaults {
        var httpPort: UInt16
        var httpsPort: UInt16
        var logLevel: Log.Level

        static let serve = Defaults(httpPort: 8080, httpsPort: 8443, logLevel: .info)
        static let exec = Defaults(httpPort: 0, httpsPort: 0, logLevel: .warning)
    }

    /// Replaces missing values with a command's defaults.
    ///
    /// - Parameter defaults: the command's defaults.
    /// - Returns: options with ports and a log level.
    func withDefaults(_ defaults: Defaults) -> ServerOptions {
        var options = self
        options.httpPort = httpPort ?? defaults.httpPort
        options.httpsPort = httpsPort ?? defaults.httpsPort
        options.logLevel = logLevel ?? defaults.logLevel
        return options
    }
}

extension CompletionKind {
    /// The files that shells suggest for a scenario.
    static var scenario: Self { .file(extensions: ["yaml", "yml", "json"]) }
}

extension ProductVersion: ExpressibleByArgument {}
extension AccessPolicy.Mode: ExpressibleByArgument {}
extension Log.Level: ExpressibleByArgument {}
extension Log.Format: ExpressibleByArgument {}
