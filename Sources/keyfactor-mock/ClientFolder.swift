import ArgumentParser
import Base
import Worlds
import MicroHTTP

/// A temporary folder with files for clients.
struct ClientFolder {
    /// Its absolute path.
    let path: String

    /// Creates the folder.
    ///
    /// - Throws: exit code 69 if that fails.
    init() throws {
        let made = Process.makeTemporaryFolder()
        guard let path = made.path else {
            throw Stop(
                code: .unavailable,
                description: "Cannot create a folder in \(made.parent). Set TMPDIR to an existing, writable folder."
            ).report()
        }
        self.path = path
    }

    /// Removes the folder and its contents.
    func remove() { Process.removeFolder(path) }

    /// Writes the CA, the roots and the configuration, and the file of `--env-file` if requested.
    ///
    /// - Parameters:
    ///   - running: the server, which must serve HTTPS.
    ///   - options: its options.
    ///   - log: the log for warnings about problems that clients may have.
    /// - Throws: exit code 69 if a file cannot be written.
    /// - Returns: the variables for clients.
    func fill(for running: RunningServer, _ options: ServerOptions, _ log: Log) throws -> ClientEnvironment {
        var address = ClientEnvironment.Address(
            listeningOn: running.host, httpPort: running.listener.httpPort, httpsPort: running.listener.httpsPort ?? 0)
        (address.adminPort, address.adminToken) = (running.admin?.httpPort, options.adminToken)
        let login = ClientLogin(options.auth, running.scenario.access)
        if let problem = login.problem(running.scenario.access) { log(.warning, problem) }
        let files = ClientEnvironment.Files(
            authority: path + "/ca.pem", roots: path + "/roots.pem", configuration: path + "/command_config.json",
            wget: path + "/wgetrc")
        let authority = Array((running.identity?.authority ?? running.identity?.certificate ?? "").utf8)
        try write(authority, to: files.authority)
        try write(Self.trusted(log) + authority, to: files.roots)
        try write(
            ClientEnvironment.configuration(address, running.scenario, login, authority: files.authority), to: files.configuration,
            isSecret: true)
        try write(Self.wgetConfiguration + Array("\nca_certificate = \(files.roots)\n".utf8), to: files.wget)
        for warning in ClientSurroundings.proxyWarnings(Process.environment) { log(.warning, warning) }
        let environment = ClientEnvironment(address, running.scenario, login, files, caller: Process.environment)
        if let file = options.envFile, let problem = OptionFile.write(environment.fileText, to: file, "--env-file", isSecret: true) {
            throw problem.report()
        }
        return environment
    }

    private func write(_ bytes: [UInt8], to file: String, isSecret: Bool = false) throws {
        do throws(FileProblem) {
            try WholeFile.write(bytes, to: file, isSecret: isSecret)
        } catch {
            throw Stop(code: .unavailable, description: "Cannot write \(file): \(error)").report()
        }
    }

    /// Where Linux distributions keep trusted roots: Debian, Red Hat, SUSE, Alpine.
    private static let systemRoots = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
    ]

    /// The caller's configuration of wget, which has no variable for trusted roots.
    private static var wgetConfiguration: [UInt8] {
        let variables = Process.environment
        let file = variables["WGETRC"].flatMap { $0.isEmpty ? nil : $0 } ?? variables["HOME"].map { $0 + "/.wgetrc" }
        return file.flatMap { Process.read($0) } ?? []
    }

    /// The previously trusted roots, in PEM: those of `SSL_CERT_FILE` if set, otherwise the system's, and those of the other variables.
    private static func trusted(_ log: Log) -> [UInt8] {
        let variables = Process.environment
        let named = ClientSurroundings.bundles.compactMap { variables[$0] }.filter { !$0.isEmpty }
        let own = variables["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        var bundles: [[UInt8]] = []
        if let first = ((own.map { [$0] } ?? []) + systemRoots).lazy.compactMap({ Process.read($0) }).first { bundles.append(first) }
        for file in Set(named).subtracting([own ?? ""]).sorted() {
            if let bytes = Process.read(file), !bundles.contains(bytes) { bundles.append(bytes) }
        }
        if bundles.isEmpty { log(.warning, "this system has no root certificates: clients can only trust the mock over HTTPS") }
        return bundles.reduce(into: []) { all, bundle in
            all += bundle
            if bundle.last != UInt8(ascii: "\n") { all.append(UInt8(ascii: "\n")) }
        }
    }
}
