import Base
public import Entities
public import Model

extension JobType: Modelled {
    /// A custom job type as `GET /JobTypes/Custom` sends it (JobTypeResponse). Assumed: no source names the fields of this list.
    public static let model = Model<JobType>(
        [.shown: "JobTypeResponse", .create: "JobTypeCreateRequest", .update: "JobTypeUpdateRequest"], "a job type",
        blank: { JobType(id: .empty, name: "", description: "", fields: []) }, check: check
    ) {
        Member("Id", .guid) { $0.id }.filtered(isKey: true).asked(.update, required: "a job type's id", \.id)
            .seeded("id", about: "its Id; drawn from the seed if left out", \.id)
        Member("JobTypeName", .text("a name without blanks", pattern: "\\S+", length: 1...128)) { $0.name }.filtered(aliases: ["Name"])
            .asked(.requests, required: "a name without blanks", \.name)
            .seeded("name", required: true, about: "its JobTypeName", \.name)
        Member("Description", .text) { $0.description }.filtered().asked(.requests, \.description)
            .seeded("description", about: "what it is for", \.description)
        Member("JobTypeFields", .list(.object(Field.model))) { $0.fields }.asked(.requests, \.fields)
            .seeded("fields", about: "what jobs of this type are given", \.fields)
    }

    private static func check(_ type: inout JobType, _ prefix: String, _ reading: Reading) throws(Refusal) {
        guard !type.name.contains(where: \.isWhitespace) else {
            throw .badArgument("JobTypeName: expected a name without blanks, found '\(type.name.prefix(60))'.")
        }
        var names: Set<String> = []
        for (index, field) in type.fields.enumerated() where !names.insert(field.name.lowercased()).inserted {
            throw .badArgument("JobTypeFields[\(index)].Name: a field '\(field.name)' stands before; names are compared without case.")
        }
    }

    /// The custom job types of an estate, and what their operations share.
    static let noun = Noun("/JobTypes/Custom", model, reads: .agentsRead, rows: \.jobTypes, notFound: { .jobTypeNotFound($0) })
}

extension JobType.Field: Modelled {
    static let model = Model<JobType.Field>(
        [:], "a field", blank: { .init(name: "", type: .string, isRequired: false, defaultValue: nil) }, check: check
    ) {
        Member("Name", .text("a name", length: 1...128)) { $0.name }.asked(.requests, required: "a field's name", \.name)
            .seeded("name", required: true, about: "the field's name", \.name)
        Member("Type", .word(.jobHistory)) { $0.type }.asked(.requests, required: JobType.FieldType.oneOfAll, \.type)
            .seeded("type", about: "default String", \.type)
        Member("DefaultValue", .text, nullable: { $0.defaultValue }).asked(.requests, kind: .scalar, \.defaultValue)
            .seeded("default", about: "what is filled in where a request leaves it out", \.defaultValue)
        Member("Required", .flag) { $0.isRequired }.asked(.requests, \.isRequired)
            .seeded("required", about: "whether a job needs it; default false", \.isRequired)
    }

    /// An empty string is a default for strings only (assumed).
    private static func check(_ field: inout JobType.Field, _ prefix: String, _ reading: Reading) throws(Refusal) {
        guard let text = field.defaultValue else { return }
        if text.isEmpty, field.type != .string { field.defaultValue = nil }
        guard text.isEmpty || field.type.accepts(text) else {
            throw .badArgument(
                "\(prefix)DefaultValue: expected a value of type \(field.type.name), found '\(text.prefix(60))'.")
        }
    }
}
