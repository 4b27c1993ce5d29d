import Base
import Entities
import MicroHTTP
public import Model

/// What can be done with PAM providers and their types.
public enum PamProviderOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        [types, typeOfProvider, createType, deleteType]
        + [
            PamProvider.noun.list(
                sortedBy: "Name",
                established: """
                    paging, filter and sort parameters, default sort Name, permission (documented); Go clients ask for it (client); members of \
                    both versions as POST
                    """,
                assumed: "that there are none unless a scenario says so; fields Id and Name; first version in 10 as in 11"),
            PamProvider.noun.get(established: "members as POST", assumed: "text of the 404"), create, update, delete,
        ] + PamEntry.operations

    private static let types = Operation(
        .get, "/PamProviders/Types", versionTwoSince: .v11, needs: .everywhere(.pamRead),
        returns: Contents.array(Contents.of(PamType.model, .shown)),
        established: "members; CyberArk, Thycotic and Command Secret Provider (recorded); `Parameters` is always an array (client)",
        assumed: "permission; their Ids; which of their parameters each secret has"
    ) { call, estate in .reply(call.bareList(estate.security.pamTypes.all, PamType.model, estate)) }

    private static let typeOfProvider = Operation(
        .get, "/PamProviders/Types/{id}", since: .v25, versionTwoSince: .v25, needs: .everywhere(.pamRead),
        returns: Contents.array(Contents.of(PamType.model, .shown)), id: .integer,
        established: "an array; {id} is the Id of a provider (documented for 25, second version)",
        assumed: "permission; an array of one, or of none where the provider has no type; first version as the second"
    ) { call, estate throws(Refusal) in
        let provider = try PamProvider.noun.find(.pamRead, call, estate)
        let types = provider.type.flatMap { estate.security.pamTypes[$0] }.map { [$0] } ?? []
        return .reply(call.bareList(types, PamType.model, estate))
    }

    private static let createType = Operation(
        .post, "/PamProviders/Types", versionTwoSince: .v11, needs: .everywhere(.pamModify), takes: Contents.of(PamType.model, .create),
        returns: Contents.of(PamType.model, .shown), established: "body, 200 with the type (documented, client)",
        assumed: "permission; 400 for a name that is taken"
    ) { call, estate throws(Refusal) in
        let type = try call.read(PamType.model)
        guard estate.security.pamTypes.named(type.name) == nil else { throw .alreadyExists("PAM provider type", "Name", type.name) }
        return .commit { estate in
            var made = type
            made.id = estate.identifiers.next(.security)
            for index in made.parameters.indices { made.parameters[index].id = estate.security.next(.pamParameter) }
            estate.put(made)
            return call.object(made, PamType.model, .shown, estate)
        }
    }

    private static let deleteType = Operation(
        .delete, "/PamProviders/Types/{id}", since: .v25, needs: .everywhere(.pamModify), established: "204, 25 only (documented)",
        assumed: "permission; 400 for a type that providers are of"
    ) { call, estate throws(Refusal) in
        let type = try PamType.find(try call.guid("id"), call, estate)
        if let provider = estate.security.pamProviders.all.first(where: { $0.type == type.id }) {
            throw .inUse("The PAM provider type '\(type.name)'", by: "the PAM provider '\(provider.name)'")
        }
        return .commit { estate in
            estate.security.removePamType(type.id)
            return Reply(204)
        }
    }

    private static let create = Operation(
        .post, "/PamProviders", versionTwoSince: .v11, needs: .everywhere(.pamModify), takes: PamProvider.noun.content(.create),
        returns: PamProvider.noun.content(.shown),
        established: "body, 200 with the provider, a GUID in place of a secret; the second version lacks Area and SecuredAreaId (recorded)",
        assumed: "permission; all of its 400s; `InstanceGuid`; no parameter is required"
    ) { call, estate throws(Refusal) in
        let draft = try call.read(PamProvider.noun.model(for: call))
        var provider = try draft.provider(over: PamProvider(id: 0, name: ""), call, estate)
        return .commit { estate in
            provider.id = estate.security.next(.pamProvider)
            return put(provider, call, &estate)
        }
    }

    private static let update = Operation(
        .put, "/PamProviders", versionTwoSince: .v11, needs: .everywhere(.pamModify), takes: PamProvider.noun.content(.update),
        returns: PamProvider.noun.content(.shown),
        established: "body with Id, 200 with the provider (documented, client); the second version keeps the type (documented)",
        assumed: "permission; all of its 400s; values that are left out are gone, those without `Value` stay"
    ) { call, estate throws(Refusal) in
        let draft = try call.read(PamProvider.noun.model(for: call), .update)
        let known = try PamProvider.noun.find(draft.id, .pamModify, call, estate)
        let provider = try draft.provider(over: known, call, estate)
        return .commit { estate in put(provider, call, &estate) }
    }

    private static let delete = Operation(
        .delete, "/PamProviders/{id}", versionTwoSince: .v11, needs: .everywhere(.pamModify), id: .integer,
        established: "204 (documented, recorded)",
        assumed: "permission; what uses it is not looked at"
    ) { call, estate throws(Refusal) in
        let provider = try PamProvider.noun.find(.pamModify, call, estate)
        return .commit { estate in
            estate.security.removePamProvider(provider.id)
            return Reply(204)
        }
    }

    /// Puts a provider in, with Ids for its new values, and answers with it in the version that was asked for.
    private static func put(_ provider: PamProvider, _ call: Call, _ estate: inout Estate) -> Reply {
        var provider = provider
        for index in provider.values.indices where provider.values[index].id == 0 {
            provider.values[index].id = estate.security.next(.pamValue)
        }
        estate.security.put(provider)
        return call.object(provider, PamProvider.noun.model(for: call), .shown, estate)
    }
}

extension PamProvider.Draft {
    /// The provider that a request describes, held against the estate.
    fileprivate func provider(over known: PamProvider, _ call: Call, _ estate: Estate) throws(Refusal) -> PamProvider {
        if let other = estate.security.pamProviders.named(name), other.id != known.id { throw .alreadyExists("PAM provider", "Name", name) }
        let type = try PamType.find(type == .empty ? known.type ?? .empty : type, call, estate)
        var provider = known
        provider.name = name
        provider.type = type.id
        provider.isRemote = isRemote
        if call.apiVersion == 1 { (provider.area, provider.securedArea) = (area, securedArea) }
        provider.values = try values(of: type, over: known.type == type.id ? known.values : [])
        return provider
    }
}
