/// Something that can be listed: rows in a standing order, some of which can be found without looking at all.
protocol PageSource<Row> {
    associatedtype Row

    /// How many rows there are.
    var count: Int { get }
    /// Every row in order.
    var all: [Row] { get }

    /// A part of the rows in order.
    func slice(from start: Int, limit: Int) -> [Row]

    /// The rows whose key is this, in order; `nil` if the source has no index for such a key.
    func rows(withKey key: QueryValue) -> [Row]?
}

extension Table: PageSource {
    func rows(withKey key: QueryValue) -> [Row]? {
        switch key {
        case .guid(let id): (id as? Key).map { key in self[key].map { [$0] } ?? [] }
        case .number(let id): (id as? Key).map { key in self[key].map { [$0] } ?? [] }
        default: nil
        }
    }
}

/// Rows that were put together for one request, in their standing order.
struct GatheredRows<Row>: PageSource {
    let all: [Row]

    var count: Int { all.count }

    func slice(from start: Int, limit: Int) -> [Row] { Array(all.dropFirst(start).prefix(limit)) }

    func rows(withKey key: QueryValue) -> [Row]? { nil }
}

extension History: PageSource {
    func slice(from start: Int, limit: Int) -> [HistoryEntry] { entries(from: start, limit: limit) }

    func rows(withKey key: QueryValue) -> [HistoryEntry]? {
        if case .guid(let job) = key { entries(of: job) } else { nil }
    }
}
