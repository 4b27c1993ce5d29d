import Base
import Command
import MicroHTTP
import Rules

/// How much the requests of a journal are like an operation.
struct Likeness {
    private let wanted: (method: String?, path: [UInt8])?
    /// The distances of paths so far: a journal has many requests and few paths.
    private var known: [[UInt8]: Int] = [:]

    /// Compares with an operation; without one all are alike.
    init(to operation: OperationPattern?) {
        wanted = operation.map { operation in
            let words = operation.text.split(separator: " ").last ?? ""
            return (operation.method, Self.shape(words.split(separator: "/").map(String.init)))
        }
    }

    /// How many letters of the path, and whether the method, would have to change.
    mutating func distance(of entry: JournalEntry, _ router: Router) -> Int {
        guard let wanted else { return 0 }
        let path = Self.shape(router.segmentsBelowBase(entry.request) ?? [entry.request.text(entry.request.path)])
        let method = wanted.method == nil || wanted.method == entry.request.method.name ? 0 : 1
        if let distance = known[path] { return method + distance }
        let distance = EditDistance.between(wanted.path, path)
        known[path] = distance
        return method + distance
    }

    /// A path with `*` in place of identifiers, at most 80 bytes of it.
    private static func shape(_ segments: [String]) -> [UInt8] {
        let words = segments.prefix(8).map { GUID(dotNet: $0) != nil || Int($0) != nil || $0.hasPrefix("{") ? "*" : $0.lowercased() }
        return Array(words.joined(separator: "/").utf8.prefix(80))
    }
}
