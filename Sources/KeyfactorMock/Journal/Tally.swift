/// How often what was answered, and which rules and failures struck, since a world was last put back.
struct Tally: Sendable {
    /// What was asked for and what was answered.
    struct Key: Hashable, Sendable {
        /// The number of an endpoint, -1 for the token endpoint, -2 for nothing.
        let subject: Int
        /// 0 where nothing was sent.
        let status: Int
    }

    private(set) var requests: [Key: Int] = [:]
    /// By the rule's name; scenarios have as many as they like, live ones are bounded by ``most``.
    private(set) var strikes: [String: Int] = [:]
    private(set) var failures: [String: Int] = [:]

    /// The most names counted apart.
    private static let most = 10_000

    /// Counts an exchange.
    mutating func count(_ entry: JournalEntry) {
        requests[Key(subject: entry.subject.number, status: entry.status), default: 0] += 1
        if let rule = entry.rule, strikes[rule] != nil || strikes.count < Self.most { strikes[rule, default: 0] += 1 }
        if let failure = entry.failure { failures[failure, default: 0] += 1 }
    }

    /// Adds what another has counted.
    mutating func add(_ other: Tally) {
        requests.merge(other.requests, uniquingKeysWith: +)
        strikes.merge(other.strikes, uniquingKeysWith: +)
        failures.merge(other.failures, uniquingKeysWith: +)
    }

    /// How many exchanges were counted.
    var total: Int { requests.values.reduce(0, +) }
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
        default: API.endpoints[subject].name
        }
    }
}
