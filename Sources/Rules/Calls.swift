import ScenarioFormat

/// Which of its matching requests a rule strikes, counted from 1: `2`, `[1, 4]`, `2-3`, `3+`, `every 5`.
public enum Calls: Sendable, Equatable {
    case all
    case some(Set<Int>)
    case from(Int, to: Int)
    case every(Int)

    /// What the calls of a rule look like.
    static let shape = Shape.oneOf(
        [
            .integer(1...1_000_000_000), .list(.integer(1...1_000_000_000)),
            .text("calls", pattern: "[1-9][0-9]{0,8}(-[1-9][0-9]{0,8}|\\+)|every [1-9][0-9]{0,8}"),
        ], "calls such as 2, [1, 4], 2-3, 3+ or every 5")

    /// Reads calls that fit ``shape``; without a node, all calls.
    init(reading node: YAMLNode?) {
        guard let node else {
            self = .all
            return
        }
        let text = node.text ?? ""
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        switch numbers.count {
        case 0: self = .some(Set(node.items.compactMap(\.integer)))
        case 2: self = .from(numbers[0], to: numbers[1])
        default: self = text.hasPrefix("every") ? .every(numbers[0]) : .from(numbers[0], to: text.hasSuffix("+") ? .max : numbers[0])
        }
    }

    /// Whether a call is among them.
    func contains(_ number: Int) -> Bool {
        switch self {
        case .all: true
        case .some(let numbers): numbers.contains(number)
        case .from(let first, to: let last): first <= number && number <= last
        case .every(let step): number % step == 0
        }
    }

    /// The calls as text: `call 2`, `calls 2-3`.
    var text: String {
        switch self {
        case .all: "every call"
        case .some(let numbers): "calls " + numbers.sorted().map(String.init).joined(separator: ", ")
        case .from(let first, to: .max): "calls from \(first) on"
        case .from(let first, to: let last): first == last ? "call \(first)" : "calls \(first)-\(last)"
        case .every(let step): "every call divisible by \(step)"
        }
    }
}
