import Base
public import MicroHTTP
import Model

/// Suggests the operation that a request which found nothing was probably meant for.
public struct NearMiss: Sendable {
    private let bases: [String]

    private struct Candidate: Sendable {
        let operation: Operation
        /// Its path as it is compared.
        let shape: [UInt8]
    }

    private static let candidates = API.operations.map { Candidate(operation: $0, shape: shape($0.path)) }

    /// Suggests an operation that is served.
    ///
    /// - Parameter bases: the base paths below which they are.
    public init(bases: [String]) { self.bases = bases }

    /// The explanation of a miss, for the log and for `X-Mock-Why`.
    ///
    /// - Parameter request: the request that found nothing.
    /// - Returns: a sentence without a full stop.
    public func explain(_ request: Request) -> String {
        let path = "/" + Self.segments(request.text(request.path)).prefix(12).joined(separator: "/").prefix(200)
        let asked = "\(request.method.name) \(path)"
        let token = Self.tokenHint(request)
        guard let base = bases.first(where: { Self.isPrefix($0, of: path) }) else {
            let loose = bases.first { path.lowercased().hasPrefix($0.lowercased()) }
            let hint = loose.map { " (a slash is missing after \($0))" } ?? ""
            return "\(asked) is not below a base path\(hint); those are \(bases.joined(separator: ", "))\(token)"
        }
        guard token.isEmpty else { return "no operation is \(asked)\(token)" }
        let below = String(path.dropFirst(base.count))
        guard let nearest = Self.nearest(to: Self.shape(below), request.method, within: max(3, below.count / 2)) else {
            return "no operation is like \(asked)"
        }
        return "no operation \(request.method.name) \(below); nearest is \(nearest.name)"
    }

    /// The first of the operations whose paths are nearest; `nil` if all are too far.
    private static func nearest(to shape: [UInt8], _ method: Method, within most: Int) -> Operation? {
        let distance = EditDistance(from: shape)
        var (nearest, least): (Operation?, Int) = (nil, most + 1)
        for candidate in candidates {
            // No text is nearer than their lengths are.
            let apart = abs(candidate.shape.count - shape.count)
            guard apart < least else { continue }
            let more = candidate.operation.method == method ? 0 : 1
            guard apart + more < least else { continue }
            let found = distance.to(candidate.shape) + more
            if found < least { (nearest, least) = (candidate.operation, found) }
        }
        return nearest
    }

    /// What to add to the explanation of a request that was probably meant for the token endpoint, as another server calls it.
    ///
    /// - Parameter request: a request that did not find it.
    /// - Returns: a clause that begins with a semicolon; empty for other requests.
    public static func tokenHint(_ request: Request) -> String {
        let isMeant = segments(request.text(request.path).lowercased()).last == "token"
        return isMeant ? "; the token endpoint is POST /oauth2/token, outside the base paths" : ""
    }

    /// Why a tool may have sent another method than its user meant.
    ///
    /// - Parameters:
    ///   - request: a request whose method its path does not have.
    ///   - methods: those that it has.
    /// - Returns: a guess; `nil` if nothing speaks for one.
    public static func confusedMethod(of request: Request, among methods: [String]) -> String? {
        if request.method == .post, request.body.isEmpty, methods.contains(Method.get.name) {
            return "the body is empty: curl's --data '' makes a GET a POST, so leave it out or add --get"
        }
        // Go clients send null with every GET.
        if request.method == .get, !request.body.isEmpty, request.text(request.body.prefix(8)) != "null",
            methods.contains(Method.post.name)
        {
            return "this GET has a body: curl's --request GET keeps --data from making it a POST"
        }
        return nil
    }

    /// The segments of a path. Bytes are compared, since a slash is one; to find characters takes five times as long.
    private static func segments(_ path: String) -> [Substring] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
    }

    private static func isPrefix(_ base: String, of path: String) -> Bool {
        let (base, path) = (base.lowercased(), path.lowercased())
        return path == base || path.hasPrefix(base + "/")
    }

    /// A path with `{}` in place of identifiers, so that only words are compared.
    private static func shape(_ path: String) -> [UInt8] {
        let segments = segments(path.lowercased()).map { segment in
            segment.hasPrefix("{") || GUID(dotNet: String(segment)) != nil || Int(segment) != nil ? "{}" : segment
        }
        return Array(segments.joined(separator: "/").utf8)
    }
}
