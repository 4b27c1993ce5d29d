/// A filter in Keyfactor's query language: comparisons joined with AND and OR, in parentheses where wanted.
struct Query<Row>: Sendable {
    /// A part of a filter.
    indirect enum Term: Sendable {
        case all([Term])
        case any([Term])
        case comparison(Comparison)
    }

    /// A field held against a value.
    struct Comparison: Sendable {
        let field: QueryField<Row>
        let operation: QueryOperator
        let wanted: QueryValue
        private let needle: Needle?

        init(_ field: QueryField<Row>, _ operation: QueryOperator, _ wanted: QueryValue) {
            self.field = field
            self.operation = operation
            self.wanted = wanted
            needle = if case .text(let text) = wanted { Needle(text) } else { nil }
        }

        /// Whether a row passes.
        func matches(_ row: Row) -> Bool {
            let found = field.value(row)
            if let needle {
                switch found {
                case .text(let text): return needle.matches(text, operation)
                case .list(let texts): return matches(texts, needle)
                default: break
                }
            }
            if found == .null || wanted == .null {
                let isSame = found == .null && wanted == .null
                return operation == .eq ? isSame : operation == .ne ? !isSame : operation == .notContains
            }
            return switch operation {
            case .eq: found.order(wanted) == .equal
            case .ne: found.order(wanted) != .equal
            case .lt: found.order(wanted) == .less
            case .le: found.order(wanted) != .greater
            case .gt: found.order(wanted) == .greater
            case .ge: found.order(wanted) != .less
            case .contains, .notContains, .startsWith, .endsWith: false
            }
        }

        /// A list passes if one element does; what it must not be or hold, no element may.
        private func matches(_ texts: [String], _ needle: Needle) -> Bool {
            switch operation {
            case .ne: !texts.contains { needle.matches($0, .eq) }
            case .notContains: !texts.contains { needle.matches($0, .contains) }
            default: texts.contains { needle.matches($0, operation) }
            }
        }
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
        for case .comparison(let part) in terms where part.operation == .eq && part.field.isKey && part.wanted != .null {
            return part.wanted
        }
        return nil
    }

    private static func matches(_ term: Term, _ row: Row) -> Bool {
        switch term {
        case .all(let terms): terms.allSatisfy { matches($0, row) }
        case .any(let terms): terms.contains { matches($0, row) }
        case .comparison(let comparison): comparison.matches(row)
        }
    }
}
