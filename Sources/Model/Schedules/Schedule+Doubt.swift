public import Base
public import Entities

extension Schedule {
    /// The kinds that requests may name, and `Off`.
    static let names = Kind.allCases.map(\.rawValue) + ["Off"]

    /// What is probably wrong with a schedule that sets nothing, where unknown members are ignored: its kind is misspelt.
    ///
    /// - Parameter body: the body of a request.
    /// - Returns: a sentence that names the member and the nearest kind; `nil` if there is nothing to doubt.
    public static func doubt(in body: JSONValue) -> String? {
        for name in ["Schedule", "InventorySchedule"] {
            guard let schedule = body[name], schedule.isObject else { continue }
            let kinds = schedule.members.filter { !$0.value.isNull }.map(\.name)
            guard let kind = kinds.first, !kinds.contains(where: isKnown) else { continue }
            let nearest = nearestWord(to: kind, among: names).map { "did you mean \($0)? Expected" } ?? "expected"
            return "\(name).\(kind.prefix(60)): unknown member, which is ignored; \(nearest) one of \(names.joined(separator: ", "))."
        }
        return nil
    }

    private static func isKnown(_ kind: String) -> Bool { names.contains { $0.lowercased() == kind.lowercased() } }
}
