import Base

/// A filter in Keyfactor's query language: comparisons combined with AND, OR and parentheses.
public struct Query<Row>: Sendable {
    /// A part of a filter.
    indirect enum Term: Sendable {
        case all([Term])
        case any([Term])
        case comparison(Comparison)
    }

    /// A comparison of a field with a value.
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
                case .text(let text): return Self.matches(text, operation, needle)
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

        /// A list passes if one element does; negative operators must hold for all elements.
        private func matches(_ texts: [String], _ needle: Needle) -> Bool {
            switch operation {
            case .ne: !texts.contains(where: needle.equals)
            case .notContains: !texts.contains(where: needle.isPart)
            default: texts.contains { Self.matches($0, operation, needle) }
            }
        }

        private static func matches(_ text: String, _ operation: QueryOperator, _ needle: Needle) -> Bool {
            switch operation {
            case .eq: needle.equals(text)
            case .ne: !needle.equals(text)
            case .contains: needle.isPart(of: text)
            case .notContains: !needle.isPart(of: text)
            case .startsWith: needle.begins(text)
            case .endsWith: needle.ends(text)
            case .lt, .le, .gt, .ge: false
            }
        }
    }

    let term: Term

    /// Whether a row passes.
    ///
    /// Texts are case-insensitive, as in SQL Server's default collation. A null value passes only `-ne` and `-notcontains`. Both are
    /// assumed.
    public func matches(_ row: Row) -> Bool {
        Self.matches(term, row)
    }

    /// The value that an indexed field must have for a row to pass, if the filter requires one: then one lookup finds the candidates.
    public var key: QueryKey? {
        let terms = if case .all(let terms) = term { terms } else { [term] }
        for case .comparison(let part) in terms where part.operation == .eq && part.field.isKey && part.wanted != .null {
            return QueryKey(field: part.field.name, value: part.wanted)
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

/// What an indexed field must be for rows to pass a filter.
public struct QueryKey: Sendable {
    /// The field's name, as the model spells it.
    public let field: String
    /// Its value.
    public let value: QueryValue

    /// A key by its parts.
    public init(field: String, value: QueryValue) { (self.field, self.value) = (field, value) }
}
