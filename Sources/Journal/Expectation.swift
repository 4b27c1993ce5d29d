import Base
public import Rules
public import ScenarioFormat

/// What must have happened by the end of a run.
public struct Expectation: Sendable {
    /// What is counted or checked.
    enum Subject: Sendable {
        case requests(Selection, Count?, followedBy: Following?)
        case every(Selection, has: [Rule.Condition])
        case jobs(type: String?, agent: String?, Count)
        case run(unmatched: Int?, unusedRules: Int?)
    }

    /// A selection of exchanges; all of it must hold.
    struct Selection: Sendable {
        let operation: OperationPattern?
        let status: Int?
        let rule: String?
        let conditions: [Rule.Condition]
    }

    /// What the next request by the same caller on the same operation must be.
    struct Following: Sendable {
        let selection: Selection
        let notBefore: Duration?
        let within: Duration?
    }

    /// How many: `3`, `1-3`, `3+`.
    struct Count: Sendable, Equatable {
        let least: Int
        /// `nil` for no upper bound.
        let most: Int?

        /// Reads a count that fits its shape.
        init(_ node: YAMLNode) {
            let text = node.text ?? ""
            let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
            least = numbers.first ?? 0
            most = text.hasSuffix("+") ? nil : numbers.last
        }

        /// A count from bounds.
        init(least: Int, most: Int?) { (self.least, self.most) = (least, most) }

        /// Whether a count is right; `nil` if that cannot be known, because there may have been more.
        func judged(_ count: Int, mayBeMore: Bool) -> Bool? {
            if let most, count > most { return false }
            if !mayBeMore { return count >= least }
            return count >= least && most == nil ? true : nil
        }
    }

    let subject: Subject
    /// As it was written, as JSON.
    let text: String
    /// The names that it writes.
    public let names: [WrittenName]

    /// Reads the expectations of a scenario, checked against ``shape``.
    ///
    /// - Parameters:
    ///   - node: a list, or `nil`.
    ///   - mistakes: receives what the shape cannot express.
    /// - Returns: the expectations in order.
    public static func read(_ node: YAMLNode?, _ mistakes: inout [Mistake]) -> [Expectation] {
        var all: [Expectation] = []
        for item in node?.items ?? [] { all.append(Expectation(item, &mistakes)) }
        return all
    }

    private init(_ node: YAMLNode, _ mistakes: inout [Mistake]) {
        text = node.json?.source ?? ""
        if let count = node["count"], case let bounds = Count(count), let most = bounds.most, most < bounds.least {
            mistakes.append(Mistake(count.mark, "'count' needs the smaller number first", hint: "\(most)-\(bounds.least)"))
        }
        names = WrittenName.inExpectation(node)
        if let requests = node["requests"] {
            let following = node["followedBy"].map { node in
                Following(
                    selection: Selection(node, &mistakes), notBefore: node["notBefore"]?.duration, within: node["within"]?.duration)
            }
            let selection = Selection(requests, &mistakes)
            if let following, let node = node["followedBy"] { following.check(after: selection, node, &mistakes) }
            subject = .requests(selection, node["count"].map { Count($0) }, followedBy: following)
        } else if let every = node["every"] {
            let selection = Selection(every, &mistakes)
            subject = .every(selection, has: Selection.conditions(node["has"], selection.operation, &mistakes))
        } else if let jobs = node["jobs"] {
            subject = .jobs(
                type: jobs["jobType"]?.text, agent: jobs["agent"]?.text, node["count"].map { Count($0) } ?? Count(least: 1, most: nil))
        } else {
            subject = .run(unmatched: node["unmatched"]?.integer, unusedRules: node["unusedRules"]?.integer)
        }
    }
}

extension Expectation.Following {
    /// Finds what no request can be.
    fileprivate func check(after first: Expectation.Selection, _ node: YAMLNode, _ mistakes: inout [Mistake]) {
        if let notBefore, let within, notBefore > within, let mark = node["notBefore"]?.mark {
            mistakes.append(Mistake(mark, "'notBefore' is longer than 'within', so nothing can follow", hint: "exchange them"))
        }
        if let one = first.operation, let other = selection.operation, !one.meets(other), let mark = node["operation"]?.mark {
            mistakes.append(
                Mistake(
                    mark, "'followedBy' is the next request on the same operation, which is \(one.text)", hint: "leave the operation out"))
        }
    }
}

extension Expectation.Selection {
    fileprivate init(_ node: YAMLNode, _ mistakes: inout [Mistake]) {
        operation = node["operation"]?.text.map { OperationPattern($0) }
        status = node["status"]?.integer
        rule = node["rule"]?.text
        conditions = Self.conditions(node["where"], operation, &mistakes)
    }

    /// Reads lines of `where` or `has`; `path.NAME` is a path parameter of the operation.
    fileprivate static func conditions(_ node: YAMLNode?, _ operation: OperationPattern?, _ mistakes: inout [Mistake]) -> [Rule.Condition] {
        let operation = operation ?? OperationPattern("* /**")
        var all: [Rule.Condition] = []
        for entry in node?.entries ?? [] {
            if let condition = Rule.Condition(entry, operation, &mistakes) { all.append(condition) }
        }
        return all
    }
}
