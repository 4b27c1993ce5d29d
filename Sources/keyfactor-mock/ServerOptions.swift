import ArgumentParser
import KeyfactorMock
import MicroHTTP

/// Where and how to serve. `serve`, `exec` and `healthcheck` share these, so that the last finds the first.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A scenario file, or the scenario itself (it then holds a line feed or begins with '{').", valueName: "file"),
        completion: .scenario)
    var scenario: String?
    @Option(help: ArgumentHelp("The address to listen on; 0.0.0.0 for all of IPv4, :: for all.", valueName: "address"))
    var host = "127.0.0.1"
    @Option(help: ArgumentHelp("The port for HTTP; 0 lets the system choose; default: 8080, of exec 0.", valueName: "port"))
    var httpPort: UInt16?
    @Option(help: ArgumentHelp("The port for HTTPS; 0 lets the system choose; default: 8443, of exec 0.", valueName: "port"))
    var httpsPort: UInt16?
    @Flag(name: .customLong("no-http"), help: "Do not serve HTTP.")
    var noHTTP = false
    @Flag(name: .customLong("no-https"), help: "Do not serve HTTPS.")
    var noHTTPS = false
    @Option(help: ArgumentHelp("A PEM certificate to serve HTTPS with, the leaf first.", valueName: "file"), completion: .file())
    var tlsCert: String?
    @Option(help: ArgumentHelp("The PEM key that belongs to --tls-cert.", valueName: "file"), completion: .file())
    var tlsKey: String?
    @Option(help: ArgumentHelp("One more name or address for the certificate made at start; may be repeated.", valueName: "name"))
    var tlsName: [String] = []
    @Option(
        help: ArgumentHelp("Keep the CA in this folder, so that it survives restarts; made with mode 0700.", valueName: "folder"),
        completion: .directory)
    var caDir: String?
    @Option(help: ArgumentHelp("Write the CA's certificate here.", valueName: "file"), completion: .file())
    var caFile: String?
    @Option(
        help: ArgumentHelp("Write the ready line here once the sockets listen, at once and whole.", valueName: "file"), completion: .file())
    var readyFile: String?
    @Option(
        help: ArgumentHelp("Write there what exec sets in the environment, a KEY=VALUE a line.", valueName: "file"), completion: .file())
    var envFile: String?
    @Option(
        help: ArgumentHelp(
            "Which log-in exec and --env-file tell clients of; default: basic, or oauth where the scenario takes nothing else.",
            valueName: "log-in"))
    var auth: ClientLogin.Kind?
    @Option(help: ArgumentHelp("How many threads serve, 1 to 64; default: the number of cores, at most 4.", valueName: "n"))
    var threads: Int?
    @Option(help: ArgumentHelp("What all drawn identifiers come from; outranks the scenario's.", valueName: "n"))
    var seed: UInt64?
    @Option(help: "The release of Command pretended; outranks the scenario's.")
    var product: ProductVersion?
    @Option(help: "Which credentials count; outranks the scenario's.")
    var authMode: AccessPolicy.Mode?
    @Option(help: ArgumentHelp("The longest request body, in bytes; longer ones get 413.", valueName: "bytes"))
    var maxBody = 8 << 20
    @Option(help: ArgumentHelp("The most bytes of request line and headers, 1024 to 1048576; more get 431.", valueName: "bytes"))
    var maxHeaders = 16 << 10
    @Option(help: ArgumentHelp("The most open connections per thread and port.", valueName: "n"))
    var maxConnections = 10_000
    @Option(help: ArgumentHelp("How long nothing may move on a connection, in seconds; 0 is for ever.", valueName: "seconds"))
    var idleTimeout = 60
    @Option(help: ArgumentHelp("The most worlds besides the default one; those not asked for the longest go first.", valueName: "n"))
    var maxWorlds = 16_384
    @Flag(help: "Refuse worlds that nobody has made, instead of making them when they are first named.")
    var strictWorlds = false
    @Option(help: ArgumentHelp("The bytes that the journals of all worlds may hold; the oldest exchanges go first.", valueName: "bytes"))
    var journalBytes = 32 << 20
    @Option(
        help: ArgumentHelp("Serve /_mock/ over HTTP on a port of its own, and nowhere else; 0 lets the system choose.", valueName: "port"))
    var adminPort: UInt16?
    @Option(help: ArgumentHelp("What the header X-Mock-Token must say under /_mock/.", valueName: "token"))
    var adminToken: String?
    @Flag(help: "Swap the scenario in whenever its file changes and has no mistakes; only the default world and new ones begin with it.")
    var watch = false
    @Option(
        help: ArgumentHelp("At the end, write the verdict on the scenario's expectations here, as JUnit XML.", valueName: "file"),
        completion: .file())
    var junit: String?
    @Option(
        help: ArgumentHelp("At the end, write what the default world was asked, and what not, here, as JSON.", valueName: "file"),
        completion: .file())
    var coverage: String?
    @Option(help: "The least grave lines that are logged to stderr; default: info, of exec warning.")
    var logLevel: Log.Level?
    @Option(help: "How a line of the log looks.")
    var logFormat = Log.Format.text

    mutating func validate() throws {
        if noHTTP, noHTTPS { throw ValidationError("--no-http and --no-https leave nothing to serve.") }
        if (tlsCert == nil) != (tlsKey == nil) { throw ValidationError("--tls-cert and --tls-key go together.") }
        if tlsCert != nil, caDir != nil || caFile != nil || !tlsName.isEmpty {
            throw ValidationError("--tls-cert brings a certificate of its own: leave out --ca-dir, --ca-file and --tls-name.")
        }
        if noHTTPS, caFile != nil { throw ValidationError("--ca-file needs HTTPS: leave out --no-https.") }
        if noHTTPS, envFile != nil { throw ValidationError("--env-file needs HTTPS: leave out --no-https.") }
        if watch, scenario.map({ $0.contains("\n") || $0.hasPrefix("{") }) ?? true {
            throw ValidationError("--watch needs --scenario with the path of a file.")
        }
        if adminToken?.isEmpty == true { throw ValidationError("--admin-token: expected some characters, found none.") }
        try check("--max-worlds", maxWorlds, 0...1_000_000)
        try check("--journal-bytes", journalBytes, 0...(64 << 30))
        try check("--threads", threads ?? 1, 1...64)
        try check("--max-body", maxBody, 0...(1 << 30))
        try check("--max-headers", maxHeaders, 1024...(1 << 20))
        try check("--max-connections", maxConnections, 1...1_000_000)
        try check("--idle-timeout", idleTimeout, 0...86_400)
        if let seed, seed > UInt64(Int.max) { throw ValidationError("--seed: expected 0 to \(Int.max), found \(seed).") }
    }

    private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard !range.contains(value) else { return }
        throw ValidationError("\(name): expected \(range.lowerBound) to \(range.upperBound), found \(value).")
    }

    /// An option as the environment knows it.
    struct Setting {
        /// What kind of value a variable holds.
        enum Kind {
            case value
            /// Values with commas between them.
            case list
            /// 1, true, yes or on.
            case flag
        }

        var flag: String
        var kind: Kind

        /// The variable: `--http-port` is `KEYFACTOR_MOCK_HTTP_PORT`.
        var variable: String { EnvironmentSettings.prefix + flag.dropFirst(2).uppercased().replacing("-", with: "_") }
    }

    /// Every option that the commands share; a test holds this list against the help text.
    static let settings: [Setting] =
        [
            "scenario", "host", "http-port", "https-port", "tls-cert", "tls-key", "ca-dir", "ca-file", "ready-file", "env-file", "auth",
            "threads", "seed", "product", "auth-mode", "max-body", "max-headers", "max-connections", "idle-timeout", "max-worlds",
            "journal-bytes",
            "admin-port", "admin-token", "junit", "coverage", "log-level",
            "log-format",
        ].map { Setting(flag: "--\($0)", kind: .value) }
        + ["tls-name"].map { Setting(flag: "--\($0)", kind: .list) }
        + ["no-http", "no-https", "strict-worlds", "watch"].map { Setting(flag: "--\($0)", kind: .flag) }

    /// What a command does where nothing is said.
    struct Usual {
        var httpPort: UInt16
        var httpsPort: UInt16
        var logLevel: Log.Level

        static let serve = Usual(httpPort: 8080, httpsPort: 8443, logLevel: .info)
        static let exec = Usual(httpPort: 0, httpsPort: 0, logLevel: .warning)
    }

    /// Fills in what was not said.
    ///
    /// - Parameter usual: what a command does then.
    /// - Returns: options with ports and a level.
    func filled(_ usual: Usual) -> ServerOptions {
        var options = self
        options.httpPort = httpPort ?? usual.httpPort
        options.httpsPort = httpsPort ?? usual.httpsPort
        options.logLevel = logLevel ?? usual.logLevel
        return options
    }
}

extension CompletionKind {
    /// What a shell offers where a scenario file is to be named.
    static var scenario: Self { .file(extensions: ["yaml", "yml", "json"]) }
}

extension ProductVersion: ExpressibleByArgument {}
extension AccessPolicy.Mode: ExpressibleByArgument {}
extension Log.Level: ExpressibleByArgument {}
extension Log.Format: ExpressibleByArgument {}
