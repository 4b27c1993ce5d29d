import HashTreeCollections

/// Rows by key, with the order in which a list shows them. Copies share their rows: a fork of a world costs nothing until it writes.
package struct Table<Key: Hashable & Sendable, Row: Sendable>: Sendable {
    private var rows = TreeDictionary<Key, Row>()
    private var order: KeyList<Key>
    private var groups = TreeDictionary<Int, TreeSet<Key>>()
    /// The order of listing.
    let precedes: @Sendable (Row, Row) -> Bool
    private let group: @Sendable (Row) -> Int?

    /// An empty table.
    ///
    /// - Parameters:
    ///   - precedes: the order of listing; no two rows may be equal in it.
    ///   - group: the group that a row belongs to, if it belongs to one.
    package init(
        sortedBy precedes: @escaping @Sendable (Row, Row) -> Bool, groupedBy group: @escaping @Sendable (Row) -> Int? = { _ in nil }
    ) {
        self.precedes = precedes
        self.group = group
        order = KeyList()
    }

    /// A table of many rows at once, sorted once.
    ///
    /// - Parameters:
    ///   - all: the rows with their keys; of several with one key the last stays.
    ///   - precedes: the order of listing; no two rows may be equal in it.
    ///   - group: the group that a row belongs to, if it belongs to one.
    package init(
        _ all: [(Key, Row)], sortedBy precedes: @escaping @Sendable (Row, Row) -> Bool,
        groupedBy group: @escaping @Sendable (Row) -> Int? = { _ in nil }
    ) {
        self.precedes = precedes
        self.group = group
        for (key, row) in all { rows[key] = row }
        order = KeyList(rows.sorted { precedes($0.value, $1.value) }.map(\.key))
        for (key, row) in rows { regroup(key, from: nil, to: group(row)) }
    }

    /// How many rows there are.
    package var count: Int { order.count }

    /// The last key in the order of listing.
    package var lastKey: Key? { order.last }

    /// A row by its key.
    package subscript(key: Key) -> Row? { rows[key] }

    /// Every row in the order of listing.
    package var all: [Row] { slice(from: 0, limit: count) }

    /// A part of the list.
    ///
    /// - Parameters:
    ///   - start: how many rows to pass over; may be beyond the end.
    ///   - limit: how many rows to answer at most.
    /// - Returns: the rows in order.
    package func slice(from start: Int, limit: Int) -> [Row] {
        order.slice(from: start, limit: limit).map { rows[$0]! }
    }

    /// Every row, in the order in which they lie.
    func forEachUnordered(_ visit: (Row) -> Void) {
        for (_, row) in rows { visit(row) }
    }

    /// Rows in the order of listing or backwards, as long as the visitor asks for more.
    func walk(backwards: Bool, _ visit: (Row) -> Bool) {
        order.walk(backwards: backwards) { visit(rows[$0]!) }
    }

    /// How many rows a group has.
    package func count(inGroup number: Int) -> Int { groups[number]?.count ?? 0 }

    /// The rows of a group in the order of listing.
    package func rows(inGroup number: Int) -> [Row] {
        (groups[number]?.map { rows[$0]! } ?? []).sorted(by: precedes)
    }

    /// Puts a row in, or in the place of the one with its key. O(log n).
    package mutating func put(_ row: Row, at key: Key) {
        let old = rows.updateValue(row, forKey: key)
        regroup(key, from: old.flatMap(group), to: group(row))
        if let old {
            guard precedes(old, row) || precedes(row, old) else { return }
            rows[key] = old
            order.remove(key) { precedes(rows[$0]!, old) }
            rows[key] = row
        }
        if let last = order.last, !precedes(rows[last]!, row) {
            order.insert(key) { precedes(row, rows[$0]!) }
        } else {
            order.append(key)
        }
    }

    /// Takes a row out. Nothing happens if there is none. O(log n).
    package mutating func remove(_ key: Key) {
        guard let row = rows[key] else { return }
        order.remove(key) { precedes(rows[$0]!, row) }
        regroup(key, from: group(row), to: nil)
        rows[key] = nil
    }

    /// Changes a row where it lies. Nothing happens if there is none.
    ///
    /// - Parameters:
    ///   - key: the row's key.
    ///   - change: changes the row, not what its place in the list depends on.
    package mutating func change(_ key: Key, _ change: (inout Row) -> Void) {
        guard var row = rows[key] else { return }
        let old = group(row)
        change(&row)
        regroup(key, from: old, to: group(row))
        rows[key] = row
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
