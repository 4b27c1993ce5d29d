import ArgumentParser
import KeyfactorMock

/// Suggestions for options that do not exist.
enum Suggestions {
    /// Names that other programs use for our options.
    private static let aliases = [
        "port": "http-port", "prot": "http-port", "listen-port": "http-port", "plain-port": "http-port", "ssl-port": "https-port",
        "tls-port": "https-port",
        "secure-port": "https-port", "bind": "host", "bind-address": "host", "listen": "host", "address": "host", "ip": "host",
        "config": "scenario", "config-file": "scenario", "file": "scenario", "scenario-file": "scenario", "scenarios": "scenario",
        "cert": "tls-cert", "certificate": "tls-cert", "ssl-cert": "tls-cert", "key": "tls-key", "ssl-key": "tls-key", "ca": "ca-file",
        "token": "admin-token", "verbose": "log-level", "debug": "log-level", "quiet": "log-level", "workers": "threads",
        "version-of-command": "product", "timeout": "idle-timeout", "san": "tls-name", "server-name": "tls-name",
        "preset": "client", "profile": "client", "sdk": "client",
    ]

    /// The option that was probably meant.
    ///
    /// - Parameters:
    ///   - name: the unknown option, without its dashes.
    ///   - options: the valid options, without their dashes.
    /// - Returns: `nil` if none is similar.
    static func option(for name: String, among options: [String]) -> String? {
        if let alias = aliases[name.lowercased()], options.contains(alias) { return alias }
        return nearestSetting(to: name, among: options)
    }

    /// Replaces errors of the argument parser for which there is a better message.
    ///
    /// - Parameters:
    ///   - error: the parser's error.
    ///   - command: the command that the arguments are for.
    ///   - exists: whether a path exists.
    /// - Returns: the same error, or one with a better suggestion.
    static func improved(
        _ error: any Error, of command: String? = nil, exists: (String) -> Bool = { Process.stamp(of: $0) != nil }
    ) -> any Error {
        guard command.map({ EnvironmentSettings.commands.contains($0) || $0.hasPrefix("-") }) ?? true else { return error }
        let message = Root.message(for: error)
        if let match = message.prefixMatch(of: /Unknown option '--([a-z0-9-]+)'/) {
            let options = Setting.ofExec.map { String($0.flag.dropFirst(2)) }
            guard let option = option(for: String(match.1), among: options) else { return error }
            return ValidationError("Unknown option '--\(match.1)'. Did you mean '--\(option)'?")
        }
        if let match = message.prefixMatch(of: /Unexpected argument '(.+?)'/), isScenario(String(match.1), exists) {
            return ValidationError("Unexpected argument '\(match.1)'. Did you mean '--scenario \(match.1)'?")
        }
        return error
    }

    /// Whether an argument looks like the path of a scenario file.
    static func isScenario(_ word: String, _ exists: (String) -> Bool) -> Bool {
        [".yaml", ".yml", ".json"].contains { word.lowercased().hasSuffix($0) } || exists(word)
    }
}
