public import Entities
public import MicroHTTP

/// One operation of Command's API, said once: method and path, what it needs, takes and returns, what it does, and how far that is known.
///
/// Router, permission check, API description, `docs/fidelity/`, coverage and near misses come from it.
public final class Operation: Sendable {
    /// What an operation does: check the call against the estate, which it cannot change, and say what is to be done.
    public typealias Work = @Sendable (Call, Estate) throws(Refusal) -> Outcome

    /// The HTTP method; HEAD is served as GET.
    public let method: Method
    /// The path below the base path as Keyfactor writes it; `{id}` stands for one segment.
    public let path: String
    /// The first release that has it.
    let since: ProductVersion
    /// The last release that has it.
    let until: ProductVersion
    /// The first release in which it has a second version, which a request asks for by `x-keyfactor-api-version`; `nil` for one without.
    let versionTwoSince: ProductVersion?
    /// The permission that a caller must have.
    public let needs: Need
    /// Whether its work sees what has fallen due. The one that only adds a job does not wait for it.
    public let seesTime: Bool
    /// Whether each call of it may take long.
    public let mayTakeLong: Bool
    /// The body it reads, if it reads one.
    public let takes: Content?
    /// The body of its success; 204 without one.
    public let returns: Content?
    /// The parameters of its query.
    public let query: [Parameter]
    /// Whether its answer has an X-Total-Count.
    public let counts: Bool
    /// What `{id}` is in its path.
    public let id: Schema
    /// The names of its path parameters, in order.
    public let parameterNames: [String]
    /// How far it is known.
    public let facts: Facts
    /// What it does with a call.
    public let work: Work

    /// A parameter of the query.
    public struct Parameter: Sendable {
        /// The parameter's name, as Command spells it.
        public let name: String
        /// What values it takes.
        public let schema: Schema
        /// Whether a request has to have it.
        public var isRequired = false

        /// A parameter by its parts; optional unless said otherwise.
        public init(name: String, schema: Schema, isRequired: Bool = false) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
        }
    }

    /// What is known of an operation and what was guessed, as `docs/fidelity/` shows it.
    public struct Facts: Sendable {
        /// What is recorded, documented or relied on by clients; says which.
        public let established: String
        /// What nobody could establish, and was guessed.
        public let assumed: String
    }

    /// An operation.
    ///
    /// - Parameters:
    ///   - method: its method.
    ///   - path: its path below the base path.
    ///   - since: the first release that has it.
    ///   - until: the last release that has it.
    ///   - versionTwoSince: the first release in which it has a second version; its work reads the version from `Call.apiVersion`.
    ///   - needs: the permission that a caller must have.
    ///   - takes: the body it reads.
    ///   - returns: the body of its success; 204 without one.
    ///   - query: the parameters of its query.
    ///   - counts: whether its answer has an X-Total-Count.
    ///   - id: what `{id}` is in its path.
    ///   - seesTime: whether what has fallen due is applied before.
    ///   - mayTakeLong: whether each call may take long, so that no thread that serves should work on it.
    ///   - established: what is recorded, documented or relied on by clients, and which of these.
    ///   - assumed: what was guessed.
    ///   - work: what it does.
    public init(
        _ method: Method, _ path: String, since: ProductVersion = .v10, until: ProductVersion = .v25,
        versionTwoSince: ProductVersion? = nil, needs: Need, takes: Content? = nil, returns: Content? = nil, query: [Parameter] = [],
        counts: Bool = false, id: Schema = .guid, seesTime: Bool = true, mayTakeLong: Bool = false, established: String, assumed: String,
        _ work: @escaping Work
    ) {
        self.method = method
        self.path = path
        self.since = since
        self.until = until
        self.versionTwoSince = versionTwoSince
        self.needs = needs
        self.takes = takes
        self.returns = returns
        self.query = query
        self.counts = counts
        self.id = id
        parameterNames = path.utf8.split(separator: UInt8(ascii: "/")).filter { $0.first == UInt8(ascii: "{") }
            .map { String(Substring($0.dropFirst().dropLast())) }
        self.seesTime = seesTime
        self.mayTakeLong = mayTakeLong
        facts = Facts(established: established, assumed: assumed)
        self.work = work
    }

    /// The same operation with other work.
    public init(_ operation: Operation, _ work: @escaping Work) {
        method = operation.method
        path = operation.path
        since = operation.since
        until = operation.until
        versionTwoSince = operation.versionTwoSince
        needs = operation.needs
        takes = operation.takes
        returns = operation.returns
        query = operation.query
        counts = operation.counts
        id = operation.id
        parameterNames = operation.parameterNames
        seesTime = operation.seesTime
        mayTakeLong = operation.mayTakeLong
        facts = operation.facts
        self.work = work
    }

    /// The operation as Keyfactor's documentation writes it: `POST /OrchestratorJobs/Custom`.
    public var name: String { "\(method.name) \(path)" }

    /// Whether a release has it.
    public func isServed(by product: ProductVersion) -> Bool { since <= product && product <= until }

    /// The releases that have it: the first, and the last where later ones have it no more.
    public var releases: String { until == .v25 ? since.rawValue : "\(since.rawValue) to \(until.rawValue)" }

    /// Whether it has a second version in a release.
    public func hasVersionTwo(in product: ProductVersion) -> Bool { versionTwoSince.map { $0 <= product } ?? false }

    /// Whether its body is read as JSON.
    public var takesBody: Bool { takes != nil }
}

/// What a body looks like, release by release.
public typealias Content = @Sendable (ProductVersion) -> Schema

/// Bodies that several operations share.
public enum Contents {
    /// A bare array of GUIDs.
    public static let guids: Content = { _ in .array(.guid) }

    /// A form of a model, which is made when it is asked for: to list the operations makes no model.
    public static func of<Row>(_ model: @autoclosure @escaping @Sendable () -> Model<Row>, _ form: Forms) -> Content {
        { model().schema($0, form) }
    }

    /// An array of what another content is.
    public static func array(_ element: @escaping Content) -> Content { { .array(element($0)) } }

    /// What an operation takes or returns in its first version, or in its second, in the releases that have one.
    public static func versions(_ one: @escaping Content, _ two: @escaping Content, since: ProductVersion) -> Content {
        { $0 < since ? one($0) : .either([one($0), two($0)]) }
    }
}

extension Operation.Parameter {
    /// The parameters of a list: paging and sorting and, where there is one, the filter.
    public static func list(filters: Bool = true) -> [Self] {
        let filter = filters ? [Self(name: "QueryString", schema: .text)] : []
        return filter + [
            Self(name: "PageReturned", schema: .integer), Self(name: "ReturnLimit", schema: .integer),
            Self(name: "SortField", schema: .text), Self(name: "SortAscending", schema: .word(numbers: [0, 1], names: [])),
        ]
    }
}

/// What an operation comes to: something to send, or something to do first. Whatever may be refused has been refused before.
public enum Outcome {
    case reply(Reply)
    /// Changes the estate and replies. It has no way to fail, so that nothing is ever half done.
    case commit((inout Estate) -> Reply)
}

/// The vendor's part of a response: a status, a JSON body, for lists how many rows there are in all, and header fields of its own.
public struct Reply: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The JSON text in UTF-8; empty for no body.
    public var body: [UInt8]
    /// Sent as `X-Total-Count`.
    public var total: Int?
    /// Header fields in addition to those that all replies have.
    public var headers: [(name: String, value: String)]

    /// Completes the body once the world's lock is released, where that takes long. The journal keeps the body as it was before.
    public var finish: (@Sendable ([UInt8]) -> [UInt8])?

    /// A reply.
    ///
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - body: JSON, or nothing.
    ///   - total: how many rows match in all, whatever the page.
    ///   - headers: header fields in addition to those that all replies have.
    public init(_ status: Int, _ body: [UInt8] = [], total: Int? = nil, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.body = body
        self.total = total
        self.headers = headers
    }

    /// Adds a header field.
    public mutating func add(_ name: String, _ value: String) { headers.append((name, value)) }

    /// The same reply without `X-Total-Count`.
    public var withoutTotal: Reply {
        var reply = self
        reply.total = nil
        return reply
    }
}
