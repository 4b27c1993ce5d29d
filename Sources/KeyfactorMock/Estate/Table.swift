import HashTreeCollections

/// Rows by key, with the order in which a list shows them. Copies share their rows: a fork of a world costs nothing until it writes.
package struct Table<Key: Hashable & Sendable, Row: Sendable>: Sendable {
    private var rows = TreeDictionary<Key, Row>()
    /// Every key in the order of listing.
    package private(set) var keys: [Key] = []
    private let precedes: (@Sendable (Row, Row) -> Bool)?

    /// An empty table.
    ///
    /// - Parameter precedes: the order of listing; rows stay in the order of their coming if left out.
    package init(sortedBy precedes: (@Sendable (Row, Row) -> Bool)? = nil) {
        self.precedes = precedes
    }

    /// A table of many rows at once, sorted once.
    ///
    /// - Parameters:
    ///   - all: the rows with their keys; of several with one key the last stays.
    ///   - precedes: the order of listing.
    package init(_ all: [(Key, Row)], sortedBy precedes: (@Sendable (Row, Row) -> Bool)? = nil) {
        self.precedes = precedes
        for (key, row) in all where rows.updateValue(row, forKey: key) == nil { keys.append(key) }
        guard let precedes else { return }
        keys = keys.map { ($0, rows[$0]!) }.sorted { precedes($0.1, $1.1) }.map(\.0)
    }

    /// How many rows there are.
    package var count: Int { keys.count }

    /// A row by its key.
    package subscript(key: Key) -> Row? { rows[key] }

    /// Every row in the order of listing.
    package var all: [Row] { keys.map { rows[$0]! } }

    /// Puts a row in, or in the place of the one with its key. O(log n) for the row; the list of keys moves up.
    package mutating func put(_ row: Row, at key: Key) {
        guard rows.updateValue(row, forKey: key) == nil else { return }
        guard let precedes else { return keys.append(key) }
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if precedes(row, rows[keys[middle]]!) { high = middle } else { low = middle + 1 }
        }
        keys.insert(key, at: low)
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
