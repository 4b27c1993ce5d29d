import Base
import Command
import Model
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
        let text = operation?.text ?? "* /**"
        let place = Place(text)
        var names = operation.map { place.names(mark: $0.mark) } ?? []
        for entry in node?.entries ?? [] {
            let selector = entry.key.text ?? ""
            if selector.contains(".") || selector.contains("[") {
                names.append(WrittenName(kind: .selector(of: text), text: selector, mark: entry.key.mark))
            }
            if let kind = place.kind(of: selector) { names += all(kind, in: entry.value, place) }
            if let covered = entry.value["covers"] { names += members(in: covered, place) }
        }
        return names
    }

    /// The texts that a matcher compares with.
    private static func all(_ kind: Kind, in node: YAMLNode, _ place: Place = Place("")) -> [WrittenName] {
        if let text = node.text {
            if kind != .operation, kind != .rule, text.isEmpty || node.plain == "present" || node.plain == "absent" { return [] }
            return [WrittenName(kind: kind, text: text, mark: node.mark)]
        }
        return node.entries.flatMap { entry in
            switch entry.key.text {
            case "equals", "oneOf": (entry.value.items.isEmpty ? [entry.value] : entry.value.items).flatMap { all(kind, in: $0) }
            case "not": all(kind, in: entry.value, place)
            // A list contains a whole id, a text a part of one.
            case "contains" where entry.value.text.map { GUID($0) != nil } == true: all(kind, in: entry.value)
            case "covers": entry.value.items.flatMap { all(kind, in: $0) }
            default: [WrittenName]()
            }
        }
    }

    /// The names in members that a body must cover.
    private static func members(in node: YAMLNode, _ place: Place) -> [WrittenName] {
        node.items.flatMap { members(in: $0, place) }
            + node.entries.flatMap { entry in
                let values = entry.value.items.isEmpty ? [entry.value] : entry.value.items
                let named = place.kind(of: "body." + (entry.key.text ?? "")).map { kind in
                    values.filter { $0.text != nil }.flatMap { all(kind, in: $0) }
                }
                return (named ?? []) + members(in: entry.value, place)
            }
    }
}

extension WrittenName {
    /// Where requests lead that conditions are about: what the ids in the path and in the body are of depends on it.
    private struct Place {
        let pattern: OperationPattern
        /// The segments of the path as they were written, and in lower case.
        private let written: [String]
        private let words: [String]

        init(_ operation: String) {
            pattern = OperationPattern(operation)
            written = (operation.split(separator: " ").last ?? "").split(separator: "/").map(String.init)
            words = written.map { $0.lowercased() }
        }

        /// What ids in a path are of, by the words before them.
        private static let ids: [[String]: Kind] = [
            ["agents"]: .agentID, ["certificatestores"]: .storeID, ["jobtypes", "custom"]: .jobTypeID,
            ["certificatestoretypes"]: .storeTypeNumber, ["certificatestoretypes", "name"]: .storeType,
            ["certificatestorecontainers"]: .containerNumber,
        ]

        /// What members of bodies name.
        private static let members: [String: Kind] = [
            "jobtypename": .jobType, "agentid": .agentID, "agentids": .agentID, "agentguid": .agentID, "orchestratorids": .agentID,
            "storeids": .storeID, "storeid": .storeID, "certstoreid": .storeID, "certificatestoreid": .storeID, "keystoreid": .storeID,
            "keystoreids": .storeID, "certstoretype": .storeTypeNumber, "containerid": .containerNumber,
        ]

        /// The ids that are written in the path itself.
        func names(mark: Mark) -> [WrittenName] {
            words.indices.compactMap { place in
                guard let kind = Self.ids[Array(words[..<place])], !"*{".contains(words[place].prefix(1)) else { return nil }
                let met = API.operations.lazy.map(\.pattern).filter { pattern.meets($0) && $0.segments.count > place }
                guard !met.isEmpty, met.allSatisfy({ if case .one = $0.segments[place] { true } else { false } }) else { return nil }
                return WrittenName(kind: kind, text: written[place], mark: mark)
            }
        }

        /// What a selector's value names; nothing where a request is to create it.
        func kind(of selector: String) -> Kind? {
            switch selector {
            case "caller": return .caller
            case "world": return .world
            case "method": return .method
            case _ where selector.hasPrefix("path."):
                let segment = words.firstIndex(of: "{\(selector.dropFirst("path.".count).lowercased())}")
                return segment.flatMap { Self.ids[Array(words[..<$0])] }
            case _ where selector.hasPrefix("body"): break
            default: return nil
            }
            let first = words.first ?? ""
            let steps = selector.dropFirst("body".count).lowercased().split { ".[".contains($0) }
            switch steps.last(where: { !$0.hasSuffix("]") }) {
            case nil: return Self.ids[[first]]
            case "id"?: return first == "certificatestores" ? .storeID : nil
            case "jobtypename"?: return first == "jobtypes" ? nil : .jobType
            case "template"?: return first == "enrollment" ? .template : nil
            case "certificateauthority"?: return first == "enrollment" ? .authority : nil
            case let member?: return Self.members[String(member)]
            }
        }
    }
}
