import Base
import Model
import Worlds

/// An option of a call that starts a server, which a variable can set too: how it is written, and what its value does. ``ServerArguments``
/// has its help text, and a test holds that the two agree.
struct Setting: Sendable {
    /// The kind of value.
    enum Kind {
        case value
        /// Comma-separated values.
        case list
        /// 1, true, yes or on.
        case flag
    }

    let flag: String
    let kind: Kind
    /// Takes the value; a flag ignores it.
    ///
    /// - Returns: whether the value is one.
    let apply: @Sendable (_ options: inout CallOptions, _ value: String) -> Bool

    /// The variable: `--http-port` is `KEYFACTOR_MOCK_HTTP_PORT`.
    var variable: String { Self.variable(String(flag.dropFirst(2))) }

    /// The variable for an option.
    ///
    /// - Parameter option: the option, without its dashes.
    /// - Returns: its name.
    static func variable(_ option: String) -> String {
        EnvironmentSettings.prefix + option.uppercased().replacing("-", with: "_")
    }

    private static func text(_ flag: String, _ set: @escaping @Sendable (inout CallOptions, String) -> Void) -> Setting {
        Setting(flag: flag, kind: .value) { options, value in
            set(&options, value)
            return true
        }
    }

    private static func number<Number: FixedWidthInteger & SendableMetatype>(
        _ flag: String, _ set: @escaping @Sendable (inout CallOptions, Number) -> Void
    ) -> Setting {
        read(flag, { Number($0) }, set)
    }

    private static func word<Word: RawRepresentable & SendableMetatype>(
        _ flag: String, _ set: @escaping @Sendable (inout CallOptions, Word) -> Void
    ) -> Setting where Word.RawValue == String {
        read(flag, { Word(rawValue: $0) }, set)
    }

    private static func read<Value>(
        _ flag: String, _ read: @escaping @Sendable (String) -> Value?, _ set: @escaping @Sendable (inout CallOptions, Value) -> Void
    ) -> Setting {
        Setting(flag: flag, kind: .value) { options, text in
            guard let value = read(text) else { return false }
            set(&options, value)
            return true
        }
    }

    private static func flag(_ flag: String, _ set: @escaping @Sendable (inout CallOptions) -> Void) -> Setting {
        Setting(flag: flag, kind: .flag) { options, _ in
            set(&options)
            return true
        }
    }
}

extension Setting {
    /// The options that `serve`, `exec` and `healthcheck` share.
    static let ofServers: [Setting] = [
        text("--scenario") { $0.server.scenario = $1 },
        text("--host") { $0.server.host = $1 },
        number("--http-port") { $0.server.httpPort = $1 },
        number("--https-port") { $0.server.httpsPort = $1 },
        flag("--no-http") { $0.server.noHTTP = true },
        flag("--no-https") { $0.server.noHTTPS = true },
        text("--tls-cert") { $0.server.tlsCert = $1 },
        text("--tls-key") { $0.server.tlsKey = $1 },
        Setting(flag: "--tls-name", kind: .list) { options, name in
            options.server.tlsName.append(name)
            return true
        },
        text("--ca-dir") { $0.server.caDir = $1 },
        text("--ca-file") { $0.server.caFile = $1 },
        text("--ready-file") { $0.server.readyFile = $1 },
        text("--env-file") { $0.server.envFile = $1 },
        word("--auth") { $0.server.auth = $1 },
        number("--threads") { $0.server.threads = $1 },
        number("--seed") { $0.server.seed = $1 },
        read("--client", { ClientPreset.named($0) }) { $0.server.client = $1 },
        word("--product") { $0.server.product = $1 },
        word("--auth-mode") { $0.server.authMode = $1 },
        number("--max-body") { $0.server.maxBody = $1 },
        number("--max-headers") { $0.server.maxHeaders = $1 },
        number("--max-connections") { $0.server.maxConnections = $1 },
        number("--idle-timeout") { $0.server.idleTimeout = $1 },
        number("--max-worlds") { $0.server.maxWorlds = $1 },
        flag("--strict-worlds") { $0.server.strictWorlds = true },
        number("--journal-bytes") { $0.server.journalBytes = $1 },
        number("--estate-bytes") { $0.server.estateBytes = $1 },
        number("--connection-bytes") { $0.server.connectionBytes = $1 },
        number("--admin-port") { $0.server.adminPort = $1 },
        text("--admin-token") { $0.server.adminToken = $1 },
        flag("--no-ui") { $0.server.noUI = true },
        flag("--watch") { $0.server.watch = true },
        text("--junit") { $0.server.junit = $1 },
        text("--coverage") { $0.server.coverage = $1 },
        word("--log-level") { $0.server.logLevel = $1 },
        word("--log-format") { $0.server.logFormat = $1 },
    ]

    /// All options of `exec`.
    static let ofExec: [Setting] =
        ofServers + [flag("--port-443") { $0.port443 = true }, flag("--ui-on-failure") { $0.uiOnFailure = true }]
}
