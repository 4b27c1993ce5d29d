public import Base
public import Entities
import ScenarioFormat

extension Kind where Value: NamedNumber {
    /// An enum. Requests may say the name without case, the number, or the number in quotes, as .NET does.
    ///
    /// - Parameters:
    ///   - group: the switch that says how answers have it; `nil` for an enum that always goes by its name.
    ///   - isLowercased: whether scenario files write its names in lower case.
    /// - Returns: the kind.
    public static func word(_ group: WireStyle.EnumGroup?, lowercasedInFiles isLowercased: Bool = false) -> Kind {
        word(lowercasedInFiles: isLowercased) { style in group.map { style.numbers.contains($0) } ?? false }
    }

    /// An enum that every release sends as its number, and that is read as any other.
    public static var numbered: Kind { word(lowercasedInFiles: false) { _ in true } }

    private static func word(lowercasedInFiles isLowercased: Bool, isNumber: @escaping @Sendable (WireStyle) -> Bool) -> Kind {
        let word = { @Sendable (value: Value) in isLowercased ? value.name.lowercased() : value.name }
        var kind = Kind(.word(Value.self, \.name)) { value, _, writer in
            if isNumber(writer.style) { writer.value(value.rawValue) } else { writer.value(value.name) }
        } read: { json, place, _ throws(Refusal) in
            let (text, number) = (json.word, json.number)
            guard let value = Value.allCases.first(where: { $0.rawValue == number || $0.name.lowercased() == text }) else {
                if json.isNothing { return .null }
                throw .badArgument("\(place): expected \(Value.oneOfAll), found \(json.shortSource).", member: place)
            }
            return .value(value)
        }
        let numbers = Dictionary(uniqueKeysWithValues: Value.allCases.map { ($0.name.lowercased(), $0.rawValue) })
        kind.query = .init(kind: .words(numbers)) { .number($0.rawValue) }
        kind.shape = .word(Value.allCases.map(word))
        kind.seed = { node, _ in Value.allCases.first { word($0) == node.text } }
        kind.dump = { value, _, writer in writer.value(word(value)) }
        return kind
    }
}

extension NamedNumber {
    /// All values as refusals list them: `one of None (0), Requested (1)`.
    public static var oneOfAll: String { "one of " + allCases.map { "\($0.name) (\($0.rawValue))" }.joined(separator: ", ") }
}
