/// A filter in Keyfactor's query language: comparisons joined with AND and OR, in parentheses where wanted.
struct Query<Row>: Sendable {
    /// A part of a filter.
    indirect enum Term: Sendable {
        case all([Term])
        case any([Term])
        case comparison(QueryField<Row>, QueryOperator, QueryValue)
    }

    let term: Term

    /// Whether a row passes.
    ///
    /// Texts are compared without case, as SQL Server's default collation does. A row that holds null passes `-ne` and
    /// `-notcontains` and nothing else; both are assumed.
    func matches(_ row: Row) -> Bool {
        Self.matches(term, row)
    }

    /// What the key must equal for a row to pass, if the filter says so: then one look-up finds all rows that can.
    var key: QueryValue? {
        let terms = if case .all(let terms) = term { terms } else { [term] }
        for case .comparison(let field, .eq, let value) in terms where field.isKey && value != .null { return value }
        return nil
    }

    private static func matches(_ term: Term, _ row: Row) -> Bool {
        switch term {
        case .all(let terms): terms.allSatisfy { matches($0, row) }
        case .any(let terms): terms.contains { matches($0, row) }
        case .comparison(let field, let operation, let wanted): compare(field.value(row), operation, wanted)
        }
    }

    private static func compare(_ found: QueryValue, _ operation: QueryOperator, _ wanted: QueryValue) -> Bool {
        if found == .null || wanted == .null {
            let isSame = found == .null && wanted == .null
            return operation == .eq ? isSame : operation == .ne ? !isSame : operation == .notContains
        }
        if case .list(let texts) = found, case .text(let part) = wanted {
            return switch operation {
            case .eq: texts.contains { $0.lowercased() == part }
            case .ne: !texts.contains { $0.lowercased() == part }
            case .notContains: !texts.contains { $0.lowercased().contains(part) }
            case .startsWith: texts.contains { $0.lowercased().hasPrefix(part) }
            case .endsWith: texts.contains { $0.lowercased().hasSuffix(part) }
            default: texts.contains { $0.lowercased().contains(part) }
            }
        }
        if case .text(let text) = found, case .text(let part) = wanted {
            let text = text.lowercased()
            return switch operation {
            case .eq: text == part
            case .ne: text != part
            case .contains: text.contains(part)
            case .notContains: !text.contains(part)
            case .startsWith: text.hasPrefix(part)
            case .endsWith: text.hasSuffix(part)
            default: false
            }
        }
        return switch operation {
        case .eq: found.order(wanted) == .equal
        case .ne: found.order(wanted) != .equal
        case .lt: found.order(wanted) == .less
        case .le: found.order(wanted) != .greater
        case .gt: found.order(wanted) == .greater
        case .ge: found.order(wanted) != .less
        default: false
        }
    }
}
