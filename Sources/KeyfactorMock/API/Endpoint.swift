import MicroHTTP

/// One operation of Command's API: a method, a path, what it needs, and what it does.
struct Endpoint: Sendable {
    /// What an operation does: check the call against the estate, which it cannot change, and say what is to be done.
    typealias Work = @Sendable (Call, Estate) throws(Refusal) -> Outcome

    let method: Method
    /// The path below the base path as Keyfactor writes it; `{id}` stands for one segment.
    let path: String
    /// The first release that has it.
    let since: ProductVersion
    let needs: Need
    let takesBody: Bool
    /// Whether its work sees what has fallen due. The one that only adds a job does not wait for it.
    let seesTime: Bool
    let work: Work

    /// An operation.
    ///
    /// - Parameters:
    ///   - method: its method.
    ///   - path: its path below the base path.
    ///   - since: the first release that has it.
    ///   - needs: the permission that a caller must have.
    ///   - takesBody: whether its body is read as JSON.
    ///   - seesTime: whether what has fallen due is applied before.
    ///   - work: what it does.
    init(
        _ method: Method, _ path: String, since: ProductVersion = .v10, needs: Need, takesBody: Bool = false,
        seesTime: Bool = true, _ work: @escaping Work
    ) {
        self.method = method
        self.path = path
        self.since = since
        self.needs = needs
        self.takesBody = takesBody
        self.seesTime = seesTime
        self.work = work
    }

    /// The operation as Keyfactor's documentation writes it: `POST /OrchestratorJobs/Custom`.
    var name: String { "\(method.name) \(path)" }
}

/// What an endpoint answers: something to send, or something to do first. Whatever may be refused has been refused before.
enum Outcome {
    case reply(Reply)
    /// Changes the estate and answers. It has no way to fail, so that nothing is ever half done.
    case commit((inout Estate) -> Reply)
}

/// The vendor's part of a response: a status, a JSON body and, for lists, how many there are in all.
struct Reply: Sendable {
    var status: Int
    var body: [UInt8]
    /// Sent as `X-Total-Count`.
    var total: Int?

    /// A reply.
    ///
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - body: JSON, or nothing.
    ///   - total: how many rows match in all, whatever the page.
    init(_ status: Int, _ body: [UInt8] = [], total: Int? = nil) {
        self.status = status
        self.body = body
        self.total = total
    }
}
