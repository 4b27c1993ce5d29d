import MicroHTTP

/// All worlds by name. `default` always exists; others come into being when somebody first names them.
package final class Worlds: Sendable {
    /// How many worlds there may be, and who may make them.
    package struct Limits: Sendable {
        /// The most worlds besides `default`; those not asked for the longest go first.
        package var most: Int
        /// Whether a world must have been made before it is named.
        package var isStrict: Bool
        /// The bytes that all journals may hold.
        package var journalBytes: Int

        /// Limits; the defaults suit tests.
        package init(most: Int = 16_384, isStrict: Bool = false, journalBytes: Int = 32 << 20) {
            (self.most, self.isStrict, self.journalBytes) = (most, isStrict, journalBytes)
        }
    }

    /// The world of every request that names none.
    package let standard: World
    /// What all journals share.
    let budget: JournalBudget
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
        var uses = 0

        struct Entry: Sendable {
            let world: World
            /// The number of its last use.
            var used: Int
        }

        /// Takes out a world, which ends, and keeps its counts.
        mutating func remove(_ name: String) -> World? {
            guard let world = worlds.removeValue(forKey: name)?.world else { return nil }
            retired.add(
                world.withState { state in
                    state.drop()
                    return state.total
                })
            return world
        }

        /// Takes out the worlds that were not used for the longest, one in sixteen at once, if there are as many as there may be.
        mutating func makeRoom(_ most: Int) -> [World] {
            guard worlds.count >= most else { return [] }
            let oldest = worlds.values.sorted { $0.used < $1.used }.prefix(max(1, most / 16))
            return oldest.compactMap { remove($0.world.name) }
        }
    }

    /// The name of the world that always exists.
    package static let standardName = "default"

    /// The worlds of a server that starts with a scenario.
    ///
    /// - Parameters:
    ///   - scenario: what every world begins as.
    ///   - wall: the wall clock's time.
    ///   - limits: how many worlds there may be, and who may make them.
    ///   - log: where it is told that worlds had to go.
    package init(scenario: Scenario, wall: Timestamp, limits: Limits = Limits(), log: Log = .silent) {
        budget = JournalBudget(limits.journalBytes)
        standard = World(WorldState(name: Self.standardName, scenario: scenario, wall: wall, budget: budget))
        registry = Lock(Registry(scenario: scenario))
        mapping = scenario.access.namesWorlds ? scenario.access : nil
        self.limits = limits
        self.log = log
    }

    /// What a new world begins as.
    package var scenario: Scenario {
        get { registry.withLock { $0.scenario } }
        set { registry.withLock { $0.scenario = newValue } }
    }

    /// How many worlds there are.
    package var count: Int { registry.withLock { $0.worlds.count } + 1 }

    /// Every world, `default` first, then by name.
    var all: [World] { [standard] + registry.withLock { $0.worlds.values.map(\.world) }.sorted { $0.name < $1.name } }

    /// A world that is there.
    subscript(name: String) -> World? {
        name == Self.standardName ? standard : registry.withLock { $0.worlds[name]?.world }
    }

    /// Whether a name may be a world's.
    static func isName(_ name: some StringProtocol) -> Bool {
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

    /// The world that a request is about. The first that applies: the header `X-Mock-World`, the path prefix `/w/{name}`, the world that
    /// gave out its token, the world of its user or client, else `default`.
    ///
    /// - Parameters:
    ///   - request: may name a world; loses the prefix.
    ///   - credential: what it says about its caller.
    ///   - wall: the wall clock's time, for a world that is made.
    /// - Throws: a refusal of a name that is none, or of a world that must have been made before.
    /// - Returns: the world.
    func find(_ request: inout Request, _ credential: Credential, wall: Timestamp) throws(Refusal) -> World {
        let prefixed = try takePrefix(of: &request)
        if let name = request.header("x-mock-world") {
            guard Self.isName(name) else {
                throw .noOperation("X-Mock-World: a world's name is 1 to 64 letters, digits, '.', '_' or '-', found '\(name.prefix(64))'")
            }
            guard !request.isRepeated("x-mock-world") else {
                throw .badArgument("X-Mock-World: expected one world, found the header field more than once.")
            }
            return try named(name, wall: wall)
        }
        if let prefixed { return try named(prefixed, wall: wall) }
        switch credential {
        case .bearer(let token):
            guard let name = Tokens.world(of: token) else { break }
            if let world = registry.withLock({ $0.worlds[String(name)]?.world }) { return world }
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

    private func takePrefix(of request: inout Request) throws(Refusal) -> String? {
        let path = request.bytes[request.path]
        guard path.starts(with: "/w/".utf8) else { return nil }
        let name = path.dropFirst(3).prefix { $0 != UInt8(ascii: "/") }
        let text = String(decoding: name, as: UTF8.self)
        guard Self.isName(text) else {
            throw .noOperation("/w/{name}: a world's name is 1 to 64 letters, digits, '.', '_' or '-', found '\(text.prefix(64))'")
        }
        request = request.below(3 + name.count)
        let rest = request.bytes[request.path]
        if rest.starts(with: "/_mock".utf8) { throw .noOperation("the control interface of a world is /_mock/worlds/\(text)/") }
        return text
    }

    /// A world by its name; one that is not there is made, unless that is not allowed.
    func named(_ name: String, wall: Timestamp) throws(Refusal) -> World {
        guard name != Self.standardName else { return standard }
        let (world, dropped) = registry.withLock { registry -> (World?, [World]) in
            registry.uses += 1
            if let world = registry.worlds[name]?.world {
                registry.worlds[name]?.used = registry.uses
                return (world, [])
            }
            guard !limits.isStrict else { return (nil, []) }
            let dropped = registry.makeRoom(limits.most)
            let world = World(WorldState(name: name, scenario: registry.scenario, wall: wall, budget: budget))
            registry.worlds[name] = Registry.Entry(world: world, used: registry.uses)
            return (world, dropped)
        }
        letGo(dropped)
        guard let world else { throw .noOperation("there is no world '\(name)', and --strict-worlds lets nobody make one by naming it") }
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
    func make(_ name: String, from state: WorldState?, wall: Timestamp) -> World? {
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
        letGo(dropped)
        return world
    }

    /// Drops a world. What waits in it is closed.
    ///
    /// - Parameter name: its name.
    /// - Returns: whether there was one; `default` stays.
    func drop(_ name: String) -> Bool {
        guard let world = registry.withLock({ $0.remove(name) }) else { return false }
        Self.release(world)
        return true
    }

    private func letGo(_ dropped: [World]) {
        guard !dropped.isEmpty else { return }
        let names = dropped.prefix(3).map { "'\($0.name)'" }.joined(separator: ", ") + (dropped.count > 3 ? ", …" : "")
        log(.warning, "\(dropped.count) worlds that were not asked for the longest are dropped, \(names): --max-worlds is \(limits.most)")
        Self.release(dropped)
    }

    /// Lets go of what may be large somewhere else: freeing a hundred thousand rows takes its time.
    static func release(_ something: some Sendable) {
        Task.detached(priority: .background) { withExtendedLifetime(something) {} }
    }

    // MARK: Counts

    /// What was counted in all worlds since the start, also in those that are gone.
    var tally: Tally {
        // Nobody is put back or dropped meanwhile, so that no count is missed or told twice.
        registry.withLock { registry in
            ([standard] + registry.worlds.values.map(\.world)).reduce(into: registry.retired) { sum, world in
                sum.add(world.withState { $0.total })
            }
        }
    }

    // MARK: Journals

    /// Makes room in the journals where all of them hold too much: those that hold the most give first.
    func trimJournals() {
        guard budget.isExceeded else { return }
        let worlds = all.map { world in (world, world.withStateIfFree { $0.journal.bytes } ?? 0) }.sorted { $0.1 > $1.1 }
        for (world, _) in worlds {
            guard budget.used > budget.limit / 8 * 7 else { return }
            let share = budget.limit / 8 * 7 / max(1, budget.holders)
            _ = world.withStateIfFree { $0.shrinkJournal(to: share) }
        }
    }
}
