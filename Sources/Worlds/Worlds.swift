public import Base
public import Journal
public import MicroHTTP
public import Model

/// All worlds by name. `default` always exists; others are made when they are first named.
public final class Worlds: Sendable {
    /// The world of every request that names none.
    public let standard: World
    /// What all worlds may hold.
    public let budget: Budget
    /// Which callers have a world of their own, as the starting scenario says; `nil` if none has.
    private let mapping: AccessPolicy?
    private let limits: Limits
    private let registry: Lock<Registry>
    private let log: Log

    private struct Registry: Sendable {
        /// What a new world begins as.
        var scenario: Scenario
        var worlds: [String: Entry] = [:]
        /// What was counted in worlds that are gone.
        var retired = Tally()
        /// Worlds that no longer have a name and have not been dropped yet.
        var leaving: [World] = []
        var uses = 0

        /// A world and when it was last used.
        public struct Entry: Sendable {
            let world: World
            /// The number of its last use.
            var used: Int
        }

        /// A world that exists, as used now.
        mutating func use(_ name: String) -> World? {
            uses += 1
            worlds[name]?.used = uses
            return worlds[name]?.world
        }

        /// Takes out a world. It still has to be dropped.
        mutating func remove(_ name: String) -> World? {
            guard let world = worlds.removeValue(forKey: name)?.world else { return nil }
            leaving.append(world)
            return world
        }

        /// Takes out the least recently used worlds, one in sixteen at once, if there are as many as there may be.
        mutating func makeRoom(_ most: Int) -> [World] {
            guard worlds.count >= most else { return [] }
            let oldest = worlds.values.sorted { $0.used < $1.used }.prefix(max(1, most / 16))
            return oldest.compactMap { remove($0.world.name) }
        }
    }

    /// The name of the world that always exists.
    public static let standardName = "default"

    /// The worlds of a server that starts with a scenario.
    ///
    /// - Parameters:
    ///   - scenario: what every world begins as.
    ///   - wall: the wall clock's time.
    ///   - limits: how many worlds there may be, and who may make them.
    ///   - log: where it is reported that worlds had to be dropped.
    public init(scenario: Scenario, wall: Timestamp, limits: Limits = Limits(), log: Log = .silent) {
        budget = Budget(scenario.overrides.estateBytes, journals: limits.journalBytes)
        budget.begins(with: scenario)
        standard = World(WorldState(name: Self.standardName, scenario: scenario, wall: wall, budget: budget))
        registry = Lock(Registry(scenario: scenario))
        mapping = scenario.access.namesWorlds ? scenario.access : nil
        self.limits = limits
        self.log = log
    }

    /// What a new world begins as.
    public var scenario: Scenario {
        get { registry.withLock { $0.scenario } }
        set {
            budget.begins(with: newValue)
            registry.withLock { $0.scenario = newValue }
        }
    }

    /// How many worlds there are.
    public var count: Int { registry.withLock { $0.worlds.count } + 1 }

    /// Every world, `default` first, then by name.
    public var all: [World] { [standard] + registry.withLock { $0.worlds.values.map(\.world) }.sorted { $0.name < $1.name } }

    /// A world that exists.
    public subscript(name: String) -> World? {
        name == Self.standardName ? standard : registry.withLock { $0.worlds[name]?.world }
    }

    /// A world that exists, as used now.
    public func existing(_ name: String) -> World? { name == Self.standardName ? standard : registry.withLock { $0.use(name) } }

    /// Whether a world must be made before a request may name it.
    public var isStrict: Bool { limits.isStrict }

    /// The names of all worlds.
    public var names: [String] { [Self.standardName] + registry.withLock { $0.worlds.keys.sorted() } }

    /// Whether a name may be a world's.
    public static func isName(_ name: some StringProtocol) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    // MARK: Finding

    /// The world that a request is for. The first that applies: the header `X-Mock-World`, the path prefix `/w/{name}`, the world that
    /// issued its token, the world of its user or client, or else `default`.
    ///
    /// - Parameters:
    ///   - request: may name a world; loses the prefix.
    ///   - credential: what it says about its caller; a token of a world that is gone is marked as such.
    ///   - wall: the wall clock's time, for a world that is made.
    /// - Throws: a refusal of a name that is invalid, or of a world that does not exist and may not be made by naming it.
    /// - Returns: the world.
    public func find(_ request: inout Request, _ credential: inout Credential, wall: Timestamp) throws(Refusal) -> World {
        let prefixed = try takePrefix(of: &request)
        if let name = try Self.header(of: request) { return try named(name, wall: wall) }
        if let prefixed { return try named(prefixed, wall: wall) }
        switch credential {
        case .bearer(let token):
            guard let name = Tokens.world(of: token).map(String.init), name != Self.standardName, Self.isName(name) else { break }
            if let world = registry.withLock({ $0.use(name) }) { return world }
            credential = .bearerOfNoWorld(name)
        case .basic(let user, _):
            guard let name = mapping?.world(of: user, isClient: Exchange.isTokenEndpoint(request)) else { break }
            return try named(name, wall: wall)
        case .none where Exchange.isTokenEndpoint(request):
            guard let mapping, let asked = try? TokenRequest(request) else { break }
            guard let name = mapping.world(of: Credential.User(asked.client), isClient: true) else { break }
            return try named(name, wall: wall)
        default: break
        }
        return standard
    }

    /// The world that a request names in `X-Mock-World`.
    ///
    /// - Throws: a refusal of an invalid name, or of several.
    /// - Returns: `nil` without the header field.
    public static func header(of request: Request) throws(Refusal) -> String? {
        guard let name = request.header("x-mock-world") else { return nil }
        guard !request.isRepeated("x-mock-world") else {
            throw .badArgument("X-Mock-World: expected one world, found the header field more than once.")
        }
        guard isName(name) else {
            throw .noOperation("X-Mock-World: a world's name is 1 to 64 letters, digits, '.', '_' or '-', found '\(name.prefix(64))'")
        }
        return name
    }

    private func takePrefix(of request: inout Request) throws(Refusal) -> String? {
        guard request.pathBegins(with: "/w/") else { return nil }
        let name = request.bytes[request.path].dropFirst(3).prefix { $0 != UInt8(ascii: "/") }
        let text = String(decoding: name, as: UTF8.self)
        guard Self.isName(text) else {
            throw .noOperation("/w/{name}: a world's name is 1 to 64 letters, digits, '.', '_' or '-', found '\(text.prefix(64))'")
        }
        // A page of another site could make worlds, and so drop others, with nothing but images.
        if request.isForAnotherSite, self[text] == nil { throw .noOperation("a page of another site cannot make the world '\(text)'") }
        request = request.below(3 + name.count)
        if request.pathBegins(with: "/_mock") { throw .noOperation("the control interface of a world is /_mock/worlds/\(text)/") }
        return text
    }

    /// A world by its name. If it does not exist it is made, unless that is not allowed.
    public func named(_ name: String, wall: Timestamp) throws(Refusal) -> World {
        guard name != Self.standardName else { return standard }
        let (world, dropped) = registry.withLock { registry -> (World?, [World]) in
            if let world = registry.use(name) { return (world, []) }
            guard !limits.isStrict else { return (nil, []) }
            let dropped = registry.makeRoom(limits.most)
            let world = World(WorldState(name: name, scenario: registry.scenario, wall: wall, budget: budget))
            registry.worlds[name] = Registry.Entry(world: world, used: registry.uses)
            return (world, dropped)
        }
        evict(dropped, "--max-worlds is \(limits.most)")
        trim()
        guard let world else { throw .noOperation("there is no world '\(name)', and with --strict-worlds naming it does not make it") }
        return world
    }

    // MARK: Making and dropping

    /// Makes a world.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - state: what it begins with; `nil` is the starting scenario.
    ///   - wall: the wall clock's time.
    /// - Returns: `nil` if it exists already.
    public func make(_ name: String, from state: WorldState?, wall: Timestamp) -> World? {
        guard name != Self.standardName else { return nil }
        let (world, dropped) = registry.withLock { registry -> (World?, [World]) in
            guard registry.worlds[name] == nil else { return (nil, []) }
            registry.uses += 1
            let dropped = registry.makeRoom(limits.most)
            let state = state?.forked(as: name) ?? WorldState(name: name, scenario: registry.scenario, wall: wall, budget: budget)
            let world = World(state)
            registry.worlds[name] = Registry.Entry(world: world, used: registry.uses)
            return (world, dropped)
        }
        evict(dropped, "--max-worlds is \(limits.most)")
        trim()
        return world
    }

    /// Drops a world. Connections that wait in it are closed.
    ///
    /// - Parameter name: its name.
    /// - Returns: whether it existed; `default` cannot be dropped.
    public func drop(_ name: String) -> Bool {
        guard let world = registry.withLock({ $0.remove(name) }) else { return false }
        retire(world, world.withState { $0.drop() })
        return true
    }

    /// Drops worlds that have been taken out to make room. One that is busy is dropped elsewhere, so that nobody waits for it.
    private func evict(_ worlds: [World], _ reason: String) {
        guard !worlds.isEmpty else { return }
        let names = worlds.prefix(3).map { "'\($0.name)'" }.joined(separator: ", ") + (worlds.count > 3 ? ", …" : "")
        log(.warning, "the \(worlds.count) least recently used worlds are dropped, \(names): \(reason)")
        for world in worlds {
            if let total = world.withStateIfFree({ $0.drop() }) {
                retire(world, total)
            } else {
                Task.detached(priority: .background) { self.retire(world, world.withState { $0.drop() }) }
            }
        }
    }

    /// Keeps the counts of a world that has been dropped.
    private func retire(_ world: World, _ total: Tally) {
        registry.withLock { registry in
            registry.retired.add(total)
            registry.leaving.removeAll { $0 === world }
        }
        Self.release(world)
    }

    /// Releases something large in the background: freeing a hundred thousand rows takes its time.
    public static func release(_ something: some Sendable) {
        Task.detached(priority: .background) { withExtendedLifetime(something) {} }
    }

    // MARK: Counts

    /// What was counted in worlds that are gone, and a survey of the counts of all others. A world that is dropped meanwhile is counted all
    /// the same, once.
    public var tallies: (retired: Tally, others: Survey<Tally>) {
        let (retired, worlds) = registry.withLock { registry in
            (registry.retired, [standard] + registry.worlds.values.map(\.world) + registry.leaving)
        }
        return (retired, Survey(worlds) { $0.total })
    }

    // MARK: Room

    /// Makes room when the worlds together hold too much: the least recently used are dropped, but for one, and journals shrink.
    public func trim() {
        for _ in 0..<64 {
            guard budget.isExceeded else { break }
            let dropped = registry.withLock { $0.worlds.count > 1 ? $0.makeRoom($0.worlds.count) : [] }
            if dropped.isEmpty { break }
            evict(dropped, "--estate-bytes is \(budget.limit)")
        }
        trimJournals(budget.journals)
    }

    /// Makes room when the journals together hold too much: those that hold the most are shrunk first.
    private func trimJournals(_ budget: JournalBudget) {
        guard budget.isExceeded else { return }
        let worlds = all.map { world in (world, world.withStateIfFree { $0.journal.bytes } ?? 0) }.sorted { $0.1 > $1.1 }
        for (world, _) in worlds {
            guard budget.used > budget.limit / 8 * 7 else { return }
            let share = budget.limit / 8 * 7 / max(1, budget.holders)
            _ = world.withStateIfFree { $0.shrinkJournal(to: share) }
        }
    }
}
