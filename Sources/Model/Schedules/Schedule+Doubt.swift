public import Base
public import Entities

extension Schedule {
    /// The kinds that requests may name, and `Off`.
    static let names = Kind.allCases.map(\.rawValue) + ["Off"]

    private static let members = ["Schedule", "InventorySchedule"]

    /// What is probably wrong with a schedule that sets nothing, where unknown members are ignored: its kind is misspelt.
    ///
    /// - Parameter body: the body of a request.
    /// - Returns: a sentence that names the member and the nearest kind; `nil` if there is nothing to doubt.
    public static func doubt(in body: JSONValue) -> String? {
        for name in members {
            guard let schedule = body[name], schedule.isObject, let kind = unknownKind(of: schedule) else { continue }
            let nearest = nearestWord(to: kind, among: names).map { "did you mean \($0)? Expected" } ?? "expected"
            return "\(name).\(kind.prefix(60)): unknown member, which is ignored; \(nearest) one of \(names.joined(separator: ", "))."
        }
        return nil
    }

    /// The first kind of a schedule that says something, if it says no kind that there is.
    private static func unknownKind(of schedule: JSONValue) -> String? {
        var first: String?
        var isKnown = false
        schedule.forEachMember { name, value in
            guard !value.isNull else { return true }
            // Nearly all are spelt as documented.
            isKnown = names.contains { name.isWritten($0) } || names.contains { $0.lowercased() == name.text?.lowercased() }
            if !isKnown { first = first ?? name.text }
            return !isKnown
        }
        return isKnown ? nil : first
    }
}
