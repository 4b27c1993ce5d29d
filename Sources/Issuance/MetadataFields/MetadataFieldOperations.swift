import Base
import Entities
import MicroHTTP
public import Model

/// What can be done with metadata fields.
public enum MetadataFieldOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        [
            MetadataField.noun.list(
                sortedBy: "DisplayOrder",
                established: """
                    members by release, numbers of DataType and Enrollment, default sort DisplayOrder, permission, a trailing slash \
                    (documented, client); paging
                    """,
                assumed: "`X-Total-Count`; query fields but for Name; 24.4 lacks AllowAPI and ExplicitUpdate")
        ] + [get, create, update, delete, deleteMany, isInUse]

    private static let get = Operation(
        .get, "/MetadataFields/{id}", needs: .everywhere(.metadataRead), returns: Contents.of(MetadataField.model, .shown),
        id: .either([.integer, .text]),
        established: "by Id or by name; text of the 404 of a name, by which an Ansible module decides (client)",
        assumed: "a whole number is an Id; names without case; status 404"
    ) { call, estate throws(Refusal) in
        let (id, name) = call.idOrName
        guard let field = id.map({ estate.metadataFields[$0] }) ?? estate.metadataFields.named(name) else {
            let refusal = id.map { Refusal.metadataFieldNotFound($0) } ?? .metadataFieldNotFound(named: name)
            throw refusal.forUnknownID(call.fidelity)
        }
        return .reply(call.object(field, MetadataField.model, .shown, estate))
    }

    private static let create = Operation(
        .post, "/MetadataFields", needs: .everywhere(.metadataModify), takes: Contents.of(MetadataField.model, .create),
        returns: Contents.of(MetadataField.model, .written),
        established: "body, 200 with the field, which characters a name has (documented); text for a name that is taken (client)",
        assumed: "all of its statuses; without DisplayOrder the field comes last"
    ) { call, estate throws(Refusal) in
        var field = try call.read(MetadataField.model)
        try requireOwnName(field, estate)
        field.displayOrder = field.displayOrder ?? (estate.metadataFields.rows.all.last?.displayOrder ?? -1) + 1
        return .commit { estate in
            call.object(estate.metadataFields.add(field), MetadataField.model, .written, estate)
        }
    }

    private static let update = Operation(
        .put, "/MetadataFields", needs: .everywhere(.metadataModify), takes: Contents.of(MetadataField.model, .update),
        returns: Contents.of(MetadataField.model, .written),
        established: """
            body; a field cannot be renamed once a certificate has a value (documented); 11 describes DisplayOrder as required
            """,
        assumed: "what is left out is as after a POST, DisplayOrder stays; the same for another DataType; all of its 400s"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(MetadataField.model, .update)
        let known = try MetadataField.noun.find(asked.id, .metadataModify, call, estate)
        var field = asked
        field.displayOrder = asked.displayOrder ?? known.displayOrder
        try requireOwnName(field, estate)
        if field.name != known.name || field.type != known.type, estate.hasValues(of: known) {
            let member = field.name != known.name ? "Name" : "DataType"
            throw .badArgument(
                "\(member): the metadata field '\(known.name)' has values on certificates; its name and type cannot change.",
                member: member)
        }
        let replacement = field
        return .commit { estate in
            estate.metadataFields.put(replacement)
            return call.object(replacement, MetadataField.model, .written, estate)
        }
    }

    private static let force = Operation.Parameter(name: "force", schema: .boolean)

    private static let delete = Operation(
        .delete, "/MetadataFields/{id}", needs: .everywhere(.metadataModify), query: [force], id: .integer,
        established: "204; `force` (documented)", assumed: "400 while a certificate has a value; with force the values are deleted too"
    ) { call, estate throws(Refusal) in
        let field = try MetadataField.noun.find(.metadataModify, call, estate)
        if try !call.flag("force"), estate.hasValues(of: field) {
            throw .inUse("The metadata field '\(field.name)'", by: "certificates (with force=true their values are deleted too)")
        }
        return .commit { estate in
            estate.remove(field)
            return Reply(204)
        }
    }

    private static let deleteMany = Operation(
        .delete, "/MetadataFields", needs: .everywhere(.metadataModify), takes: { _ in .array(.integer) }, query: [force],
        established: "an array of Ids; what cannot be deleted is passed over (documented)", assumed: "what cannot be: unknown, or in use"
    ) { call, estate throws(Refusal) in
        let (ids, isForced) = (try call.numbers(of: "metadata field"), try call.flag("force"))
        let fields = ids.compactMap { estate.metadataFields[$0] }.filter { isForced || !estate.hasValues(of: $0) }
        return .commit { estate in
            for field in fields { estate.remove(field) }
            return Reply(204)
        }
    }

    private static let isInUse = Operation(
        .get, "/MetadataFields/{id}/InUse", needs: .everywhere(.metadataRead), returns: { _ in .boolean }, id: .integer,
        established: "a bare boolean (documented)", assumed: "in use: a certificate has a value"
    ) { call, estate throws(Refusal) in
        let isUsed = estate.hasValues(of: try MetadataField.noun.find(.metadataRead, call, estate))
        return .reply(call.object { $0.value(isUsed) })
    }

    private static func requireOwnName(_ field: MetadataField, _ estate: Estate) throws(Refusal) {
        guard let other = estate.metadataFields.named(field.name), other.id != field.id else { return }
        throw .metadataFieldExists(field.name)
    }
}
