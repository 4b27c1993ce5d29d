import Base
public import Entities
import MicroHTTP
public import Model

extension PamProvider.Entry: Modelled {
    /// An entry as files have it.
    static let model = Model<PamProvider.Entry>([:], "an entry", blank: { .init(name: "", description: nil) }) {
        Seed("name", .text("a name", length: 1...400), required: true, about: "the name of the secret", \.name)
        Seed("description", .text, about: "what it is for", \.description)
    }
}

/// A secret that Command itself keeps for a PAM provider, as answers and requests have it.
struct PamEntry: Modelled {
    var provider = 0
    var name = ""
    var description: String?

    static let model = Model<PamEntry>(
        [.shown: "LocalPamEntry", .create: "LocalPamEntryCreateRequest", .update: "LocalPamEntryUpdateRequest"], blank: { .init() }
    ) {
        Member("ProviderId", .number) { $0.provider }
        Member("SecretName", .text.limited(to: 400)) { $0.name }.filtered()
            .asked(.requests, required: "at least one character", \.name)
        Member("Description", .text.limited(to: 2000), nullable: { $0.description }).filtered()
            .asked(.requests, \.description)
        Asked("SecretValue", .text, in: .create, required: "at least one character") { _, _ in }
        Asked(dropped: "SecretValue", .text, in: .update)
    }

    static let operations = [list, create, update, delete]

    private static let mostEntries = 10_000
    private static let path = "/PamProviders/Local/{providerId}/Entries"

    private static func provider(_ permission: Permission, _ call: Call, _ estate: Estate) throws(Refusal) -> PamProvider {
        try PamProvider.noun.find(try call.number("providerId"), permission, call, estate)
    }

    private static let list = Operation(
        .get, path, since: .v25, needs: .everywhere(.pamRead), returns: Contents.array(Contents.of(model, .shown)),
        query: Operation.Parameter.list(), counts: true, established: "members, paging (documented for 25)",
        assumed: "permission; sorted by SecretName; every provider may have entries"
    ) { call, estate throws(Refusal) in
        let provider = try provider(.pamRead, call, estate)
        let entries = provider.entries.map { PamEntry(provider: provider.id, name: $0.name, description: $0.description) }
            .sorted { $0.name.lowercased() < $1.name.lowercased() }
        let page = try call.page(
            of: GatheredRows(all: entries), fields: model.queryFields(call.view(.shown, estate)), defaultSort: "SecretName")
        return .reply(call.list(page, model, .shown, estate))
    }

    private static let create = Operation(
        .post, path, since: .v25, needs: .everywhere(.pamModify), takes: Contents.of(model, .create), returns: Contents.of(model, .shown),
        established: "body, members (documented for 25)", assumed: "permission; 400 for a name that is taken; the value is dropped"
    ) { call, estate throws(Refusal) in
        var provider = try provider(.pamModify, call, estate)
        let entry = try call.read(model)
        if place(of: entry.name, in: provider) != nil { throw .alreadyExists("local PAM entry", "SecretName", entry.name) }
        guard provider.entries.count < mostEntries else { throw .worldIsFull("entries of a PAM provider", limit: mostEntries) }
        provider.entries.append(.init(name: entry.name, description: entry.description))
        return commit(provider, entry, call)
    }

    private static let update = Operation(
        .put, path, since: .v25, needs: .everywhere(.pamModify), takes: Contents.of(model, .update), returns: Contents.of(model, .shown),
        established: "body, members (documented for 25)", assumed: "permission; 400 for an unknown name; without SecretValue it stays"
    ) { call, estate throws(Refusal) in
        var provider = try provider(.pamModify, call, estate)
        let entry = try call.read(model, .update)
        provider.entries[try known(entry.name, in: provider)].description = entry.description
        return commit(provider, entry, call)
    }

    private static let delete = Operation(
        .delete, path, since: .v25, needs: .everywhere(.pamModify), query: [.init(name: "secretName", schema: .text, isRequired: true)],
        established: "parameter, 204 (documented for 25)", assumed: "permission; 400 for an unknown name"
    ) { call, estate throws(Refusal) in
        var provider = try provider(.pamModify, call, estate)
        provider.entries.remove(at: try known(try call.required("secretName"), in: provider))
        let changed = provider
        return .commit { estate in
            estate.security.put(changed)
            return Reply(204)
        }
    }

    private static func place(of name: String, in provider: PamProvider) -> Int? {
        provider.entries.firstIndex { $0.name.lowercased() == name.lowercased() }
    }

    private static func known(_ name: String, in provider: PamProvider) throws(Refusal) -> Int {
        guard let place = place(of: name, in: provider) else {
            throw .badArgument("SecretName: expected the name of an entry of the PAM provider '\(provider.name)', found another.")
        }
        return place
    }

    private static func commit(_ provider: PamProvider, _ entry: PamEntry, _ call: Call) -> Outcome {
        .commit { estate in
            estate.security.put(provider)
            return call.object(PamEntry(provider: provider.id, name: entry.name, description: entry.description), model, .shown, estate)
        }
    }
}
