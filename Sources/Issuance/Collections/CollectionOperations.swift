import Base
import Entities
import MicroHTTP
public import Model

/// What can be done with certificate collections.
public enum CollectionOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        [
            CertificateCollection.noun.list(
                sortedBy: "Id", established: "members and their order, the query as Content (recorded); paging (documented)",
                assumed: "`X-Total-Count`; default sort Id; query fields; permission; collections out of reach are left out")
        ] + [get, list, navItems, create, copy, update, delete, favorite, grant]

    private static let reads = Need.containers(.certificatesRead)
    private static let modifies = Need.everywhere(.collectionsModify)

    private static let get = Operation(
        .get, "/CertificateCollections/{id}", needs: reads, returns: Contents.of(CertificateCollection.model, .shown),
        id: .either([.integer, .text]),
        established: "by Id or by name (client); members and their order (recorded)",
        assumed:
            "a whole number is an Id; names without case; text of the 404; a collection without a query counts its certificates at once, others stay uncounted"
    ) { call, estate throws(Refusal) in
        let (id, name) = call.idOrName
        guard let collection = id.map({ estate.collections[$0] }) ?? estate.collections.named(name) else {
            let refusal = id.map { Refusal.collectionNotFound($0) } ?? .collectionNotFound(named: name)
            throw refusal.forUnknownID(call.fidelity)
        }
        try call.require(.certificatesRead, container: collection.id)
        return .reply(call.object(collection, CertificateCollection.model, .shown, estate))
    }

    private static let list = Operation(
        .get, "/CertificateCollections/CollectionList", needs: reads,
        returns: Contents.array(Contents.of(CertificateCollection.model, .listed)), query: Operation.Parameter.list(), counts: true,
        established: "members (documented)", assumed: "names of DuplicationField; HasQueryPermissions is true; the rest as for the list"
    ) { call, estate throws(Refusal) in
        let model = CertificateCollection.model
        let page = try call.page(
            of: estate.collections.rows, fields: model.queryFields(call.view(.listed, estate)), defaultSort: "Id",
            isVisible: isVisible(call))
        return .reply(call.list(page, model, .listed, estate))
    }

    private static let navItems = Operation(
        .get, "/CertificateCollections/NavItems", needs: reads, returns: Contents.array(Contents.of(CollectionNavItem.model, .shown)),
        established: "members (documented)", assumed: "the favorites, by Id"
    ) { call, estate throws(Refusal) in
        let rows = estate.collections.rows.all.filter { $0.isFavorite && isVisible(call)($0) }.map { CollectionNavItem(collection: $0) }
        var reply = call.list(Page(rows: rows, total: rows.count), CollectionNavItem.model, .shown, estate)
        reply.total = nil
        return .reply(reply)
    }

    private static func isVisible(_ call: Call) -> (CertificateCollection) -> Bool {
        { call.caller.permissions.allow(.certificatesRead, container: $0.id) }
    }

    private static let create = Operation(
        .post, "/CertificateCollections", needs: modifies, takes: Contents.of(CertificateCollection.model, .create),
        returns: Contents.of(CertificateCollection.model, .written),
        established: """
            body (documented); the answer with Query and EstimatedCertCount 0 (recorded); codes of a name that is taken and of Query with \
            CopyFromId (client)
            """,
        assumed: "status and text of both; that a query is only looked at for its form; neither of them is a collection of all certificates"
    ) { call, estate throws(Refusal) in
        let draft = try call.read(CertificateCollection.model)
        if draft.source != nil, draft.query?.isEmpty == false { throw .collectionOfTwoSources }
        return try added(draft, call, estate)
    }

    private static let copy = Operation(
        .post, "/CertificateCollections/Copy", needs: modifies, takes: Contents.of(CertificateCollection.model, .approve),
        returns: Contents.of(CertificateCollection.model, .written),
        established: "body; query and permissions are copied, what the request has comes instead (documented)",
        assumed: "permission; all of its 400s"
    ) { call, estate throws(Refusal) in
        try added(try call.read(CertificateCollection.model, .approve), call, estate)
    }

    private static let update = Operation(
        .put, "/CertificateCollections", needs: modifies, takes: Contents.of(CertificateCollection.model, .update),
        returns: Contents.of(CertificateCollection.model, .written), established: "body, 200 with the collection (documented)",
        assumed: "what is left out is as after a POST; permission; all of its 400s"
    ) { call, estate throws(Refusal) in
        let draft = try call.read(CertificateCollection.model, .update)
        let known = try found(draft.id, call, estate)
        var collection = try collection(draft, on: CertificateCollection(), call, estate)
        collection.grants = known.grants
        let replacement = collection
        return .commit { estate in
            estate.collections.put(replacement)
            return call.object(replacement, CertificateCollection.model, .written, estate)
        }
    }

    private static let delete = Operation(
        .delete, "/CertificateCollections/{id}", needs: modifies, id: .integer, established: "204 (recorded)", assumed: "permission"
    ) { call, estate throws(Refusal) in
        let id = try pathID(call, estate)
        return .commit { estate in
            estate.collections.remove(id)
            return Reply(204)
        }
    }

    private static let favorite = Operation(
        .put, "/CertificateCollections/{id}/Favorite", needs: reads, takes: Contents.of(CollectionFavorite.model, .update), id: .integer,
        established: "body, 204 (documented)", assumed: "permission; it holds for all callers; false if it is left out"
    ) { call, estate throws(Refusal) in
        var collection = try CertificateCollection.noun.find(.certificatesRead, call, estate)
        collection.isFavorite = try call.read(CollectionFavorite.model, .update).isFavorite
        let replacement = collection
        return .commit { estate in
            estate.collections.put(replacement)
            return Reply(204)
        }
    }

    private static let grant = Operation(
        .post, "/CertificateCollections/{id}/Permissions", until: .v10, needs: modifies,
        takes: Contents.array(Contents.of(CertificateCollection.Grant.model, .create)), id: .integer,
        established: "an array of RoleId and Permissions, 204 (client); releases from 11 have it no more (documented)",
        assumed: "permission; it replaces what a role had; that the role exists is not asked; it decides nothing about callers of the mock"
    ) { call, estate throws(Refusal) in
        let id = try pathID(call, estate)
        var grants: [CertificateCollection.Grant] = []
        for (index, item) in try call.array(of: "permissions of roles").enumerated() {
            var grant = CertificateCollection.Grant()
            try CertificateCollection.Grant.model.read(item, at: "[\(index)]", call.reading(.create), into: &grant)
            grants.append(grant)
        }
        let given = grants
        return .commit { estate in
            guard var collection = estate.collections[id] else { return Reply(204) }
            let roles = Set(given.map(\.role))
            collection.grants = collection.grants.filter { !roles.contains($0.role) } + given
            estate.collections.put(collection)
            return Reply(204)
        }
    }

    // MARK: Drafts

    private static func pathID(_ call: Call, _ estate: Estate) throws(Refusal) -> Int {
        try CertificateCollection.noun.find(.collectionsModify, call, estate).id
    }

    private static func found(_ id: Int, _ call: Call, _ estate: Estate) throws(Refusal) -> CertificateCollection {
        guard let collection = estate.collections[id] else { throw .collectionNotFound(id).forUnknownID(call.fidelity) }
        return collection
    }

    /// Adds the collection that a draft describes, perhaps on top of another.
    private static func added(_ draft: CertificateCollection.Draft, _ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let source: CertificateCollection? = if let id = draft.source { try found(id, call, estate) } else { nil }
        let made = try collection(draft, on: source ?? CertificateCollection(), call, estate)
        return .commit { estate in
            call.object(estate.collections.add(made), CertificateCollection.model, .written, estate)
        }
    }

    /// The collection that a draft describes, held against the others.
    private static func collection(
        _ draft: CertificateCollection.Draft, on base: CertificateCollection, _ call: Call, _ estate: Estate
    ) throws(Refusal) -> CertificateCollection {
        if let other = estate.collections.named(draft.name), other.id != draft.id {
            throw .alreadyExists("certificate collection", "Name", draft.name)
        }
        if let query = draft.query { try requireReadable(query) }
        var collection = base
        (collection.id, collection.name) = (draft.id, draft.name)
        collection.query = draft.query.flatMap { $0.isEmpty && draft.source != nil ? nil : $0 } ?? base.query
        if call.fidelity.collectionQueries == .spaced { collection.query = collection.query.spacedInParentheses }
        collection.description = draft.description.applied(to: base.description)
        collection.duplicates = draft.duplicates.value ?? base.duplicates
        collection.isOnDashboard = draft.isOnDashboard.value ?? base.isOnDashboard
        collection.isFavorite = draft.isFavorite.value ?? base.isFavorite
        collection.isAutomated = draft.isAutomated.value ?? base.isAutomated
        return collection
    }

    /// Refuses a query of certificates that nobody can read.
    private static func requireReadable(_ query: String) throws(Refusal) {
        try Query<Certificate>.requireForm(query, named: "Query")
    }
}

extension String {
    /// The query with a blank after each opening parenthesis and before each closing one, but for those in quotes.
    fileprivate var spacedInParentheses: String {
        var (spaced, isQuoted) = ("", false)
        for character in self {
            if !isQuoted, character == ")", spaced.last?.isWhitespace == false { spaced.append(" ") }
            if !isQuoted, spaced.last == "(", !character.isWhitespace { spaced.append(" ") }
            spaced.append(character)
            if character == "\"" { isQuoted.toggle() }
        }
        return spaced
    }
}
