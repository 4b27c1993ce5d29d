public import Entities
public import Model

extension PamProvider: Modelled {
    /// A PAM provider: what every release calls it by. Assumed: no source names the query fields.
    public static let model = Model<PamProvider>([.shown: "PamProvider"], "a PAM provider") {
        Member("Id", .given()) { $0.id }.filtered(isKey: true)
            .seeded("id", about: "its Id; the next free one if left out", \.id)
        Member("Name", .text("a name", length: 1...128)) { $0.name }.filtered()
            .seeded("name", required: true, about: "its name", \.name)
    }

    /// The PAM providers of an estate, and what their operations share.
    static let noun = Noun("/PamProviders", model, reads: .pamRead, rows: \.pamProviders, notFound: { .pamProviderNotFound($0) })
}

/// What can be asked about PAM providers.
public enum PamProviderOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] = [
        PamProvider.noun.list(
            sortedBy: "Name",
            established: "paging, filter and sort parameters, default sort Name, permission (documented); Go clients ask for it (client)",
            assumed: "that there are none unless a scenario says so; fields Id and Name")
    ]
}
