public import Base
public import Entities

extension Schedule {
    /// The kinds that requests may name, and `Off`.
    static let names = Kind.allCases.map(\.rawValue) + ["Off"]

    /// The members of requests that hold a schedule.
    private static let members = ["Schedule", "InventorySchedule", "FullScan", "IncrementalScan", "ThresholdCheck"]

    /// What is probably wrong with a schedule, where unknown members are ignored: a kind is misspelt.
    ///
    /// - Parameter body: the body of a request.
    /// - Returns: a sentence that names the member and the nearest kind; `nil` if there is nothing to doubt.
    public static func doubt(in body: JSONValue) -> String? {
        guard !body.isArray else { return body.elements.lazy.filter(\.isObject).compactMap { doubt(in: $0) }.first }
        for name in members {
            guard let schedule = body[name], schedule.isObject, let kind = unknownKind(of: schedule) else { continue }
            let nearest = nearestWord(to: kind, among: names).map { "did you mean \($0)? Expected" } ?? "expected"
            return "\(name).\(kind.prefix(60)): unknown member, which is ignored; \(nearest) one of \(names.joined(separator: ", "))."
        }
        return nil
    }

    /// The first kind of a schedule that says something and is none.
    private static func unknownKind(of schedule: JSONValue) -> String? {
        var unknown: String?
        schedule.forEachMember { name, value in
            // Nearly all are spelt as documented.
            let isKnown =
                value.isNull || names.contains { name.isWritten($0) } || names.contains { $0.lowercased() == name.text?.lowercased() }
            if !isKnown { unknown = name.text }
            return isKnown
        }
        return unknown
    }
}
