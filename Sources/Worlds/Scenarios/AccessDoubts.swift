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
        let permissions = callers.flatMap { $0["permissions"]?.items ?? [] }.lazy.compactMap(Self.warning)
        let roles = callers.flatMap { $0["roles"]?.items ?? [] }.lazy.compactMap(warning(ofRole:))
        return Array(permissions.prefix(Names.most)) + Array(roles.prefix(Names.most)) + twins("users", "name", "user") { Self.key($0) }
            + twins("clients", "id", "client") { $0 }
            + [tokens].compactMap { $0 } + paths
    }

    /// A permission that grants nothing and is nearly one that does. Command has more of them than this mock asks for.
    private static func warning(_ node: YAMLNode) -> Mistake? {
        guard let text = node.text, !Permissions([text]).grantsSomething else { return nil }
        let lower = text.lowercased()
        let isInCapitals = Permissions([lower]).grantsSomething
        guard let near = isInCapitals ? lower : nearestWord(to: lower, among: Permission.allCases.map(\.rawValue)) else { return nil }
        return Mistake(node.mark, "the permission '\(Mistake.shortened(text))' grants nothing", hint: "did you mean '\(near)'?")
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

    /// Base paths at which the token endpoint answers first.
    private var paths: [Mistake] {
        guard let node = node["basePath"] else { return [] }
        return (node.items.isEmpty ? [node] : node.items).filter { $0.text?.lowercased() == "/oauth2/token" }.map {
            Mistake($0.mark, "/oauth2/token is the token endpoint, which has a path of its own", hint: "write another base path")
        }
    }
}
