import HashTreeCollections

/// Rows by key, with the order in which a list shows them. Copies share their rows: a fork of a world costs nothing until it writes.
package struct Table<Key: Hashable & Sendable, Row: Sendable>: Sendable {
    private var rows = TreeDictionary<Key, Row>()
    private var order: KeyList<Key>
    private let precedes: @Sendable (Row, Row) -> Bool

    /// An empty table.
    ///
    /// - Parameter precedes: the order of listing; no two rows may be equal in it.
    package init(sortedBy precedes: @escaping @Sendable (Row, Row) -> Bool) {
        self.precedes = precedes
        order = KeyList()
    }

    /// A table of many rows at once, sorted once.
    ///
    /// - Parameters:
    ///   - all: the rows with their keys; of several with one key the last stays.
    ///   - precedes: the order of listing; no two rows may be equal in it.
    package init(_ all: [(Key, Row)], sortedBy precedes: @escaping @Sendable (Row, Row) -> Bool) {
        self.precedes = precedes
        for (key, row) in all { rows[key] = row }
        order = KeyList(rows.sorted { precedes($0.value, $1.value) }.map(\.key))
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

    /// The rows of one stretch of the list, found without looking at the others. O(log n) and the length of the stretch.
    ///
    /// - Parameters:
    ///   - isReached: whether a row stands in the stretch or behind it; true for all rows from some place on.
    ///   - belongs: whether a row that is reached stands in the stretch.
    /// - Returns: the rows in order.
    package func stretch(from isReached: (Row) -> Bool, while belongs: (Row) -> Bool) -> [Row] {
        order.stretch(from: { isReached(rows[$0]!) }, while: { belongs(rows[$0]!) }).map { rows[$0]! }
    }

    /// Puts a row in, or in the place of the one with its key. O(log n).
    package mutating func put(_ row: Row, at key: Key) {
        if let old = rows.updateValue(row, forKey: key) {
            guard precedes(old, row) || precedes(row, old) else { return }
            rows[key] = old
            remove(key)
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
        rows[key] = nil
    }

    /// Changes a row where it lies. Nothing happens if there is none.
    ///
    /// - Parameters:
    ///   - key: the row's key.
    ///   - change: changes the row, not what its place in the list depends on.
    package mutating func change(_ key: Key, _ change: (inout Row) -> Void) {
        guard var row = rows[key] else { return }
        change(&row)
        rows[key] = row
    }
}
