import HashTreeCollections

/// Rows by key, with the order in which a list shows them. Copies share their rows: a fork of a world costs nothing until it writes.
package struct Table<Key: Hashable & Sendable, Row: Sendable>: Sendable {
    /// A row behind a reference: to pass over many rows is then to pass over words, whatever is in them.
    private final class Held: Sendable {
        let row: Row

        init(_ row: Row) { self.row = row }
    }

    private var rows = TreeDictionary<Key, Held>()
    private var order: KeyList<Key>
    private var groups = TreeDictionary<Int, TreeSet<Key>>()
    /// The order of listing.
    let precedes: @Sendable (Row, Row) -> Bool
    private let group: @Sendable (Row) -> Int?
    private let leading: (@Sendable (Row) -> String)?
    private let groupOfText: (@Sendable (String) -> Int)?

    /// An empty table.
    ///
    /// - Parameters:
    ///   - precedes: the order of listing; no two rows may be equal in it.
    ///   - group: the group that a row belongs to, if it belongs to one.
    ///   - leading: the text that the order begins with, without case, if it does: rows are then found by it.
    ///   - groupOfText: the group of all rows that hold a text, if groups are made so: rows are then found by it, others with them.
    package init(
        sortedBy precedes: @escaping @Sendable (Row, Row) -> Bool, groupedBy group: @escaping @Sendable (Row) -> Int? = { _ in nil },
        beginningWith leading: (@Sendable (Row) -> String)? = nil, groupOfText: (@Sendable (String) -> Int)? = nil
    ) {
        self.precedes = precedes
        self.group = group
        self.leading = leading
        self.groupOfText = groupOfText
        order = KeyList()
    }

    /// A table of many rows at once, sorted once.
    ///
    /// - Parameters:
    ///   - all: the rows with their keys; of several with one key the last stays.
    ///   - precedes: the order of listing; no two rows may be equal in it.
    ///   - group: the group that a row belongs to, if it belongs to one.
    ///   - leading: the text that the order begins with, without case, if it does.
    package init(
        _ all: [(Key, Row)], sortedBy precedes: @escaping @Sendable (Row, Row) -> Bool,
        groupedBy group: @escaping @Sendable (Row) -> Int? = { _ in nil }, beginningWith leading: (@Sendable (Row) -> String)? = nil
    ) {
        self.precedes = precedes
        self.group = group
        self.leading = leading
        groupOfText = nil
        for (key, row) in all { rows[key] = Held(row) }
        order = KeyList(rows.sorted { precedes($0.value.row, $1.value.row) }.map(\.key))
        for (key, held) in rows { regroup(key, from: nil, to: group(held.row)) }
    }

    /// How many rows there are.
    package var count: Int { order.count }

    /// The last key in the order of listing.
    package var lastKey: Key? { order.last }

    /// A row by its key.
    package subscript(key: Key) -> Row? { rows[key]?.row }

    /// Every row in the order of listing.
    package var all: [Row] { slice(from: 0, limit: count) }

    /// A part of the list.
    ///
    /// - Parameters:
    ///   - start: how many rows to pass over; may be beyond the end.
    ///   - limit: how many rows to answer at most.
    /// - Returns: the rows in order.
    package func slice(from start: Int, limit: Int) -> [Row] {
        order.slice(from: start, limit: limit).map { rows[$0]!.row }
    }

    /// Every row, in the order in which they lie.
    func forEachUnordered(_ visit: (Row) -> Void) {
        for (_, held) in rows { visit(held.row) }
    }

    /// Rows in the order of listing or backwards, as long as the visitor asks for more.
    func walk(backwards: Bool, _ visit: (Row) -> Bool) {
        order.walk(backwards: backwards) { visit(rows[$0]!.row) }
    }

    /// How many rows a group has.
    package func count(inGroup number: Int) -> Int { groups[number]?.count ?? 0 }

    /// The rows of a group in the order of listing.
    package func rows(inGroup number: Int) -> [Row] {
        (groups[number]?.map { rows[$0]!.row } ?? []).sorted(by: precedes)
    }

    /// The rows of one stretch of the list, found without looking at the others. O(log n) and the length of the stretch.
    ///
    /// - Parameters:
    ///   - isReached: whether a row stands in the stretch or behind it; true for all rows from some place on.
    ///   - belongs: whether a row that is reached stands in the stretch.
    /// - Returns: the rows in order.
    package func stretch(from isReached: (Row) -> Bool, while belongs: (Row) -> Bool) -> [Row] {
        order.stretch(from: { isReached(rows[$0]!.row) }, while: { belongs(rows[$0]!.row) }).map { rows[$0]!.row }
    }

    /// The rows that can hold a text in what the table finds them by, without case, in order; `nil` if it finds none so.
    func rows(holding text: String) -> [Row]? {
        guard let leading else { return groupOfText.map { rows(inGroup: $0(text)) } }
        return stretch(
            from: { CaselessText.order(leading($0), text) != .less }, while: { CaselessText.order(leading($0), text) == .equal })
    }

    /// Puts a row in, or in the place of the one with its key. O(log n).
    package mutating func put(_ row: Row, at key: Key) {
        let held = Held(row)
        let old = rows.updateValue(held, forKey: key)
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

    /// Takes a row out. Nothing happens if there is none. O(log n).
    package mutating func remove(_ key: Key) {
        guard let row = rows[key]?.row else { return }
        order.remove(key) { precedes(rows[$0]!.row, row) }
        regroup(key, from: group(row), to: nil)
        rows[key] = nil
    }

    /// Changes a row where it lies. Nothing happens if there is none.
    ///
    /// - Parameters:
    ///   - key: the row's key.
    ///   - change: changes the row, not what its place in the list depends on.
    package mutating func change(_ key: Key, _ change: (inout Row) -> Void) {
        guard var row = rows[key]?.row else { return }
        let old = group(row)
        change(&row)
        regroup(key, from: old, to: group(row))
        rows[key] = Held(row)
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
