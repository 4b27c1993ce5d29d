import Base
import Entities
import MicroHTTP
public import Model
import Orchestrators

/// What can be done with certificate store types.
public enum StoreTypeOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        [
            StoreType.noun.list(
                sortedBy: "StoreType",
                established: "members, names of enums, that members without a value are left out (recorded); paging (documented)",
                assumed: """
                    permission; fields and default sort (StoreType); order of the property types; ImportType is the number; ids of job types
                    """),
            StoreType.noun.get(established: "members; text of the 404 (recorded)", assumed: "permission"),
        ] + [getByName, create, update, delete, deleteMany]

    private static let getByName = Operation(
        .get, "/CertificateStoreTypes/Name/{name}", needs: .containers(.storesRead),
        returns: Contents.array(Contents.of(StoreType.model, .shown)),
        established: "by short name; an array of one, without `X-Total-Count` (recorded)", assumed: "permission; 404 of an unknown name"
    ) { call, estate throws(Refusal) in
        let name = call.parameters.first { $0.name == "name" }?.value ?? ""
        guard let type = estate.storeType(shortName: name) else { throw .storeTypeNotFound(named: name).forUnknownID(call.fidelity) }
        var reply = call.list(Page(rows: [type], total: 1), StoreType.model, .shown, estate)
        reply.total = nil
        return .reply(reply)
    }

    private static let create = Operation(
        .post, "/CertificateStoreTypes", needs: .everywhere(.storesModify), takes: Contents.of(StoreType.model, .create),
        returns: Contents.of(StoreType.model, .shown),
        established: "body, lengths of names (documented); 200 with the type; RequiredWhen of entry parameters (client)",
        assumed: "permission; all of its 400s; numbers above the highest, from 102"
    ) { call, estate throws(Refusal) in
        var type = try call.read(StoreType.model)
        try requireOwnNames(type, estate)
        return .commit { estate in
            type.number = estate.nextStoreTypeNumber()
            estate.put(type)
            return call.object(type, StoreType.model, .shown, estate)
        }
    }

    /// Assumed: it replaces all that the update model has; what a request leaves out is as after a POST.
    private static let update = Operation(
        .put, "/CertificateStoreTypes", needs: .everywhere(.storesModify), takes: Contents.of(StoreType.model, .update),
        returns: Contents.of(StoreType.model, .shown),
        established: """
            body, permission; what is left out is cleared; while stores are of the type, only Name, ShortName and more SupportedOperations \
            are saved, and Capability stays what an approved agent lists (documented)
            """,
        assumed: "400 for what cannot be saved; Capability stays if it is left out"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(StoreType.model, .update)
        let known = try StoreType.noun.find(asked.number, .storesModify, call, estate)
        var type = StoreType.model.blank()
        type.keep(whatUpdatesLack: known)
        try call.read(StoreType.model, .update, into: &type)
        try requireOwnNames(type, estate)
        try requireFree(known, for: type, estate)
        let replacement = type
        return .commit { estate in
            estate.put(replacement)
            return call.object(replacement, StoreType.model, .shown, estate)
        }
    }

    private static let delete = Operation(
        .delete, "/CertificateStoreTypes/{id}", needs: .everywhere(.storesModify), id: .integer,
        established: "204 (documented); F5-CA-REST, F5-WS-REST, F5-SL-REST, F5, IIS, JKS, NS and PEM cannot be deleted (client)",
        assumed: "permission; 400 for those, and for a type that stores or containers are of"
    ) { call, estate throws(Refusal) in
        let type = try StoreType.noun.find(.storesModify, call, estate)
        if type.isFixed { throw .storeTypeBuiltIn(type.shortName) }
        if let users = estate.users(ofStoreType: type.number) {
            throw .inUse("The certificate store type '\(type.shortName)'", by: users)
        }
        return .commit { estate in
            estate.removeStoreType(type.number)
            return Reply(204)
        }
    }

    /// Documented: what cannot be deleted is passed over, the rest is deleted.
    private static let deleteMany = Operation(
        .delete, "/CertificateStoreTypes", needs: .everywhere(.storesModify), takes: { _ in .array(.integer) },
        established: "an array of numbers; what cannot be deleted is passed over (documented)", assumed: "permission"
    ) { call, _ throws(Refusal) in
        let numbers = try numbers(call.body?.root)
        return .commit { estate in
            for number in numbers where estate.users(ofStoreType: number) == nil && estate.storeTypes[number]?.isFixed != true {
                estate.removeStoreType(number)
            }
            return Reply(204)
        }
    }

    private static func numbers(_ body: JSONValue?) throws(Refusal) -> [Int] {
        guard let body, body.isArray else {
            let found = body.map { "is \($0.kindName)" } ?? "is empty"
            throw .badArgument("The request body \(found); expected a JSON array of store types' numbers.", member: "$")
        }
        guard !body.elements.isEmpty else {
            throw .badArgument("The request body: expected at least one store type's number, found none.")
        }
        return try body.integers(at: nil, of: "store type")
    }

    /// Documented: what stores and agents rely on stays. Assumed: 400.
    private static func requireFree(_ known: StoreType, for type: StoreType, _ estate: Estate) throws(Refusal) {
        if type.capability != known.capability,
            let agent = estate.agents.all.first(where: { agent in
                agent.status == .approved && agent.capabilities.contains { $0.lowercased() == known.capability.lowercased() }
            })
        {
            throw .badArgument(
                "Capability: expected '\(known.capability)', which the approved agent '\(agent.machine)' lists, found '\(type.capability)'.",
                member: "Capability")
        }
        guard type.capability != known.capability || !type.supports.isSuperset(of: known.supports) || type.details != known.details,
            estate.stores.all.contains(where: { $0.type == known.number })
        else { return }
        throw .badArgument(
            "The certificate store type '\(known.shortName)' has stores: only Name and ShortName can be changed, and SupportedOperations added."
        )
    }

    /// Names and short names are compared without case (assumed).
    private static func requireOwnNames(_ type: StoreType, _ estate: Estate) throws(Refusal) {
        let (name, shortName) = (type.name.lowercased(), type.shortName.lowercased())
        for other in estate.storeTypes.all where other.number != type.number {
            guard other.shortName.lowercased() == shortName || other.name.lowercased() == name else { continue }
            throw .storeTypeExists(type.shortName, type.name)
        }
        // Assumed: jobs have one name, which tells what they are.
        if let other = estate.customJobType(inTheWayOf: type.capability) {
            throw .badArgument(
                "Capability: jobs on stores of '\(type.capability)' would have the name of the custom job type '\(other.name)'.",
                member: "Capability")
        }
    }
}

extension StoreType {
    /// Takes over from another type what the model of a PUT lacks, and what a PUT may leave out.
    fileprivate mutating func keep(whatUpdatesLack known: StoreType) {
        capability = known.capability
        details.serverRegistration = known.details.serverRegistration
        details.inventoryEndpoint = known.details.inventoryEndpoint
        details.jobTypes = known.details.jobTypes
    }
}
