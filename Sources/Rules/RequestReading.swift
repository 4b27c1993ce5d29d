public import Base
public import Command
public import MicroHTTP
import Model

/// What rules read of a request: each part once, and only if a rule asks for it.
public struct RequestReading {
    /// Where the request leads.
    public enum Route: Equatable, Sendable {
        case endpoint(Int)
        case token
        case connection
        case nothing
    }

    /// The longest body that rules read, in bytes. In a longer one no `body.` selector finds anything.
    static let longestBody = 65_536

    let request: Request
    let route: Route
    let world: String
    private let router: Router
    private var readBody: JSONDocument??
    private var readQuery: QueryParameters??
    private var readPath: [String]??
    private var values: [Selected?] = []

    /// A request of which only its route has been read.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - route: where it leads.
    ///   - world: the world's name.
    ///   - router: knows the base paths.
    ///   - body: its body, if it has been parsed already.
    public init(_ request: Request, _ route: Route, world: String, _ router: Router, body: JSONDocument?) {
        (self.request, self.route, self.world, self.router) = (request, route, world, router)
        if let body, request.body.count <= Self.longestBody { readBody = .some(body) }
    }

    /// The decoded segments of the path below the base path; `nil` if it lies below no base path.
    var path: [String]? {
        mutating get {
            if let readPath { return readPath }
            let path = router.segmentsBelowBase(request)
            readPath = .some(path)
            return path
        }
    }

    /// Whether the request is one that a pattern describes.
    mutating func matches(_ pattern: OperationPattern) -> Bool {
        switch route {
        case .token: pattern.subject == .token
        case .connection: pattern.subject == .connection
        case .endpoint, .nothing: path.map { pattern.matches(method: request.method.name, path: $0) } ?? false
        }
    }

    /// What a selector finds.
    ///
    /// - Parameters:
    ///   - number: the selector's number.
    ///   - selectors: all selectors of the book.
    /// - Returns: the value, or that there is none.
    public mutating func value(of number: Int, in selectors: [Selector]) -> Selected {
        // Growing costs less than making an array of a size, which asks for its type at run time.
        while values.count <= number { values.append(nil) }
        if let value = values[number] { return value }
        let value = read(selectors[number])
        values[number] = value
        return value
    }

    private mutating func read(_ selector: Selector) -> Selected {
        switch selector {
        case .header(let name): Selected(request.headerLines(name))
        case .query(let name): query?[name].map { .text($0) } ?? .absent
        case .path(let segment): path.flatMap { $0.indices.contains(segment) ? .text($0[segment]) : nil } ?? .absent
        case .body(let steps): body?.root.value(at: steps).map { .json($0) } ?? .absent
        case .world: .text(world)
        case .method: .text(request.method.name)
        case .caller, .status: .absent
        }
    }

    private var query: QueryParameters? {
        mutating get {
            if let readQuery { return readQuery }
            let query = try? QueryParameters(request)
            readQuery = .some(query)
            return query
        }
    }

    private var body: JSONDocument? {
        mutating get {
            if let readBody { return readBody }
            let fits = !request.body.isEmpty && request.body.count <= Self.longestBody
            let body = fits ? try? JSONDocument.lenient(request.bytes, in: request.body) : nil
            readBody = .some(body)
            return body
        }
    }
}
