import Base
public import ScenarioFormat

/// Allows so many requests at once, and more as time passes on the world's clock: a token bucket for each key.
public struct Limit: Effect, Equatable {
    /// How many a full bucket holds.
    let tokens: Int
    /// After how many ticks of the world's clock one token comes back.
    let ticksPerToken: Int64
    let per: CountKey?
    let retryAfter: RetryAfter.Form

    /// How a scenario writes a limit: how many tokens, how fast they return, and for whom.
    public static let form = EffectForm(
        key: "limit", use: .requests,
        variants: [
            .init(
                name: "a limit",
                fields: [
                    .init(
                        "limit",
                        .object(
                            "a limit",
                            fields: [
                                .init("tokens", .integer(1...1_000_000), required: true, about: "how many requests at once"),
                                .init(
                                    "refill", .text("a rate such as 20/s", pattern: "[1-9][0-9]{0,5}/[smh]"), required: true,
                                    about: "how many more per second, minute or hour of the world's clock"),
                                .init("per", CountKey.shape, about: "a bucket for each; default one for all requests"),
                                .init(
                                    "retryAfter", .word(RetryAfter.Form.allCases.map(\.rawValue)),
                                    about: "the form of Retry-After; default seconds"),
                            ]), required: true, about: "beyond the bucket: throttled, with Retry-After")
                ])
        ])

    /// A limit as the file gives it.
    public static func action(_ node: YAMLNode, for subject: OperationPattern.Subject) -> Action { .limit(Limit(node["limit"] ?? node)) }

    /// Reads the value of the key `limit`.
    init(_ node: YAMLNode) {
        tokens = node["tokens"]?.integer ?? 1
        let rate = (node["refill"]?.text ?? "1/s").split(separator: "/").map(String.init)
        let period: Int64 = rate[1] == "s" ? 1 : rate[1] == "m" ? 60 : 3600
        ticksPerToken = period * Timestamp.ticksPerSecond / (Int64(rate[0]) ?? 1)
        per = CountKey(reading: node["per"])
        retryAfter = node["retryAfter"]?.text.flatMap { RetryAfter.Form(rawValue: $0) } ?? .seconds
    }
}

/// The buckets of one limit. A full bucket is like no bucket, so full ones are dropped when there are too many.
struct TokenBuckets: Sendable {
    /// The most buckets kept; when all of these are in use, further keys share one.
    static let most = 65_536

    private struct Bucket {
        /// In ticks; a token is worth the ticks it takes to come back.
        var credit: Int64
        var at: Timestamp
    }

    private var buckets: [String: Bucket] = [:]
    /// About how many bytes the buckets hold.
    private(set) var bytes = 0
    /// When full buckets were last dropped: once per second of the world's clock is enough.
    private var dropped = Timestamp.first

    /// Takes a token.
    ///
    /// - Parameters:
    ///   - key: whose bucket.
    ///   - limit: the limit.
    ///   - isFull: whether there is no room for more buckets.
    ///   - now: the world's time.
    /// - Returns: `nil` if one was left, else how long until the next.
    mutating func take(_ key: String, _ limit: Limit, isFull: Bool = false, now: Timestamp) -> Duration? {
        let isFull = isFull || buckets.count >= Self.most
        if isFull, buckets[key] == nil, now >= dropped + .seconds(1) { dropFull(limit, now) }
        let key = isFull && buckets[key] == nil ? "" : key
        if buckets[key] == nil { bytes += RuleStates.size(key) }
        let full = Int64(limit.tokens) * limit.ticksPerToken
        var bucket = buckets[key] ?? Bucket(credit: full, at: now)
        bucket.credit = Self.credit(bucket, full, now)
        bucket.at = now
        defer { buckets[key] = bucket }
        guard bucket.credit >= limit.ticksPerToken else {
            return .nanoseconds(Int((limit.ticksPerToken - bucket.credit) * 100))
        }
        bucket.credit -= limit.ticksPerToken
        return nil
    }

    private static func credit(_ bucket: Bucket, _ full: Int64, _ now: Timestamp) -> Int64 {
        let passed = max(0, now.ticks - bucket.at.ticks)
        return passed >= full ? full : min(full, bucket.credit + passed)
    }

    private mutating func dropFull(_ limit: Limit, _ now: Timestamp) {
        let full = Int64(limit.tokens) * limit.ticksPerToken
        dropped = now
        buckets = buckets.filter { Self.credit($0.value, full, now) < full }
        bytes = buckets.keys.reduce(0) { $0 + RuleStates.size($1) }
    }
}
