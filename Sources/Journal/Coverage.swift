public import Base
import Command
public import Model
public import Rules

/// Which operations, failures and rules were met, and which were not.
public struct Coverage: Sendable {
    private let tally: Tally
    private let rules: [(name: String, matches: Int, strikes: Int)]
    private let product: ProductVersion

    /// The coverage of a run.
    ///
    /// - Parameters:
    ///   - tally: what was counted.
    ///   - product: the release, which decides what operations there are.
    ///   - book: the rules.
    ///   - states: what the rules have counted.
    public init(_ tally: Tally, of product: ProductVersion, _ book: RuleBook, _ states: RuleStates) {
        (self.tally, self.product) = (tally, product)
        rules = book.rules.indices.map { (book.rules[$0].name, states.matches[$0], states.strikes[$0]) }
    }

    /// The coverage as JSON.
    public func write(to writer: inout JSONWriter) {
        let served = API.operations.filter { $0.isServed(by: product) }.map(\.name) + ["token"]
        var statuses: [String: [Int: Int]] = [:]
        for (key, count) in tally.requests { statuses[key.operation, default: [:]][key.status, default: 0] += count }
        let met = served.filter { statuses[$0] != nil }
        writer.object { writer in
            writer.name("operations")
            writer.object { writer in
                writer.name("met")
                writer.object { writer in
                    for name in met { Self.write(name, statuses[name] ?? [:], to: &writer) }
                }
                writer.name("notMet")
                writer.array(served.filter { statuses[$0] == nil }) { $0.value($1) }
            }
            writer.name("unmatched")
            writer.value(statuses["none"]?.values.reduce(0, +) ?? 0)
            writer.name("failures")
            writer.object { writer in
                writer.name("met")
                writer.object { writer in
                    for failure in Failure.library { if let count = tally.failures[failure.name] { writer.member(failure.name, count) } }
                }
                writer.name("notMet")
                writer.array(Failure.library.filter { tally.failures[$0.name] == nil }) { $0.value($1.name) }
            }
            writer.name("rules")
            writer.object { writer in
                writer.name("met")
                writer.array(rules.filter { $0.strikes > 0 }, Self.write)
                writer.name("notMet")
                writer.array(rules.filter { $0.strikes == 0 }, Self.write)
            }
        }
    }

    /// The coverage as a JSON text.
    public var json: String {
        var writer = JSONWriter()
        write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func write(_ name: String, _ statuses: [Int: Int], to writer: inout JSONWriter) {
        writer.name(anyText: name)
        writer.object { writer in
            for (status, count) in statuses.sorted(by: { $0.key < $1.key }) {
                writer.member(status == 0 ? "nothing" : String(status), count)
            }
        }
    }

    private static func write(_ writer: inout JSONWriter, _ rule: (name: String, matches: Int, strikes: Int)) {
        writer.object { writer in
            writer.member("name", rule.name)
            writer.member("matches", rule.matches)
            writer.member("strikes", rule.strikes)
        }
    }
}
