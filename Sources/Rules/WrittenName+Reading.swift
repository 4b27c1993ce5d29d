import Base
public import ScenarioFormat

/// Finds the names in what is written.
extension WrittenName {
    /// The names in a rule, but for its operation, which may be one that the mock does not serve.
    static func inRule(_ node: YAMLNode) -> [WrittenName] { conditions(node["where"], of: node["operation"]) }

    /// The names in an expectation.
    public static func inExpectation(_ node: YAMLNode) -> [WrittenName] {
        let chosen = node["requests"] ?? node["every"]
        var names = chosen.map { selection($0) } ?? []
        names += conditions(node["has"], of: chosen?["operation"])
        if let following = node["followedBy"] { names += selection(following) }
        return names + jobs(node["jobs"])
    }

    /// The names in the scripts of jobs.
    public static func inProgress(_ node: YAMLNode?) -> [WrittenName] { (node?.items ?? []).flatMap { jobs($0["match"]) } }

    private static func selection(_ node: YAMLNode) -> [WrittenName] {
        let operation = node["operation"].flatMap { all(.operation, in: $0) } ?? []
        return operation + (node["rule"].map { all(.rule, in: $0) } ?? []) + conditions(node["where"], of: node["operation"])
    }

    private static func jobs(_ node: YAMLNode?) -> [WrittenName] {
        (node?["jobType"].map { all(.jobType, in: $0) } ?? []) + (node?["agent"].map { all(.agent, in: $0) } ?? [])
    }

    /// The names in the values of `where` or `has`, and in the ids of the operation's path.
    private static func conditions(_ node: YAMLNode?, of operation: YAMLNode?) -> [WrittenName] {
        let words = (operation?.text?.split(separator: " ").last ?? "").split(separator: "/")
        var names: [WrittenName] = []
        if words.count > 1, let kind = ids[words[0].lowercased()], let operation, GUID(words[1]) != nil {
            names.append(WrittenName(kind: kind, text: String(words[1]), mark: operation.mark))
        }
        for entry in node?.entries ?? [] {
            guard let kind = kind(entry.key.text ?? "", words.first.map { $0.lowercased() } ?? "") else { continue }
            names += all(kind, in: entry.value)
        }
        return names
    }

    /// What a selector's value names.
    private static func kind(_ selector: String, _ part: String) -> Kind? {
        switch selector {
        case "caller": .caller
        case "world": .world
        case "path.id": ids[part]
        default: selector.hasPrefix("body") ? members[lastMember(selector)] : nil
        }
    }

    private static func lastMember(_ selector: String) -> String {
        String(selector.lowercased().split { ".[".contains($0) }.last { !$0.hasSuffix("]") } ?? "")
    }

    /// What the id in a path is of, by the path's first word.
    private static let ids: [String: Kind] = ["agents": .agentID, "certificatestores": .storeID]

    /// What members of bodies name.
    private static let members: [String: Kind] = [
        "jobtypename": .jobType, "agentid": .agentID, "agentids": .agentID, "storeids": .storeID, "storeid": .storeID,
        "certstoreid": .storeID, "certificatestoreid": .storeID, "clientmachine": .machine,
    ]

    /// The texts that a matcher compares with.
    private static func all(_ kind: Kind, in node: YAMLNode) -> [WrittenName] {
        if let text = node.text {
            if kind != .operation, kind != .rule, text.isEmpty || node.plain == "present" || node.plain == "absent" { return [] }
            return [WrittenName(kind: kind, text: text, mark: node.mark)]
        }
        return node.entries.flatMap { entry in
            switch entry.key.text {
            case "equals", "oneOf": (entry.value.items.isEmpty ? [entry.value] : entry.value.items).flatMap { all(kind, in: $0) }
            case "not": all(kind, in: entry.value)
            default: [WrittenName]()
            }
        }
    }
}
