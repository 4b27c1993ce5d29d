public import Base

/// The type of a query field, which determines the valid operators and values.
public enum QueryKind: Sendable {
    case text, number, boolean, time, guid
    /// Several texts; a comparison holds if it holds for one of them.
    case list
    /// The same for names with a backslash between their parts: what they are compared with may have it twice, and blanks at its ends.
    case paths
    /// A number that may also be given by name; names are in lower case.
    case words([String: Int])
    /// The number of a row that may also be given by the row's name; `what` says so in refusals.
    case named(what: String, number: @Sendable (String) -> Int?)
    /// Of an unknown type: where only the form of a query is looked at.
    case any
}

/// A field by which lists can be filtered and sorted.
public struct QueryField<Row>: Sendable {
    let name: String
    let kind: QueryKind
    /// Whether tables have an index for it.
    let isKey: Bool
    /// Whether it can only be used to sort: a member of the response that is not a query field.
    let sortsOnly: Bool
    private let aliases: [String]
    /// The value of a row.
    let value: @Sendable (Row) -> QueryValue

    /// A field.
    ///
    /// - Parameters:
    ///   - name: as in the documentation; case-insensitive.
    ///   - kind: its type.
    ///   - aliases: other names.
    ///   - isKey: whether tables have an index for it.
    ///   - sortsOnly: whether it can only be used to sort.
    ///   - value: reads it from a row.
    public init(
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

    /// The same field for a type that contains such a row.
    ///
    /// - Parameter row: reads the row from it.
    /// - Returns: a field without an index.
    public func of<Whole>(_ row: @escaping @Sendable (Whole) -> Row) -> QueryField<Whole> {
        .init(name, kind, aliases: aliases) { value(row($0)) }
    }

    /// Whether a name refers to this field.
    func isNamed(_ name: String) -> Bool {
        let name = name.lowercased()
        return self.name.lowercased() == name || aliases.contains { $0.lowercased() == name }
    }

    /// The valid operators for the field's type, as documented for strings, dates, integers and booleans.
    var operators: [QueryOperator] {
        switch kind {
        case .text: [.eq, .ne, .contains, .notContains, .startsWith, .endsWith]
        case .number, .time, .words, .named: [.eq, .ne, .lt, .le, .gt, .ge]
        case .boolean, .guid: [.eq, .ne]
        case .list, .paths: [.eq, .ne, .contains, .notContains, .startsWith, .endsWith]
        case .any: QueryOperator.allCases
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

/// The value of a field, or a value in a query.
public enum QueryValue: Sendable, Equatable {
    case null
    case text(String)
    case number(Int)
    /// A number of a query that no `Int` holds, or not as it is written: `1.5`, `1e3`, `9223372036854775808`.
    case decimal(DecimalNumber)
    case boolean(Bool)
    case time(Timestamp)
    case guid(GUID)
    case list([String])

    /// The order of two values: null comes first, texts are case-insensitive.
    func order(_ other: QueryValue) -> Ordering {
        switch (self, other) {
        case (.null, .null): .equal
        case (.null, _): .less
        case (_, .null): .greater
        case (.text(let a), .text(let b)): CaselessText.order(a, b)
        case (.number(let a), .number(let b)): Self.order(a, b)
        case (.number(let a), .decimal(let b)): Self.order(DecimalNumber(a), b)
        case (.boolean(let a), .boolean(let b)): Self.order(a ? 1 : 0, b ? 1 : 0)
        case (.time(let a), .time(let b)): Self.order(a, b)
        case (.guid(let a), .guid(let b)): Self.order(a, b)
        case (.list(let a), .list(let b)): Self.order(a.joined(separator: ","), b.joined(separator: ","))
        default: .equal
        }
    }

    private static func order<T: Comparable>(_ a: T, _ b: T) -> Ordering {
        a < b ? .less : a == b ? .equal : .greater
    }
}
