import Base
public import Entities
public import Model
import ScenarioFormat

extension MetadataField: Modelled {
    /// A metadata field (MetadataFieldTypeModel). Members as described for 10, 11 and 25. Clients compare them one by one: an Ansible module
    /// fails on a member that it does not know, such as CaseSensitive. Of the query fields Name is known, the others are assumed.
    public static let model = Model<MetadataField>(
        [
            .listed: "MetadataFieldResponse", .shown: "MetadataFieldResponse", .written: "MetadataFieldResponse",
            .create: "MetadataFieldCreateRequest", .update: "MetadataFieldUpdateRequest",
        ], "a metadata field", blank: { .init() }, check: check
    ) {
        Member("Id", .given()) { $0.id }.filtered(isKey: true).asked(.update, required: "the id of a metadata field", \.id)
            .seeded("id", about: "its Id; the next free one if left out", \.id)
        Member("Name", .text("a name of letters, digits, '-' and '_'", pattern: "[A-Za-z0-9_-]+", length: 1...128)) { $0.name }
            .filtered(isKey: true)
            .asked(.requests, kind: .text(upTo: 128), required: "at least one character", \.name)
            .seeded("name", required: true, about: "its name", \.name)
        Member("Description", .text(upTo: 1024)) { $0.description }.filtered()
            .asked(.requests, required: "at least one character", \.description)
            .seeded("description", about: "what it is for", \.description)
        Member("DataType", .numbered) { $0.type }.filtered().asked(.requests, required: DataType.oneOfAll, \.type)
            .seeded("dataType", about: "what values it takes; default String", \.type)
        Member("Hint", .text(upTo: 1024), nullable: \.hint, about: "what helps people to fill it in")
        Member("Validation", .text(upTo: 1024), nullable: \.validation, about: "a regular expression for its values")
        Member("Enrollment", .numbered) { $0.enrollment }.filtered().asked(.requests, \.enrollment)
            .seeded("enrollment", about: "whether enrollments need a value; default Optional", \.enrollment)
        Member("Message", .text(upTo: 1024), nullable: \.message, about: "what people are shown whose value does not fit")
        Member("Options", .text(upTo: 4096), nullable: \.options, about: "the choices of a multiple choice, separated by commas")
        Member("DefaultValue", .text(upTo: 4096), nullable: \.defaultValue, about: "the value offered at first")
        Member("AllowAPI", .flag, \.allowsAPI, by: { $0 < .v24 }, about: "its AllowAPI, until 12.3; default true")
        Member("ExplicitUpdate", .flag, \.isExplicitlyUpdated, by: { $0 < .v24 }, about: "its ExplicitUpdate, until 12.3; default false")
        Member("DisplayOrder", .number, nullable: { $0.displayOrder }).filtered()
            .asked(.requests) { if let place = $1.value { $0.displayOrder = place } }
            .seeded("displayOrder", about: "its place among the fields", \.displayOrder)
        Member("CaseSensitive", .flag, \.isCaseSensitive, by: { $0 == .v25 }, about: "whether its validation looks at case; default false")
        Asked(dropped: "ExemptFromActionedCount", .flag, in: .requests)
    }

    /// Documented for 10.5: letters, digits, dash and underscore. The text is assumed.
    private static func check(_ field: inout MetadataField, _ prefix: String, _ reading: Reading) throws(Refusal) {
        let isRight = field.name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard !isRight else { return }
        throw .badArgument("Name: expected letters, digits, '-' and '_', found '\(field.name.prefix(60))'.", member: "Name")
    }

    /// The metadata fields of an estate, and what their operations share.
    static let noun = Noun(
        "/MetadataFields", model, reads: .metadataRead, rows: \.metadataFields.rows, notFound: { .metadataFieldNotFound($0) })
}
