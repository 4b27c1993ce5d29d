public import Base

/// A row with a number of its own and a name by which people and files know it.
public protocol NamedRow: Sendable, HoldsBytes {
    /// Its Id; 0 before it has one.
    var id: Int { get set }
    /// What it is called; compared without case.
    var name: String { get }
    /// A row before anything is known of it.
    init()
}

/// Rows by their Ids, which rise and are never given twice; also found by name.
public struct Numbered<Row: NamedRow>: Sendable {
    /// The rows, in the order of lists.
    public private(set) var rows: Table<Int, Row>
    /// The highest Id ever given; 0 before the first.
    public var highest = 0

    /// No rows yet.
    ///
    /// - Parameter precedes: the order of lists, which must be total.
    public init(sortedBy precedes: @escaping @Sendable (Row, Row) -> Bool = { $0.id < $1.id }) {
        rows = Table(sortedBy: precedes, groupedBy: { Self.group($0.name) }, groupOfText: { Self.group($0) })
    }

    /// Where the table keeps the rows of a name; those of some other names too, by chance.
    private static func group(_ name: String) -> Int { name.lowercased().hashValue }

    /// About how many bytes the rows hold.
    var bytes: ByteCount { rows.bytes }

    /// A row by its Id.
    public subscript(id: Int) -> Row? { rows[id] }

    /// A row by its name, without case.
    public func named(_ name: String) -> Row? {
        let name = name.lowercased()
        return rows.rows(holding: name)?.first { $0.name.lowercased() == name }
    }

    /// Puts a row in, or in the place of the one with its Id.
    public mutating func put(_ row: Row) {
        highest = max(highest, row.id)
        rows.put(row, at: row.id)
    }

    /// Puts a row in under the next Id, and returns it.
    public mutating func add(_ row: Row) -> Row {
        var row = row
        row.id = highest + 1
        put(row)
        return row
    }

    /// Takes a row out. Nothing happens if there is none.
    public mutating func remove(_ id: Int) { rows.remove(id) }
}
