import Command
import Model

/// How often each operation was answered with each status, and which rules and failures struck.
public struct Tally: Sendable {
    /// An operation and a status.
    struct Key: Sendable {
        /// The number of an endpoint, -1 for the token endpoint, -2 for no operation.
        let subject: Int
        /// 0 where nothing was sent.
        let status: Int
    }

    /// By subject, from -2, a few statuses each: found without hashing. Empty until something is counted.
    private var counts: [[(status: Int, count: Int)]] = []
    /// By the rule's name; at most ``most`` names.
    private(set) var strikes: [String: Int] = [:]
    private(set) var failures: [String: Int] = [:]

    /// The most names counted separately.
    private static let most = 10_000

    /// Counts an exchange.
    public mutating func count(_ entry: JournalEntry) {
        count(1, subject: entry.subject.number, status: entry.status)
        if let rule = entry.rule, strikes[rule] != nil || strikes.count < Self.most { strikes[rule, default: 0] += 1 }
        if let failure = entry.failure { failures[failure, default: 0] += 1 }
    }

    /// Adds what another has counted.
    public mutating func add(_ other: Tally) {
        for (key, number) in other.requests { count(number, subject: key.subject, status: key.status) }
        strikes.merge(other.strikes, uniquingKeysWith: +)
        failures.merge(other.failures, uniquingKeysWith: +)
    }

    /// How many exchanges were counted.
    public var total: Int { counts.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } } }

    /// The counts by operation and status.
    var requests: [(key: Key, count: Int)] {
        counts.enumerated().flatMap { place, statuses in
            statuses.sorted { $0.status < $1.status }.map { (Key(subject: place - 2, status: $0.status), $0.count) }
        }
    }

    private mutating func count(_ number: Int, subject: Int, status: Int) {
        if counts.isEmpty { counts = Array(repeating: [], count: API.operations.count + 2) }
        let place = subject + 2
        if let known = counts[place].firstIndex(where: { $0.status == status }) {
            counts[place][known].count += number
        } else {
            counts[place].append((status, number))
        }
    }

    /// Nothing counted yet.
    public init() {}
}

extension JournalEntry.Subject {
    fileprivate var number: Int {
        switch self {
        case .operation(let number): number
        case .token: -1
        case .nothing: -2
        }
    }
}

extension Tally.Key {
    /// The operation as documents write it, `token`, or `none`.
    var operation: String {
        switch subject {
        case -1: "token"
        case -2: "none"
        default: API.operations[subject].name
        }
    }
}
