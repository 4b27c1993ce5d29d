/// Settings from environment variables, converted to command-line arguments.
struct EnvironmentSettings {
    /// Arguments to parse, and the variables they came from.
    struct Arguments: Equatable {
        var all: [String]
        var used: [String]
        /// A message about a variable that cannot be a setting.
        var problem: String?
    }

    static let prefix = "KEYFACTOR_MOCK_"
    /// The commands whose options are also variables.
    static let commands = ["serve", "exec", "healthcheck"]
    /// The variable in which client libraries look for this program; not one of its settings.
    static let binary = prefix + "BINARY"
    /// How the other variables begin that `exec` sets for its command. None of them is a setting.
    static let clientPrefix = "KFMOCK_"
    /// Variables of that kind that mean something to this project's tests and examples.
    private static let development = ["IMAGE", "RECORD", "RELEASE", "TIDY", "SLOWNESS", "FUZZ", "THREAD_SANITIZER"]
        .map { clientPrefix + $0 }

    /// The variable of which an empty value is no default: it would open what a secret is to close.
    private static let token = prefix + "ADMIN_TOKEN"

    private let variables: [String: String]

    /// The settings in an environment.
    ///
    /// - Parameter environment: all variables of the process.
    init(_ environment: [String: String]) {
        // Files with Windows line endings leave a carriage return after each value.
        variables = environment.filter { $0.key.hasPrefix(Self.prefix) || $0.key.hasPrefix(Self.clientPrefix) }
            .mapValues { $0.hasSuffix("\r") ? String($0.dropLast()) : $0.hasSuffix("\r\n") ? String($0.dropLast()) : $0 }
            .filter { !$0.value.isEmpty || $0.key == Self.token }
    }

    /// Whether Kubernetes or Docker set a variable, to describe a Service or a linked container whose name begins like our settings.
    private static func isServiceLink(_ name: String, _ value: String) -> Bool {
        value.prefixMatch(of: /(tcp|udp|sctp):\/\//) != nil || name.hasSuffix("_SERVICE_HOST")
            || name.contains(/_SERVICE_PORT(_|$)|_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/)
    }

    /// Messages about variables that begin like ours and mean nothing, each with a suggestion.
    var unknown: [String] {
        if variables.isEmpty { return [] }
        let known = Setting.ofExec.map(\.variable) + [Self.binary] + ClientEnvironment.ownNames + Self.development
        let unknown = variables.keys.filter { !known.contains($0) }.sorted()
        let links = unknown.filter { Self.isServiceLink($0, variables[$0] ?? "") }
        return unknown.filter { !links.contains($0) }.map { name in
            "\(name) is not a setting\(Self.nearest(to: name).map { "; did you mean \($0)?" } ?? "")"
        } + (links.isEmpty ? [] : ["\(links.joined(separator: ", ")): \(Self.linkAdvice), so they are ignored"])
    }

    /// The variable that was probably meant: a setting, or one that clients read.
    private static func nearest(to name: String) -> String? {
        func option(_ name: String, without prefix: String) -> String {
            name.dropFirst(prefix.count).lowercased().replacing("_", with: "-")
        }
        let options = Setting.ofExec.map { String($0.flag.dropFirst(2)) }
        guard name.hasPrefix(clientPrefix) else {
            return Suggestions.option(for: option(name, without: prefix), among: options).map(Setting.variable)
        }
        let forClients = ClientEnvironment.ownNames.map { option($0, without: clientPrefix) }
        guard let nearest = Suggestions.option(for: option(name, without: clientPrefix), among: forClients + options) else { return nil }
        return forClients.firstIndex(of: nearest).map { ClientEnvironment.ownNames[$0] } ?? Setting.variable(nearest)
    }

    private static let linkAdvice = "Kubernetes sets such variables for Services; set enableServiceLinks: false in the pod"

    private static func isOn(_ value: String) -> Bool? {
        switch value.lowercased() {
        case "1", "true", "yes", "on": true
        case "0", "false", "no", "off": false
        default: nil
        }
    }

    /// Inserts the settings of the environment before the given arguments, so that a flag overrides a variable.
    ///
    /// - Parameter given: the command line without the program's name; if it does not begin with a command, `serve` is assumed.
    /// - Returns: the arguments to parse.
    func arguments(before given: [String]) -> Arguments {
        let command = given.first.flatMap { Self.commands.contains($0) ? $0 : nil }
        guard command != nil || given.first?.hasPrefix("-") ?? true else { return Arguments(all: given, used: []) }
        if command == nil,
            ["-h", "--help", "--version", "--experimental-dump-help"].contains(where: given.contains)
                || given.contains(where: { $0.hasPrefix("--generate-completion-script") })
        {
            return Arguments(all: given, used: [])
        }
        var arguments = Arguments(all: [command ?? "serve"], used: [])
        let rest = given.dropFirst(command == nil ? 0 : 1)
        // Arguments after -- belong to the command that exec runs.
        let own = rest.prefix { $0 != "--" }
        // Nearly always there are none, and the names of all would be made for nothing.
        let hasSettings = variables.keys.contains { $0.hasPrefix(Self.prefix) }
        for setting in !hasSettings ? [] : command == "exec" ? Setting.ofExec : Setting.ofServers {
            guard let value = variables[setting.variable], !own.contains(where: { $0 == setting.flag || $0.hasPrefix(setting.flag + "=") })
            else { continue }
            arguments.used.append(setting.variable)
            if Self.isServiceLink(setting.variable, value) {
                arguments.problem = "\(setting.variable) is '\(value)', a service link and not a setting: \(Self.linkAdvice)."
            }
            if setting.variable == Self.token, value.isEmpty {
                arguments.problem =
                    "\(setting.variable) is empty, which would open /_mock/ to everybody. Check the secret that it is set from, or unset it."
            }
            switch setting.kind {
            case .value: arguments.all.append("\(setting.flag)=\(value)")
            case .list: arguments.all += value.split(separator: ",").map { "\(setting.flag)=\($0)" }
            case .flag:
                switch Self.isOn(value) {
                case true?: arguments.all.append(setting.flag)
                case false?: break
                case nil: arguments.problem = "\(setting.variable) is '\(value)', expected 1, true, yes or on, or 0, false, no or off."
                }
            }
        }
        arguments.all += rest
        return arguments
    }
}
