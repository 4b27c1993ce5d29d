public import Base
public import MicroHTTP

/// What a world's rules have counted, drawn and struck so far, and the phase the world is in. Used only under the world's lock.
public struct RuleStates: Sendable {
    /// Counts of one rule, or of one key of it.
    private struct Count: Sendable {
        var calls = 0
        /// Strikes in a row.
        var run = 0
    }

    /// The most keys that a rule counts separately; all further ones share a count.
    static let mostKeys = 65_536

    /// The number of the phase.
    private(set) var phase = 0
    /// How often each rule matched while its phase and window held, and how often it struck.
    public private(set) var matches: [Int]
    /// How often each rule struck, in the order of the rules.
    public private(set) var strikes: [Int]
    private var counts: [Count]
    private var draws: [Int]
    /// By rule and key, for rules that count separately.
    private var keyed: [Int: [String: Count]] = [:]
    private var buckets: [Int: TokenBuckets] = [:]
    /// About how many bytes the keys hold that are counted separately.
    public private(set) var keyBytes = 0
    /// The most bytes of keys; all further ones share a count.
    static let mostKeyBytes = 16 << 20

    /// Rules that have met no request yet.
    public init(_ book: RuleBook) {
        let count = book.rules.count
        matches = Array(repeating: 0, count: count)
        strikes = matches
        draws = matches
        counts = Array(repeating: Count(), count: count)
    }

    /// The states of a changed set of rules; rules that stay keep theirs.
    ///
    /// - Parameters:
    ///   - book: the rules now.
    ///   - old: the states before.
    ///   - oldBook: the rules before.
    public init(_ book: RuleBook, keeping old: RuleStates, of oldBook: RuleBook) {
        self.init(book)
        phase = book.phases.firstIndex(of: oldBook.phases[old.phase]) ?? 0
        let places = Dictionary(uniqueKeysWithValues: oldBook.rules.enumerated().map { (ObjectIdentifier($1), $0) })
        for (number, rule) in book.rules.enumerated() {
            guard let before = places[ObjectIdentifier(rule)] else { continue }
            (matches[number], strikes[number]) = (old.matches[before], old.strikes[before])
            (counts[number], draws[number]) = (old.counts[before], old.draws[before])
            (keyed[number], buckets[number]) = (old.keyed[before], old.buckets[before])
            keyBytes += keyed[number]?.keys.reduce(0) { $0 + Self.size($1) } ?? 0
            keyBytes += buckets[number]?.bytes ?? 0
        }
    }

    /// Who makes a request, and when, as far as rules depend on it.
    public struct Moment {
        /// The request as it came.
        let request: Request
        /// The name by which rules know the caller.
        let caller: String
        /// Whether the request passed authentication.
        let isAdmitted: Bool
        /// The name of the world that it reaches; chance depends on it.
        let world: String
        /// The scenario's seed, which chance depends on.
        let seed: UInt64
        /// The world's time.
        let now: Timestamp
        /// When the world's clock started.
        let start: Timestamp

        /// A moment by its parts.
        public init(request: Request, caller: String, isAdmitted: Bool, world: String, seed: UInt64, now: Timestamp, start: Timestamp) {
            self.request = request
            self.caller = caller
            self.isAdmitted = isAdmitted
            self.world = world
            self.seed = seed
            self.now = now
            self.start = start
        }
    }

    /// Why a rule does not strike.
    enum Pass: Equatable {
        case unauthenticated
        case caller
        case phase
        case window
        case calls(Int)
        case chance
        case run
    }

    /// Asks rules in order until one strikes. The rules after it neither count nor draw.
    ///
    /// - Parameters:
    ///   - book: the rules.
    ///   - numbers: the rules whose operation and conditions the request matches.
    ///   - moment: who makes the request, and when.
    /// - Returns: the strike, `nil` if none is due.
    public mutating func strike(_ book: RuleBook, _ numbers: [Int], _ moment: Moment) -> Strike? {
        for number in numbers where ask(number, book, moment) == nil {
            if let strike = land(number, book, moment) { return strike }
        }
        return nil
    }

    /// Lets a rule strike that is due.
    ///
    /// - Returns: `nil` if its limit has tokens left: it takes one, and does not strike.
    mutating func land(_ number: Int, _ book: RuleBook, _ moment: Moment) -> Strike? {
        let rule = book.rules[number]
        var refusal: Substitute?
        if let limit = rule.effects.limit {
            let key = limit.per?.key(of: moment.request, caller: moment.caller) ?? ""
            let before = buckets[number]?.bytes ?? 0
            let isFull = keyBytes >= Self.mostKeyBytes
            let wait = buckets[number, default: TokenBuckets()].take(key, limit, isFull: isFull, now: moment.now)
            keyBytes += (buckets[number]?.bytes ?? 0) - before
            guard let wait else { return nil }
            refusal = Refuse(beyond: limit, for: wait).substitute
        }
        var draws = Draws(Draw(seed: moment.seed, world: moment.world, rule: rule.name), next: draws[number])
        let strike = Strike(rule, refusal: refusal, &draws)
        self.draws[number] = draws.next
        strikes[number] += 1
        if book.gates[number].becomes >= 0 { phase = book.gates[number].becomes }
        return strike
    }

    /// Asks whether one rule is due: phase, window, calls, chance, in this order. Counts and draws.
    ///
    /// - Returns: why it is not; `nil` if it is.
    mutating func ask(_ number: Int, _ book: RuleBook, _ moment: Moment) -> Pass? {
        let gate = book.gates[number]
        if !moment.isAdmitted, !gate.meetsUnauthenticated { return .unauthenticated }
        if gate.asksCaller {
            let conditions = book.rules[number].conditions.filter { $0.selector.needsCaller }
            guard conditions.allSatisfy({ $0.fits(.text(moment.caller)) }) else { return .caller }
        }
        if gate.phase >= 0, gate.phase != phase { return .phase }
        if let window = gate.window, !window.contains(moment.now, start: moment.start) { return .window }
        matches[number] += 1
        guard gate.isCounted || gate.hasChance else { return nil }
        let key = gate.hasKey ? key(number, book.rules[number], moment) : nil
        let call = count(number, key) { count in
            count.calls += 1
            return count.calls
        }
        if gate.isCounted, !book.rules[number].calls.contains(call) { return .calls(call) }
        return gate.hasChance ? draw(number, key, book.rules[number], moment) : nil
    }

    private mutating func draw(_ number: Int, _ key: String?, _ rule: Rule, _ moment: Moment) -> Pass? {
        let fraction = Draw(seed: moment.seed, world: moment.world, rule: rule.name).fraction(draws[number])
        draws[number] += 1
        return count(number, key) { count in
            guard fraction < rule.chance ?? 1 else {
                count.run = 0
                return .chance
            }
            guard count.run < rule.maxRun ?? .max else {
                count.run = 0
                return .run
            }
            count.run += 1
            return nil
        }
    }

    private mutating func key(_ number: Int, _ rule: Rule, _ moment: Moment) -> String {
        let key = rule.per?.key(of: moment.request, caller: moment.caller) ?? ""
        guard let known = keyed[number], known[key] == nil else { return key }
        return known.count >= Self.mostKeys || keyBytes >= Self.mostKeyBytes ? "" : key
    }

    /// About how many bytes a key takes with its count.
    static func size(_ key: String) -> Int { key.heldBytes + 96 }

    private mutating func count<Result>(_ number: Int, _ key: String?, _ body: (inout Count) -> Result) -> Result {
        guard let key else { return body(&counts[number]) }
        if keyed[number]?[key] == nil { keyBytes += Self.size(key) }
        return body(&keyed[number, default: [:]][key, default: Count()])
    }
}
