import MicroHTTP

/// What can be asked about PAM providers: there are none, which clients that look for some can live with.
enum PamProviderEndpoints {
    static let all: [Endpoint] = [Endpoint(.get, "/PamProviders", needs: .pamRead, list)]

    /// `GET /PamProviders`: a list that pages, filters and sorts like any other, and holds nothing.
    static func list(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let none = Table<Int, PamProvider>(sortedBy: { $0.id < $1.id })
        return .reply(call.list(try call.page(of: none, fields: fields, defaultSort: nil)) { $1.write(to: &$0) })
    }

    /// Assumed: no source names the fields of this list.
    static let fields: [QueryField<PamProvider>] = [
        QueryField("Id", .number, isKey: true) { .number($0.id) },
        QueryField("Name", .text) { .text($0.name) },
    ]
}
