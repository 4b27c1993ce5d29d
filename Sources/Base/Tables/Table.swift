import HashTreeCollections

/// Rows by key, and in the order of lists. Copies share their rows: a fork of a world costs nothing until it writes.
public struct Table<Key: Hashable & Sendable, Row: Sendable & HoldsBytes>: Sendable {
    /// A row, boxed so that moving it moves a pointer, whatever its size.
    private final class Held: Sendable {
        let row: Row
        let bytes: Int

        init(_ row: Row) {
            self.row = row
            bytes = Table.bytes(of: row)
        }
    }

    /// About how many bytes a row costs here: with its box, and its places among the rows, in the order and in a group.
    public static func bytes(of row: Row) -> Int { MemoryLayout<Row>.size + row.heldBytes + 160 }

    private var rows = TreeDictionary<Key, Held>()
    private var order: KeyList<Key>
    private var groups = TreeDictionary<Int, TreeSet<Key>>()
    /// The order of listing.
    public let precedes: @Sendable (Row, Row) -> Bool
    private let group: @Sendable (Row) -> Int?
    private let leading: (@Sendable (Row) -> String)?
    private let groupOfText: (@Sendable (String) -> Int)?
    /// About how many bytes the rows hold.
    public private(set) var bytes = ByteCount()

    /// An empty table.
    ///
    /// - Parameters:
    ///   - precedes: the order of listing, which must be total.
    ///   - group: the group of a row, if it has one.
    ///   - leading: the text by which rows are sorted first, ignoring case, if any; rows can then be found by it.
    ///   - groupOfText: the group of all rows with a text, if groups are made from texts; rows can then be found by it, possibly with
    ///     others.
    public init(
        sortedBy precedes: @escaping @Sendable (Row, Row) -> Bool, groupedBy group: @escaping @Sendable (Row) -> Int? = { _ in nil },
        beginningWith leading: (@Sendable (Row) -> String)? = nil, groupOfText: (@Sendable (String) -> Int)? = nil
    ) {
        self.precedes = precedes
        self.group = group
        self.leading = leading
        self.groupOfText = groupOfText
        order = KeyList()
    }

    /// A table with many rows, which are sorted once.
    ///
    /// - Parameters:
    ///   - all: the rows with their keys; of several rows with the same key, the last is kept.
    ///   - precedes: the order of listing, which must be total.
    ///   - group: the group of a row, if it has one.
    ///   - leading: the text by which rows are sorted first, ignoring case, if any.
    ///   - before: the table that it replaces: what was put into that one counts as well.
    public init(
        _ all: [(Key, Row)], sortedBy precedes: @escaping @Sendable (Row, Row) -> Bool,
        groupedBy group: @escaping @Sendable (Row) -> Int? = { _ in nil }, beginningWith leading: (@Sendable (Row) -> String)? = nil,
        inPlaceOf before: Table? = nil
    ) {
        self.precedes = precedes
        self.group = group
        self.leading = leading
        groupOfText = nil
        for (key, row) in all { rows[key] = Held(row) }
        order = KeyList(rows.sorted { precedes($0.value.row, $1.value.row) }.map(\.key))
        for (key, held) in rows {
            regroup(key, from: nil, to: group(held.row))
            bytes.add(held.bytes)
        }
        if let before { bytes.follow(before.bytes) }
    }

    /// The number of rows.
    public var count: Int { order.count }

    /// The last key in the order of listing.
    public var lastKey: Key? { order.last }

    /// A row by its key.
    public subscript(key: Key) -> Row? { rows[key]?.row }

    /// Every row in the order of listing.
    public var all: [Row] { slice(from: 0, limit: count) }

    /// A part of the list.
    ///
    /// - Parameters:
    ///   - start: the number of rows to skip; may be past the end.
    ///   - limit: the maximum number of rows.
    /// - Returns: the rows in order.
    public func slice(from start: Int, limit: Int) -> [Row] {
        order.slice(from: start, limit: limit).map { rows[$0]!.row }
    }

    /// Visits every row, in no particular order.
    public func forEachUnordered(_ visit: (Row) -> Void) {
        for (_, held) in rows { visit(held.row) }
    }

    /// Visits rows in the order of listing or backwards, until the visitor returns false.
    public func walk(backwards: Bool, _ visit: (Row) -> Bool) {
        order.walk(backwards: backwards) { visit(rows[$0]!.row) }
    }

    /// The number of rows in a group.
    public func count(inGroup number: Int) -> Int { groups[number]?.count ?? 0 }

    /// The rows of a group in the order of listing.
    public func rows(inGroup number: Int) -> [Row] {
        (groups[number]?.map { rows[$0]!.row } ?? []).sorted(by: precedes)
    }

    /// The rows in a contiguous part of the list, found by binary search. O(log n + the number of rows found).
    ///
    /// - Parameters:
    ///   - isReached: whether a row is in this part or after it; must be false for a prefix of the list and true for the rest.
    ///   - belongs: whether such a row is in this part.
    /// - Returns: the rows in order.
    public func stretch(from isReached: (Row) -> Bool, while belongs: (Row) -> Bool) -> [Row] {
        order.stretch(from: { isReached(rows[$0]!.row) }, while: { belongs(rows[$0]!.row) }).map { rows[$0]!.row }
    }

    /// The rows that may have a text, ignoring case, in order; `nil` if the table has no index of texts.
    public func rows(holding text: String) -> [Row]? {
        guard let leading else { return groupOfText.map { rows(inGroup: $0(text)) } }
        return stretch(
            from: { CaselessText.order(leading($0), text) != .less }, while: { CaselessText.order(leading($0), text) == .equal })
    }

    /// Adds a row, or replaces the row with the same key. O(log n).
    public mutating func put(_ row: Row, at key: Key) {
        let held = Held(row)
        let old = rows.updateValue(held, forKey: key)
        bytes.add(held.bytes)
        bytes.remove(old?.bytes ?? 0)
        regroup(key, from: old.flatMap { group($0.row) }, to: group(row))
        if let old {
            guard precedes(old.row, row) || precedes(row, old.row) else { return }
            rows[key] = old
            order.remove(key) { precedes(rows[$0]!.row, old.row) }
            rows[key] = held
        }
        if let last = order.last, !precedes(rows[last]!.row, row) {
            order.insert(key) { precedes(row, rows[$0]!.row) }
        } else {
            order.append(key)
        }
    }

    /// Removes a row. Does nothing if it does not exist. O(log n).
    public mutating func remove(_ key: Key) {
        guard let held = rows[key] else { return }
        let row = held.row
        bytes.remove(held.bytes)
        order.remove(key) { precedes(rows[$0]!.row, row) }
        regroup(key, from: group(row), to: nil)
        rows[key] = nil
    }

    /// Changes a row without moving it. Does nothing if it does not exist.
    ///
    /// - Parameters:
    ///   - key: the row's key.
    ///   - change: changes the row, but not the properties that determine its position.
    public mutating func change(_ key: Key, _ change: (inout Row) -> Void) {
        guard let before = rows[key] else { return }
        var row = before.row
        change(&row)
        regroup(key, from: group(before.row), to: group(row))
        let held = Held(row)
        rows[key] = held
        bytes.add(held.bytes)
        bytes.remove(before.bytes)
    }

    private mutating func regroup(_ key: Key, from old: Int?, to new: Int?) {
        guard old != new else { return }
        if let old {
            groups[old]?.remove(key)
            if groups[old]?.isEmpty == true { groups[old] = nil }
        }
        if let new { groups[new, default: []].insert(key) }
    }
}
