public import Journal
internal import Synchronization

/// The bytes that all worlds of a server may hold together, and how many they do hold.
///
/// Each world counts what it shares with no other; the starting scenario, which all share, counts once.
public final class Budget: Sendable {
    /// The most bytes that all worlds may hold together.
    public let limit: Int
    /// The budget of the journals.
    public let journals: JournalBudget
    private let worlds = Atomic<Int>(0)
    private let standard = Atomic<Int>(0)
    private let scenario = Atomic<Int>(0)
    /// Clients that await something: whatever happens is judged for each of them.
    public let awaits = Places(1_000)
    /// Pages that wait for changes.
    public let viewers = Places(16)

    /// A budget.
    ///
    /// - Parameters:
    ///   - limit: the most bytes that all worlds may hold together.
    ///   - journals: the most bytes that their journals may hold.
    public init(_ limit: Int, journals: Int) {
        self.limit = limit
        self.journals = JournalBudget(journals)
    }

    /// The bytes that are held.
    public var used: Int { scenario.load(ordering: .relaxed) + worlds.load(ordering: .relaxed) }
    /// Whether worlds must be dropped.
    var isExceeded: Bool { used > limit }

    /// The bytes that a world cannot have, whichever others are dropped: those of the starting scenario and of the world `default`. That one
    /// leaves an eighth to others.
    func fixed(for name: String) -> Int {
        scenario.load(ordering: .relaxed) + (name == Worlds.standardName ? limit / 8 : standard.load(ordering: .relaxed))
    }

    /// Counts what a world holds more or, below 0, less than before.
    func change(_ bytes: Int, of name: String) {
        guard bytes != 0 else { return }
        worlds.wrappingAdd(bytes, ordering: .relaxed)
        if name == Worlds.standardName { standard.wrappingAdd(bytes, ordering: .relaxed) }
    }

    /// Counts the starting scenario.
    func begins(with scenario: Scenario) { self.scenario.store(scenario.bytes, ordering: .relaxed) }
}
