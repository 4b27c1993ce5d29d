/// What an operation takes and answers, for the description of the API.
struct Description: Sendable {
    /// A parameter in the query.
    struct Parameter: Sendable {
        let name: String
        let schema: Schema
        var isRequired = false
    }

    /// The body it reads.
    var body: Schema?
    /// The body of its success; 204 without.
    var answer: Schema?
    var query: [Parameter] = []
    /// Whether its answer has an X-Total-Count.
    var counts = false
    /// What `{id}` is in its path.
    var id = Schema.guid

    /// A page of a list.
    ///
    /// - Parameters:
    ///   - row: what is listed.
    ///   - filters: whether there is a `QueryString`.
    /// - Returns: a description of 200 with an array.
    static func list(of row: Schema, filters: Bool = true) -> Description {
        let paging = [
            Parameter(name: "PageReturned", schema: .integer), Parameter(name: "ReturnLimit", schema: .integer),
            Parameter(name: "SortField", schema: .text), Parameter(name: "SortAscending", schema: .word(numbers: [0, 1], names: [])),
        ]
        let filter = filters ? [Parameter(name: "QueryString", schema: .text)] : []
        return Description(answer: .array(row), query: filter + paging, counts: true)
    }

    /// An operation that answers 200.
    ///
    /// - Parameters:
    ///   - answer: the body of the answer.
    ///   - body: the body it reads, if it reads one.
    ///   - query: its parameters.
    /// - Returns: its description.
    static func answers(_ answer: Schema, to body: Schema? = nil, query: [Parameter] = []) -> Description {
        Description(body: body, answer: answer, query: query)
    }

    /// An operation that answers 204.
    ///
    /// - Parameters:
    ///   - body: the body it reads, if it reads one.
    ///   - query: its parameters.
    /// - Returns: its description.
    static func done(_ body: Schema? = nil, query: [Parameter] = []) -> Description {
        Description(body: body, query: query)
    }

    /// The same with an `{id}` that is a number.
    var withNumber: Description {
        var copy = self
        copy.id = .integer
        return copy
    }
}

extension API {
    /// What each operation takes and answers, by the operation's name. A test compares it with `endpoints`.
    static let descriptions: [String: Description] = [
        StatusDescription.all, AgentDescription.all, JobTypeDescription.all, CertificateStoreDescription.all, StoreTypeDescription.all,
        ContainerDescription.all, JobDescription.all, PamProviderDescription.all,
    ].reduce(into: [:]) { $0.merge($1) { one, _ in one } }
}
