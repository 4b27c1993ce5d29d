import MicroHTTP
public import Model
public import ScenarioFormat

/// Which requests a rule is about: `POST /OrchestratorJobs/Custom`, `GET /Agents/{id}`, `* /**`, `token`, `connection`.
///
/// The path is relative to the base path and compared without case, as IIS does. `*` and `{name}` match one segment, `**` matches the
/// rest, which may be empty; the method `*` matches any. GET includes HEAD.
public struct OperationPattern: Sendable, Hashable {
    /// What is asked for.
    public enum Subject: Sendable, Hashable {
        case operation
        case token
        case connection
    }

    /// One part of a path.
    enum Segment: Sendable, Hashable {
        /// In lower case.
        case word(String)
        case one(name: String?)
    }

    /// Whether it is about operations, the token endpoint or connections.
    public let subject: Subject
    /// `nil` for any.
    public let method: String?
    let segments: [Segment]
    /// Whether anything may follow.
    let takesRest: Bool
    /// As it was written.
    public let text: String

    /// What a pattern looks like.
    public static let shape = Shape.text(
        "an operation such as POST /OrchestratorJobs/Custom, GET /Agents/*, * /**, token or connection",
        pattern: "token|connection|([A-Z]+|\\*) /([^ /?#]+(/[^ /?#]+)*)?")

    /// Reads a pattern that fits ``shape``.
    public init(_ text: String) {
        self.text = text
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            (subject, method, segments, takesRest) = (text == "token" ? .token : .connection, nil, [], false)
            return
        }
        subject = .operation
        method = parts[0] == "*" ? nil : parts[0]
        let words = parts[1].split(separator: "/").map(String.init)
        takesRest = words.last == "**"
        segments = (takesRest ? words.dropLast() : words[...]).map { word in
            if word == "*" { return .one(name: nil) }
            return word.hasPrefix("{") && word.hasSuffix("}") ? .one(name: String(word.dropFirst().dropLast())) : .word(word.lowercased())
        }
    }

    /// The names of the path parameters, each with the number of its segment.
    var parameters: [(name: String, segment: Int)] {
        segments.enumerated().compactMap { number, segment in
            if case .one(let name?) = segment { (name, number) } else { nil }
        }
    }

    /// Whether a request matches.
    ///
    /// - Parameters:
    ///   - method: the request's method as sent.
    ///   - path: the segments of its path below the base path, decoded.
    /// - Returns: whether the method and every segment match.
    public func matches(method: String, path: [String]) -> Bool {
        guard subject == .operation, takes(method: method), takesRest ? path.count >= segments.count : path.count == segments.count else {
            return false
        }
        return zip(segments, path).allSatisfy { segment, found in
            if case .word(let word) = segment { word == found.lowercased() } else { true }
        }
    }

    private func takes(method: String) -> Bool {
        self.method == nil || self.method == method || self.method == "GET" && method == "HEAD"
    }

    /// Whether this pattern matches every request that another one matches.
    public func covers(_ other: OperationPattern) -> Bool {
        guard subject == other.subject else { return false }
        guard method == nil || method == other.method else { return false }
        guard takesRest ? other.segments.count >= segments.count : !other.takesRest && other.segments.count == segments.count else {
            return false
        }
        return zip(segments, other.segments).allSatisfy { mine, theirs in
            if case .word = mine { mine == theirs } else { true }
        }
    }

    /// Whether some request could match both patterns.
    public func meets(_ other: OperationPattern) -> Bool {
        guard subject == other.subject else { return false }
        guard method == nil || other.method == nil || method == other.method || method == "HEAD" && other.method == "GET" else {
            return false
        }
        let (mine, theirs) = (segments.count, other.segments.count)
        guard mine == theirs || mine < theirs && takesRest || theirs < mine && other.takesRest else { return false }
        return zip(segments, other.segments).allSatisfy { one, another in
            if case .word(let first) = one, case .word(let second) = another { first == second } else { true }
        }
    }
}

extension Operation {
    /// The requests that lead to this endpoint.
    public var pattern: OperationPattern { OperationPattern(name) }
}
