import ArgumentParser
import Base
import MicroHTTP
import Model
import Worlds

/// What the server's options say. What each means is in ``ServerArguments``; this is plain, so that a usual call does not wait for the
/// argument parser.
struct ServerOptions {
    var scenario: String?
    var host = "127.0.0.1"
    var httpPort: UInt16?
    var httpsPort: UInt16?
    var noHTTP = false
    var noHTTPS = false
    var tlsCert: String?
    var tlsKey: String?
    var tlsName: [String] = []
    var caDir: String?
    var caFile: String?
    var readyFile: String?
    var envFile: String?
    var auth: ClientLogin.Kind?
    var threads: Int?
    var seed: UInt64?
    var client: ClientPreset?
    var product: ProductVersion?
    var authMode: AccessPolicy.Mode?
    var maxBody = 8 << 20
    var maxHeaders = 16 << 10
    var maxConnections = 10_000
    var idleTimeout = 60
    var maxWorlds = 16_384
    var strictWorlds = false
    var journalBytes = 32 << 20
    var estateBytes = 256 << 20
    var connectionBytes = 128 << 20
    var adminPort: UInt16?
    var adminToken: String?
    var noUI = false
    var watch = false
    var junit: String?
    var coverage: String?
    var logLevel: Log.Level?
    var logFormat = Log.Format.text

    /// Refuses what cannot be served.
    ///
    /// - Throws: a validation error that names the option.
    func validate() throws {
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
        if host == Self().host { return }
        let advice: String? =
            switch true {
            case host.isEmpty: "it must not be empty"
            case ["*", "+", "all", "any"].contains(host.lowercased()): "use 0.0.0.0 for all IPv4 addresses, :: for all addresses"
            case host.contains("://"): "give only the address, without '\(host.prefix { $0 != ":" })://'"
            case host.hasPrefix("[") && host.hasSuffix("]"): "write it without brackets: --host \(host.dropFirst().dropLast())"
            case host.hasPrefix("[") || hasPort: "give the port with --http-port or --https-port"
            case host.contains { $0.isWhitespace || "/,;'\"*".contains($0) }: "give one address, such as 127.0.0.1"
            default: nil
            }
        if let advice { throw ValidationError("--host '\(host.prefix(100))' is not an address: \(advice).") }
    }

    /// Whether the host is one colon with digits after it.
    private var hasPort: Bool {
        let parts = host.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[1].isEmpty && parts[1].allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
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
