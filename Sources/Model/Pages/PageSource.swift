public import Base
public import Entities

/// Something that can be listed: rows in a standing order, some of which can be found without looking at all.
public protocol PageSource<Row> {
    associatedtype Row

    /// How many rows there are.
    var count: Int { get }
    /// Every row in order.
    var all: [Row] { get }

    /// A part of the rows in order.
    func slice(from start: Int, limit: Int) -> [Row]

    /// A part of the rows that pass a test, in order, and how many pass in all.
    func page(where passes: (Row) -> Bool, from start: Int, limit: Int, descending: Bool) -> Page<Row>

    /// The rows whose key is this, in order; `nil` if the source has no index for such a key.
    func rows(withKey key: QueryKey) -> [Row]?
}

extension PageSource {
    /// A page of the rows that pass, found by looking at every one.
    public func page(where passes: (Row) -> Bool, from start: Int, limit: Int, descending: Bool) -> Page<Row> {
        Page(all.filter(passes), from: start, limit: limit, descending: descending)
    }
}

extension Table: PageSource {
    /// Looks at the rows as they lie, which is several times quicker than in their order. Few that pass are then put in order; of many
    /// the order is followed just until the page is full.
    public func page(where passes: (Row) -> Bool, from start: Int, limit: Int, descending: Bool) -> Page<Row> {
        let few = max(64, count / 16)
        var (total, found): (Int, [Row]) = (0, [])
        forEachUnordered { row in
            guard passes(row) else { return }
            total += 1
            if total <= few { found.append(row) }
        }
        if total <= few {
            return Page(found.sorted(by: precedes), from: start, limit: limit, descending: descending)
        }
        var (page, skipped): ([Row], Int) = ([], 0)
        walk(backwards: descending) { row in
            guard passes(row) else { return true }
            if skipped < start { skipped += 1 } else { page.append(row) }
            return page.count < limit
        }
        return Page(rows: page, total: total)
    }

    /// The row with this id, or those whose index holds this text.
    public func rows(withKey key: QueryKey) -> [Row]? {
        switch key.value {
        case .guid(let id): (id as? Key).map { key in self[key].map { [$0] } ?? [] }
        case .number(let id): (id as? Key).map { key in self[key].map { [$0] } ?? [] }
        case .text(let text): rows(holding: text)
        default: nil
        }
    }
}

/// Rows that were put together for one request, in their standing order.
public struct GatheredRows<Row>: PageSource {
    /// The rows in their standing order.
    public let all: [Row]

    /// How many rows were gathered.
    public var count: Int { all.count }

    /// At most `limit` rows from a place on, counted from 0.
    public func slice(from start: Int, limit: Int) -> [Row] { Array(all.dropFirst(start).prefix(limit)) }

    /// Always `nil`: gathered rows have no index.
    public func rows(withKey key: QueryKey) -> [Row]? { nil }

    /// Rows that are in order already.
    public init(all: [Row]) {
        self.all = all
    }
}

extension History: PageSource {
    /// At most `limit` attempts from a place on, in the order of the history.
    public func slice(from start: Int, limit: Int) -> [HistoryEntry] { entries(from: start, limit: limit) }

    /// The attempts of one job, if the key is a JobId.
    public func rows(withKey key: QueryKey) -> [HistoryEntry]? {
        if case .guid(let job) = key.value { entries(of: job) } else { nil }
    }
}
