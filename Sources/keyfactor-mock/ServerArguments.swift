public import ArgumentParser
import Base
import Model
import Worlds
import MicroHTTP

/// The server's options as the argument parser knows them: help texts, completions, messages about mistakes. `serve`, `exec` and
/// `healthcheck` share them, so that the last can find the server.
struct ServerArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp("A scenario file, - for stdin, or the scenario itself.", valueName: "file"),
        completion: .scenario)
    var scenario: String?
    @Option(help: ArgumentHelp("The address to listen on; 0.0.0.0 for all IPv4 addresses, :: for all addresses.", valueName: "address"))
    var host = Self.standard.host
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
    var maxBody = Self.standard.maxBody
    @Option(help: ArgumentHelp("The maximum size of request line and headers, 1024 to 1048576; larger ones get 431.", valueName: "bytes"))
    var maxHeaders = Self.standard.maxHeaders
    @Option(help: ArgumentHelp("The maximum number of open connections per thread and port.", valueName: "n"))
    var maxConnections = Self.standard.maxConnections
    @Option(help: ArgumentHelp("How long a connection may be idle; 0 means no limit.", valueName: "seconds"))
    var idleTimeout = Self.standard.idleTimeout
    @Option(
        help: ArgumentHelp(
            "The maximum number of worlds besides the default one; the least recently used are dropped first.", valueName: "n"))
    var maxWorlds = Self.standard.maxWorlds
    @Flag(help: "Refuse worlds that do not exist instead of creating them.")
    var strictWorlds = false
    @Option(
        help: ArgumentHelp("The maximum size of the journals of all worlds; the oldest exchanges are dropped first.", valueName: "bytes"))
    var journalBytes = Self.standard.journalBytes
    @Option(
        help: ArgumentHelp(
            "The maximum size of what all worlds keep; the least recently used worlds are dropped first, and what needs more is refused.",
            valueName: "bytes"))
    var estateBytes = Self.standard.estateBytes
    @Option(
        help: ArgumentHelp(
            "The maximum size of requests being read or worked on and of replies being sent; a single reply may have half of it.",
            valueName: "bytes"))
    var connectionBytes = Self.standard.connectionBytes
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
    var logFormat = Self.standard.logFormat

    /// Where the defaults are.
    private static var standard: ServerOptions { ServerOptions() }

    mutating func validate() throws { try options.validate() }

    /// What was given, and defaults.
    var options: ServerOptions {
        var options = ServerOptions()
        options.scenario = scenario
        options.host = host
        options.httpPort = httpPort
        options.httpsPort = httpsPort
        options.noHTTP = noHTTP
        options.noHTTPS = noHTTPS
        options.tlsCert = tlsCert
        options.tlsKey = tlsKey
        options.tlsName = tlsName
        options.caDir = caDir
        options.caFile = caFile
        options.readyFile = readyFile
        options.envFile = envFile
        options.auth = auth
        options.threads = threads
        options.seed = seed
        options.client = client
        options.product = product
        options.authMode = authMode
        options.maxBody = maxBody
        options.maxHeaders = maxHeaders
        options.maxConnections = maxConnections
        options.idleTimeout = idleTimeout
        options.maxWorlds = maxWorlds
        options.strictWorlds = strictWorlds
        options.journalBytes = journalBytes
        options.estateBytes = estateBytes
        options.connectionBytes = connectionBytes
        options.adminPort = adminPort
        options.adminToken = adminToken
        options.noUI = noUI
        options.watch = watch
        options.junit = junit
        options.coverage = coverage
        options.logLevel = logLevel
        options.logFormat = logFormat
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
