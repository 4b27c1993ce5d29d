internal import Synchronization

/// The exchanges of a world, in the order of the commits. When the server's journals hold too much, the oldest are evicted.
///
/// It is kept in chunks: a copy to read from costs a few hundred words, and a chunk is evicted as a whole.
public struct Journal: Sendable {
    /// A run of exchanges.
    private struct Chunk: Sendable {
        var entries: [JournalEntry] = []
        var bytes = 0

        /// How many entries and bytes make a chunk full.
        static let (most, mostBytes) = (256, 65_536)
        var isFull: Bool { entries.count >= Self.most || bytes >= Self.mostBytes }
    }

    /// The budget that all journals of the server share.
    public let budget: JournalBudget
    private var chunks: [Chunk] = []
    /// The bytes held.
    public private(set) var bytes = 0
    /// How many exchanges there have been, and how many of them were evicted.
    public private(set) var count = 0
    /// How many exchanges had to make room for others.
    public private(set) var evicted = 0
    /// How many were removed on request; nobody misses those.
    private(set) var cleared = 0
    /// How many of all requests reached neither an operation nor a rule.
    private(set) var unmatched = 0

    /// The exchanges that a rule holds back, by the ticket that each was given.
    private var waiting: [Int: JournalEntry] = [:]
    private var tickets = 0

    /// An empty journal.
    ///
    /// - Parameter budget: the budget that all journals of the server share.
    public init(_ budget: JournalBudget) {
        self.budget = budget
    }

    /// Appends an exchange. It gets the next number.
    ///
    /// - Parameter entry: the exchange.
    public mutating func append(_ entry: consuming JournalEntry) {
        count += 1
        entry.number = count
        if entry.isUnmatched { unmatched += 1 }
        let size = entry.size
        if chunks.isEmpty { budget.change(holders: 1) }
        if chunks.last?.isFull ?? true { chunks.append(Chunk()) }
        chunks[chunks.count - 1].entries.append(entry)
        chunks[chunks.count - 1].bytes += size
        bytes += size
        budget.change(used: size)
        if budget.isExceeded { shrink(to: budget.limit / 8 * 7 / max(1, budget.holders), keepsNewest: true) }
    }

    /// Shows an exchange as pending until it is released.
    ///
    /// - Parameter entry: the exchange so far.
    /// - Returns: the ticket to release it with.
    public mutating func hold(_ entry: JournalEntry) -> Int {
        tickets += 1
        waiting[tickets] = entry
        return tickets
    }

    /// Ends what ``hold(_:)`` began.
    public mutating func release(_ ticket: Int) { waiting[ticket] = nil }

    /// The exchanges that a rule holds back, the oldest first.
    public var pending: [JournalEntry] { waiting.sorted { $0.key < $1.key }.map(\.value) }

    /// Evicts the oldest exchanges until at most so many bytes are held.
    ///
    /// - Parameters:
    ///   - most: in bytes.
    ///   - keepsNewest: whether the newest chunk stays in any case.
    public mutating func shrink(to most: Int, keepsNewest: Bool = false) {
        let wasEmpty = chunks.isEmpty
        while bytes > most, chunks.count > (keepsNewest ? 1 : 0) {
            let chunk = chunks.removeFirst()
            evicted += chunk.entries.count
            bytes -= chunk.bytes
            budget.change(used: -chunk.bytes)
        }
        if chunks.isEmpty, !wasEmpty { budget.change(holders: -1) }
    }

    /// Removes all exchanges; numbers continue.
    ///
    /// - Returns: how many exchanges there were.
    public mutating func clear() -> Int {
        let gone = held
        close()
        cleared += gone
        unmatched = 0
        return gone
    }

    /// Empties the journal and returns its share of the budget.
    public mutating func close() {
        budget.change(used: -bytes)
        if !chunks.isEmpty { budget.change(holders: -1) }
        (chunks, bytes) = ([], 0)
    }

    /// How many exchanges are held no more.
    public var gone: Int { evicted + cleared }

    /// How many exchanges are held.
    public var held: Int { count - evicted - cleared }

    /// The exchanges held, the oldest first.
    public var entries: some Sequence<JournalEntry> & Sendable { JournalEntries(chunks: chunks.map(\.entries)) }

    /// The exchanges held whose number is above another, the oldest first. Costs only as much as there are.
    public func entries(after number: Int) -> [JournalEntry] {
        var newest: [ArraySlice<JournalEntry>] = []
        for chunk in chunks.reversed() {
            guard let last = chunk.entries.last, last.number > number else { break }
            newest.append(chunk.entries.drop { $0.number <= number })
        }
        return newest.reversed().flatMap { $0 }
    }

    /// An exchange by its number.
    public subscript(number: Int) -> JournalEntry? {
        guard number > gone, number <= count else { return nil }
        return entries.first { $0.number == number }
    }
}

/// A journal's exchanges as they were when it was read.
private struct JournalEntries: Sequence, Sendable {
    let chunks: [[JournalEntry]]

    func makeIterator() -> AnyIterator<JournalEntry> {
        var (chunk, place) = (0, 0)
        return AnyIterator {
            while chunk < chunks.count {
                if place < chunks[chunk].count {
                    defer { place += 1 }
                    return chunks[chunk][place]
                }
                (chunk, place) = (chunk + 1, 0)
            }
            return nil
        }
    }
}

/// The bytes that all journals of a server may hold together, and how many they do hold.
public final class JournalBudget: Sendable {
    /// The most bytes that all journals may hold together.
    public let limit: Int
    private let usedBytes = Atomic<Int>(0)
    private let holding = Atomic<Int>(0)

    /// A budget.
    ///
    /// - Parameter limit: in bytes.
    public init(_ limit: Int) {
        self.limit = limit
    }

    /// The bytes held by all.
    public var used: Int { usedBytes.load(ordering: .relaxed) }
    /// How many journals hold anything.
    public var holders: Int { holding.load(ordering: .relaxed) }
    /// Whether something must be evicted.
    public var isExceeded: Bool { used > limit }

    /// Counts bytes that were added or, below 0, removed.
    func change(used bytes: Int) { usedBytes.wrappingAdd(bytes, ordering: .relaxed) }

    /// Counts a journal that now holds something or, with -1, no longer holds anything.
    func change(holders count: Int) { holding.wrappingAdd(count, ordering: .relaxed) }
}
