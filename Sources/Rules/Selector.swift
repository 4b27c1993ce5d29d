public import Base
import MicroHTTP
public import ScenarioFormat

/// The part of a request that a rule looks at: `header.NAME`, `query.NAME`, `body.A.B[0].C`, `path.NAME`, `caller`, `world`, `method`.
public enum Selector: Sendable, Hashable {
    case header(String)
    /// In lower case, without prefix.
    case query(String)
    case body([Step])
    /// The number of a segment of the path below the base path.
    case path(Int)
    case caller
    case world
    case method
    /// The status of the reply; only in expectations.
    case status

    /// One step into a body.
    public enum Step: Sendable, Hashable {
        /// Members are found without case, as Command's model binding does.
        case member(String)
        case element(Int)
    }

    /// What a selector looks like.
    public static let keys = Shape.Keys(
        wanted: "a selector: header.NAME, query.NAME, body.A.B[0], path.NAME, caller, world or method",
        pattern: "caller|world|method|(header|query|path)\\.[^ ]+|body(\\.[^.\\[\\] ]+|\\[[0-9]{1,6}\\])+")

    /// Reads a selector that fits ``keys``; `nil` if the path has no such parameter.
    ///
    /// - Parameters:
    ///   - text: the selector.
    ///   - pattern: the rule's operation, whose path parameters `path.NAME` refers to.
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
            guard let parameter = pattern.parameters.first(where: { $0.name == parts[1] }) else { return nil }
            self = .path(parameter.segment)
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

    /// Whether it needs the caller, who is known only under the world's lock, since tokens belong to the world.
    var needsCaller: Bool { self == .caller }

    /// Whether case does not matter in what it finds: in header fields, and in methods as Command reads them.
    var ignoresCase: Bool {
        switch self {
        case .header, .method: true
        default: false
        }
    }
}

/// What a selector found.
public enum Selected: Sendable {
    case absent
    case text(String)
    /// A header field that was sent in several lines: the value of each.
    case texts([String])
    case json(JSONValue)

    /// What a header field's lines hold.
    init(_ lines: [String]) {
        self = lines.count > 1 ? .texts(lines) : lines.first.map { .text($0) } ?? .absent
    }
}

extension JSONValue {
    /// The value that some steps lead to; `nil` if they lead nowhere.
    public func value(at steps: [Selector.Step]) -> JSONValue? {
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
