import MicroHTTP
import Model
import ScenarioFormat

/// By what requests are counted separately.
enum CountKey: Sendable, Equatable {
    case caller
    case header(String)
    case query(String)

    /// What it looks like in a scenario.
    static let shape = Shape.text("caller, header.NAME or query.NAME", pattern: "caller|(header|query)\\.[^ ]+")

    /// Reads a key that fits ``shape``.
    ///
    /// - Parameter node: the key; `nil` counts all together.
    init?(reading node: YAMLNode?) {
        guard let parts = node?.text?.split(separator: ".", maxSplits: 1).map(String.init) else { return nil }
        switch parts[0] {
        case "header": self = .header(parts[1].lowercased())
        case "query": self = .query((parts[1].split(separator: ".").last.map(String.init) ?? parts[1]).lowercased())
        default: self = .caller
        }
    }

    /// The key under which a request is counted, cut at 256 characters.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - caller: who makes it.
    /// - Returns: the key, empty where the request has none.
    func key(of request: Request, caller: String) -> String {
        let text =
            switch self {
            case .caller: caller
            case .header(let name): request.headerLines(name).joined(separator: ", ")
            case .query(let name): (try? QueryParameters(request))?[name] ?? ""
            }
        return text.utf8.count <= 256 ? text : String(text.prefix(256))
    }
}
