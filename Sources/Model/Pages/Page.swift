import Base

/// A page of a list, and how many rows match in all.
public struct Page<Row> {
    /// The rows of this page, in order.
    public let rows: [Row]
    /// How many rows match on all pages.
    let total: Int

    /// A page by its parts.
    public init(rows: [Row], total: Int) {
        self.rows = rows
        self.total = total
    }
}

extension Page {
    /// A page of rows that are all there, in order.
    init(_ all: [Row], from start: Int, limit: Int, descending: Bool) {
        let rows = descending ? Array(all.reversed().dropFirst(start).prefix(limit)) : Array(all.dropFirst(start).prefix(limit))
        self.init(rows: rows, total: all.count)
    }
}

extension Call {
    /// The most rows that one page may hold; what asks for more gets a refusal, not a server that runs out of memory.
    static let largestPage = 1_000_000

    /// The filter in `QueryString`, if there is one.
    ///
    /// - Parameter fields: what may be asked about.
    /// - Returns: `nil` for no filter.
    /// - Throws: a refusal of a query that is wrong.
    public func filter<Row>(_ fields: [QueryField<Row>]) throws(Refusal) -> Query<Row>? {
        guard let text = query["querystring"] else { return nil }
        return try filter(text, fields)
    }

    /// A filter that stands elsewhere than in `QueryString`. See `filter(_:)`.
    public func filter<Row>(_ text: String, _ fields: [QueryField<Row>]) throws(Refusal) -> Query<Row>? {
        try Query.parse(text, fields, self)
    }

    /// Filters, sorts and cuts rows as `QueryString`, `SortField`, `SortAscending`, `PageReturned` and `ReturnLimit` say.
    ///
    /// Documented defaults: page 1, 50 rows, ascending (0; 1 is descending). A page past the end is empty: clients stop there.
    ///
    /// - Parameters:
    ///   - source: what is listed.
    ///   - fields: what it can be filtered and sorted by.
    ///   - defaultSort: the field by which the source is in order already, if it is one of them.
    ///   - takesQuery: whether there is a `QueryString` at all; where there is none it is not looked at.
    ///   - isVisible: whether the caller may see a row at all.
    /// - Returns: the rows of the page, in order.
    /// - Throws: a refusal of a query, a field or a number that is wrong.
    public func page<Row>(
        of source: some PageSource<Row>, fields: @autoclosure () -> [QueryField<Row>], defaultSort: String?, takesQuery: Bool = true,
        isVisible: ((Row) -> Bool)? = nil
    ) throws(Refusal) -> Page<Row> {
        let (first, size) = try part()
        let isPlain = query["querystring"] == nil && query["sortfield"]?.isEmpty ?? true
        let fields = isPlain ? [] : fields()
        let filter = takesQuery ? try filter(fields) : nil
        let sort = try sortField(fields)
        let sorts = sort.map { $0.name != defaultSort } ?? false
        let descends = try isDescending()
        if filter == nil, isVisible == nil, !descends, !sorts {
            return Page(rows: source.slice(from: first, limit: size), total: source.count)
        }
        let passes = { (row: Row) in (isVisible?(row) ?? true) && (filter?.matches(row) ?? true) }
        let keyed = filter?.key.flatMap { source.rows(withKey: $0) }
        if !sorts, keyed == nil { return source.page(where: passes, from: first, limit: size, descending: descends) }
        var rows = (keyed ?? source.all).filter(passes)
        if let sort, sorts {
            let sortable = rows.enumerated().map { (key: sort.value($1), place: $0) }
                .sorted { $0.key.order($1.key) == .equal ? $0.place < $1.place : $0.key.order($1.key) == .less }
            rows = sortable.map { rows[$0.place] }
        }
        return Page(rows, from: first, limit: size, descending: descends)
    }

    /// The part of a list that is asked for, if it is asked for as it lies: neither filtered nor sorted.
    ///
    /// - Throws: a refusal of a number that is wrong.
    /// - Returns: `nil` if there is more to do.
    func plainPart() throws(Refusal) -> (start: Int, limit: Int)? {
        guard query["querystring"] == nil, query["sortfield"]?.isEmpty ?? true, query["sortascending"] == nil else { return nil }
        return try part()
    }

    /// How many rows come before the page, and how many it has at most.
    private func part() throws(Refusal) -> (start: Int, limit: Int) {
        let number = try count("PageReturned", default: 1)
        let size = try count("ReturnLimit", default: 50)
        guard size <= Self.largestPage else { throw .badArgument("ReturnLimit: expected at most \(Self.largestPage), found \(size).") }
        // Both fit in 32 bits, so that the product fits in 64.
        return (fidelity.paging == .ignorePage ? 0 : (number - 1) * size, size)
    }

    /// A test of whether the caller may see rows; `nil` for one who may see all.
    ///
    /// - Parameters:
    ///   - permission: what seeing them needs.
    ///   - container: the container that a row is in.
    /// - Returns: what `page(of:fields:defaultSort:isVisible:)` takes.
    func visible<Row>(_ permission: Permission, _ container: @escaping (Row) -> Int?) -> ((Row) -> Bool)? {
        let permissions = caller.permissions
        guard !permissions.allow(permission, container: nil) else { return nil }
        return { permissions.allow(permission, container: container($0)) }
    }

    /// Numbers below 1 are refused; what Command does with them is not known.
    private func count(_ name: String, default standard: Int) throws(Refusal) -> Int {
        guard let text = query.trimmed(name.lowercased()), !text.isEmpty else { return standard }
        guard let number = Int32(text), number >= 1 else {
            throw .badArgument("\(name): expected a whole number of at least 1, found '\(text.prefix(60))'.")
        }
        return Int(number)
    }

    private func sortField<Row>(_ fields: [QueryField<Row>]) throws(Refusal) -> QueryField<Row>? {
        guard let name = query["sortfield"], !name.isEmpty else { return nil }
        guard let field = fields.first(where: { $0.isNamed(name) }) else { throw .invalidSortField(name) }
        return field
    }

    private func isDescending() throws(Refusal) -> Bool {
        switch query.trimmed("sortascending")?.lowercased() {
        case nil, "", "0", "ascending": false
        case "1", "descending": true
        case let text?: throw .badArgument("SortAscending: expected 0 (ascending) or 1 (descending), found '\(text.prefix(60))'.")
        }
    }
}
