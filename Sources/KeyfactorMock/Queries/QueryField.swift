/// What a query field holds, which decides the operators and values that fit it.
enum QueryKind: Sendable {
    case text, number, boolean, time, guid
    /// Several texts, of which one must fit.
    case list
    /// A number that may also be said by name; names in lower case.
    case words([String: Int])
}

/// Something that a list can be filtered and sorted by.
struct QueryField<Row>: Sendable {

    let name: String
    let kind: QueryKind
    /// Whether tables find rows by it without looking at all.
    let isKey: Bool
    /// Whether lists are sorted by it but not filtered: a member of the answer that is no query field.
    let sortsOnly: Bool
    private let aliases: [String]
    /// What a row holds.
    let value: @Sendable (Row) -> QueryValue

    /// A field.
    ///
    /// - Parameters:
    ///   - name: as the documentation spells it; compared without case.
    ///   - kind: what it holds.
    ///   - aliases: other names of it.
    ///   - isKey: whether tables find rows by it without looking at all.
    ///   - sortsOnly: whether lists are sorted by it but not filtered.
    ///   - value: takes it from a row.
    init(
        _ name: String, _ kind: QueryKind, aliases: [String] = [], isKey: Bool = false, sortsOnly: Bool = false,
        _ value: @escaping @Sendable (Row) -> QueryValue
    ) {
        self.name = name
        self.kind = kind
        self.aliases = aliases
        self.isKey = isKey
        self.sortsOnly = sortsOnly
        self.value = value
    }

    /// The same field of something that has such a row.
    ///
    /// - Parameter row: takes the row from it.
    /// - Returns: a field that no index knows.
    func of<Whole>(_ row: @escaping @Sendable (Whole) -> Row) -> QueryField<Whole> {
        .init(name, kind, aliases: aliases) { value(row($0)) }
    }

    /// Whether a name means this field.
    func isNamed(_ name: String) -> Bool {
        let name = name.lowercased()
        return self.name.lowercased() == name || aliases.contains { $0.lowercased() == name }
    }

    /// The operators that fit what the field holds, as documented for strings, dates, integers and booleans.
    var operators: [QueryOperator] {
        switch kind {
        case .text: [.eq, .ne, .contains, .notContains, .startsWith, .endsWith]
        case .number, .time, .words: [.eq, .ne, .lt, .le, .gt, .ge]
        case .boolean, .guid: [.eq, .ne]
        case .list: [.eq, .ne, .contains, .notContains, .startsWith, .endsWith]
        }
    }
}

/// How a field is compared with a value.
enum QueryOperator: String, Sendable, CaseIterable {
    case eq = "-eq"
    case ne = "-ne"
    case lt = "-lt"
    case le = "-le"
    case gt = "-gt"
    case ge = "-ge"
    case contains = "-contains"
    case notContains = "-notcontains"
    case startsWith = "-startswith"
    case endsWith = "-endswith"
}

/// What a row holds in a field, or what a query compares it with.
enum QueryValue: Sendable, Equatable {
    case null
    case text(String)
    case number(Int)
    case boolean(Bool)
    case time(Timestamp)
    case guid(GUID)
    case list([String])

    /// How two values of one kind stand to each other.
    enum Order: Sendable {
        case less, equal, greater
    }

    /// The order of two values: null first, texts without case.
    func order(_ other: QueryValue) -> Order {
        switch (self, other) {
        case (.null, .null): .equal
        case (.null, _): .less
        case (_, .null): .greater
        case (.text(let a), .text(let b)): CaselessText.order(a, b)
        case (.number(let a), .number(let b)): Self.order(a, b)
        case (.boolean(let a), .boolean(let b)): Self.order(a ? 1 : 0, b ? 1 : 0)
        case (.time(let a), .time(let b)): Self.order(a, b)
        case (.guid(let a), .guid(let b)): Self.order(a, b)
        case (.list(let a), .list(let b)): Self.order(a.joined(separator: ","), b.joined(separator: ","))
        default: .equal
        }
    }

    private static func order<T: Comparable>(_ a: T, _ b: T) -> Order {
        a < b ? .less : a == b ? .equal : .greater
    }
}
