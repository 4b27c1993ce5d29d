import Base
import Entities
import Model
import ScenarioFormat

/// What is allowed in the parts `auth` and `basePath` of a scenario and yet hardly meant.
struct AccessDoubts {
    /// The whole scenario.
    let node: YAMLNode
    /// What exists at the beginning.
    let estate: Estate

    /// Each doubt with its place and, where there is one, a hint.
    var warnings: [Mistake] {
        let callers = ["users", "clients"].flatMap { node["auth"]?[$0]?.items ?? [] }
        let holders = callers + (node["estate"]?["roles"]?.items ?? [])
        let permissions = holders.flatMap { $0["permissions"]?.items ?? [] }.lazy.compactMap(Self.warning)
        let grantees = callers + (node["estate"]?["enrollmentPatterns"]?.items ?? [])
        let roles = grantees.flatMap { $0["roles"]?.items ?? [] }.lazy.compactMap(warning(ofRole:))
        return Array(permissions.prefix(Names.most)) + Array(roles.prefix(Names.most)) + twins("users", "name", "user") { Self.key($0) }
            + twins("clients", "id", "client") { $0 }
            + [tokens, nobody].compactMap { $0 } + names + paths
    }

    /// A permission that grants nothing and is nearly one that does. Command has more of them than this mock asks for.
    private static func warning(_ node: YAMLNode) -> Mistake? {
        guard let text = node.text else { return nil }
        let whole = Permission.allCases.map(\.rawValue).first { text.hasPrefix($0) }
        // After a permission may come the number of what it is limited to.
        let limit = whole.map { text.dropFirst($0.count) } ?? ""
        let isLimited = limit.allSatisfy { $0.isNumber || $0 == "/" }
        if Permissions([text]).grantsSomething, isLimited { return nil }
        let lower = text.lowercased()
        let isInCapitals = whole == nil && Permissions([lower]).grantsSomething
        let near = isLimited ? isInCapitals ? lower : nearestWord(to: lower, among: Permission.allCases.map(\.rawValue)) : whole
        guard near != nil || lower != text else { return nil }
        return Mistake(
            node.mark, "the permission '\(Mistake.shortened(text))' grants nothing",
            hint: near.map { "did you mean '\($0)'?" } ?? "permissions are written in lower case")
    }

    /// A role that does not exist, at least at the beginning.
    private func warning(ofRole node: YAMLNode) -> Mistake? {
        guard let name = node.text, estate.security.roles.named(name) == nil else { return nil }
        let nearest = nearestWord(to: name, among: estate.security.roles.slice(from: 0, limit: 1_000).map(\.name))
        return Mistake(
            node.mark, "the estate has no role '\(Mistake.shortened(name))', which grants nothing until there is one",
            hint: nearest.map { "did you mean '\($0)'?" })
    }

    /// A user as logging in knows it: without case, and by the name alone where there is no domain.
    private static func key(_ name: String) -> String {
        let user = Credential.User(name)
        return user.name.lowercased() + "@" + (user.domain?.lowercased() ?? "")
    }

    /// Callers that nobody can tell apart.
    private func twins(_ part: String, _ member: String, _ what: String, key: (String) -> String) -> [Mistake] {
        var lines: [String: UInt32] = [:]
        return (node["auth"]?[part]?.items ?? []).compactMap { item in
            guard let written = item[member], let text = written.text else { return nil }
            guard let line = lines[key(text)] else {
                lines[key(text)] = UInt32(written.mark.line)
                return nil
            }
            return Mistake(
                written.mark, "the \(what) '\(Mistake.shortened(text))' is also in line \(line), and what that one may do counts",
                hint: "remove one of them")
        }
    }

    private var tokens: Mistake? {
        guard let lifetime = node["auth"]?["tokens"]?["expiresIn"], lifetime.duration == .zero else { return nil }
        return Mistake(lifetime.mark, "every token has expired when it is given out", hint: "write 1s for one that soon expires")
    }

    /// A way to log in that no caller has.
    private var nobody: Mistake? {
        guard let auth = node["auth"], let mode = auth["mode"], let word = mode.text else { return nil }
        let (users, clients) = (auth["users"]?.items.isEmpty ?? true, auth["clients"]?.items.isEmpty ?? true)
        switch word {
        case "basic" where users, "bearer" where clients, "both" where users && clients:
            let part = word == "basic" ? "users" : word == "bearer" ? "clients" : "users or clients"
            return Mistake(mode.mark, "nobody can log in: there are no \(part)", hint: "name some, or write mode: any")
        default: return nil
        }
    }

    /// Names that Basic cannot send, since it ends a name at the first colon.
    private var names: [Mistake] {
        (node["auth"]?["users"]?.items ?? []).compactMap { $0["name"] }.filter { $0.text?.contains(":") == true }.map {
            Mistake($0.mark, "no client can send this name: for Basic it ends at the first colon", hint: "leave the colon out")
        }
    }

    /// Base paths at which the token endpoint answers first.
    private var paths: [Mistake] {
        guard let node = node["basePath"] else { return [] }
        if case .sequence(let paths) = node.content, paths.isEmpty {
            return [Mistake(node.mark, "no operation is served anywhere", hint: "name a path, or leave basePath out")]
        }
        return (node.items.isEmpty ? [node] : node.items).filter { $0.text?.lowercased() == "/oauth2/token" }.map {
            Mistake($0.mark, "/oauth2/token is the token endpoint, which has a path of its own", hint: "write another base path")
        }
    }
}
