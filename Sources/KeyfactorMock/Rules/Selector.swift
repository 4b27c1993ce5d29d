import MicroHTTP

/// What of a request a rule looks at: `header.NAME`, `query.NAME`, `body.A.B[0].C`, `path.NAME`, `caller`, `world`, `method`.
enum Selector: Sendable, Hashable {
    case header(String)
    /// In lower case, without prefix.
    case query(String)
    case body([Step])
    /// The number of a segment of the path below the base path.
    case path(Int)
    case caller
    case world
    case method
    /// The status that answered; in expectations alone.
    case status

    /// One step into a body.
    enum Step: Sendable, Hashable {
        /// Members are found without case, as Command's model binding does.
        case member(String)
        case element(Int)
    }

    /// What a selector looks like.
    static let keys = Shape.Keys(
        wanted: "a selector: header.NAME, query.NAME, body.A.B[0], path.NAME, caller, world or method",
        pattern: "caller|world|method|(header|query|path)\\.[^ ]+|body(\\.[^.\\[\\] ]+|\\[[0-9]{1,6}\\])+")

    /// Reads a selector that fits ``keys``; `nil` if the path has no such hole.
    ///
    /// - Parameters:
    ///   - text: the selector.
    ///   - pattern: the rule's operation, whose holes `path.NAME` names.
    init?(_ text: String, in pattern: OperationPattern) {
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        switch parts[0] {
        case "caller": self = .caller
        case "world": self = .world
        case "method": self = .method
        case "status": self = .status
        case "header": self = .header(parts[1].lowercased())
        case "query": self = .query((parts[1].split(separator: ".").last.map(String.init) ?? parts[1]).lowercased())
        case "path":
            guard let hole = pattern.holes.first(where: { $0.name == parts[1] }) else { return nil }
            self = .path(hole.segment)
        default: self = .body(Self.steps(text.dropFirst("body".count)))
        }
    }

    private static func steps(_ text: Substring) -> [Step] {
        var steps: [Step] = []
        for part in text.split(whereSeparator: { ".[".contains($0) }) {
            if part.hasSuffix("]") { steps.append(.element(Int(part.dropLast()) ?? 0)) } else { steps.append(.member(String(part))) }
        }
        return steps
    }

    /// Whether it is only known who calls once the lock is held, because tokens are the world's.
    var needsCaller: Bool { self == .caller }
}

/// What a selector found.
enum Selected: Sendable {
    case absent
    case text(String)
    case json(JSONValue)
}

extension JSONValue {
    /// What lies behind some steps; `nil` if nothing does.
    func value(at steps: [Selector.Step]) -> JSONValue? {
        var value = self
        for step in steps {
            switch step {
            case .member(let name):
                guard let next = value[name] else { return nil }
                value = next
            case .element(let number):
                let elements = value.elements
                guard elements.indices.contains(number) else { return nil }
                value = elements[number]
            }
        }
        return value
    }
}
