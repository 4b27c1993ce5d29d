import Base
public import Entities
public import Model
import ScenarioFormat

extension SubjectRegex: Modelled {
    /// A regular expression for a part of a subject. Templates name themselves in it; 25 adds CaseSensitive.
    static let model = Model<SubjectRegex>([:], "a regular expression of a subject", blank: { .init() }) {
        Member("TemplateId", .number, optional: { $0.template })
        Asked(ignored: "TemplateId", .integer, in: .requests)
        Member("SubjectPart", .word(SubjectPart.all.map(\.part))) { $0.part }.asked(.requests, required: SubjectPart.oneOfAll, \.part)
            .seeded("subjectPart", required: true, about: "the part, such as CN", \.part)
        Member("Regex", .text(upTo: 2048), nullable: \.pattern, about: "the regular expression")
        Member("Error", .text(upTo: 2048), nullable: \.error, about: "what a subject is refused with that does not match")
        Member("CaseSensitive", .flag, \.isCaseSensitive, by: { $0 == .v25 }, about: "whether it looks at case; default false")
    }
}

extension SubjectDefault: Modelled {
    /// What a part of a subject is where a request leaves it out.
    static let model = Model<SubjectDefault>([:], "a default of a subject", blank: { .init() }) {
        Member("SubjectPart", .word(SubjectPart.all.map(\.part))) { $0.part }.asked(.requests, required: SubjectPart.oneOfAll, \.part)
            .seeded("subjectPart", required: true, about: "the part, such as O", \.part)
        Member("Value", .text(upTo: 1024), nullable: \.value, about: "what it is")
    }
}

/// A part of a subject, or of its alternative names, that rules can name. Which there are is assumed.
struct SubjectPart: Modelled {
    let part: String
    let name: String

    static let model = Model<SubjectPart>([.shown: "ValidSubjectPartResponse"]) {
        Member("SubjectPart", .text) { $0.part }
        Member("SubjectPartName", .text) { $0.name }
    }

    static let all = [
        ("CN", "Common Name"), ("O", "Organization"), ("OU", "Organizational Unit"), ("L", "City/Locality"), ("ST", "State/Province"),
        ("C", "Country/Region"), ("E", "Email"), ("DNS", "DNS Name"), ("IPv4", "IPv4 Address"), ("IPv6", "IPv6 Address"),
        ("MAIL", "Email Address"), ("UPN", "User Principal Name"),
    ].map { SubjectPart(part: $0.0, name: $0.1) }

    static let oneOfAll = "one of " + all.map(\.part).joined(separator: ", ")
}

extension [EnrollmentField] {
    /// The fields as answers show them: those that were given no Id have the next free ones.
    public var numbered: [EnrollmentField] {
        var last = map(\.id).max() ?? 0
        return map { field in
            var copy = field
            if field.id == 0 { (copy.id, last) = (last + 1, last + 1) }
            return copy
        }
    }
}

extension EnrollmentField: Modelled {
    /// Something that is asked for at enrollment.
    static let model = Model<EnrollmentField>([:], "an enrollment field", blank: { .init() }) {
        Member("Id", .number, \.id, about: "its Id; the next free one if left out")
        Member("Name", .text(upTo: 128)) { $0.name }.asked(.requests, required: "a field's name", \.name)
            .seeded("name", required: true, about: "its name", \.name)
        Member("Options", .list(.text), \.options, about: "the choices of a multiple choice")
        Member("DataType", .numbered, \.type, about: "what values it takes; default String")
    }
}

extension MetadataRule: Modelled {
    /// What holds for a metadata field here: as templates have it until 24.4, and as patterns have it in 25.
    static let model = Model<MetadataRule>([:], "a rule for a metadata field", blank: { .init() }) {
        Member("Id", .number, \.id, by: { $0 < .v25 }, about: "its own Id; default 0")
        Member("MetadataId", .number) { $0.field }.asked(.requests, required: "the id of a metadata field", \.field)
            .seeded(
                Seed("field", .text("a metadata field's name"), required: true, about: "the name of the field") { rule, estate, writer in
                    writer.member("field", estate.metadataFields[rule.field]?.name)
                } read: { node, rule, seeding in
                    if let id = seeding.find(node, in: seeding.metadataFields, "metadata field") { rule.field = id }
                })
        Member("DefaultValue", .text(upTo: 4096), nullable: \.defaultValue, about: "the value offered at first")
        Member("Validation", .text(upTo: 1024), nullable: \.validation, about: "a regular expression for its values")
        Member("Enrollment", .numbered, \.enrollment, about: "whether a value is asked for; default Optional")
        Member("Message", .text(upTo: 1024), nullable: \.message, about: "what people are shown whose value does not fit")
        Member("CaseSensitive", .flag, \.isCaseSensitive, by: { $0 == .v25 }, about: "whether its validation looks at case; default false")
    }

    /// Refuses rules for fields that do not exist.
    static func require(_ rules: [MetadataRule], at place: String, _ estate: Estate) throws(Refusal) {
        for (index, rule) in rules.enumerated() where estate.metadataFields[rule.field] == nil {
            throw .badArgument("\(place)[\(index)].MetadataId: there is no metadata field with id '\(rule.field)'.")
        }
    }
}

extension Template.ExtendedKeyUsage: Modelled {
    static let model = Model<Template.ExtendedKeyUsage>([:], "an extended key usage", blank: { .init() }) {
        Member("Id", .number, \.id, about: "its Id; default 0")
        Member("Oid", .text, \.oid, about: "its object identifier")
        Member("DisplayName", .text, \.name, about: "what people call it")
    }
}

extension Kind where Value == String {
    /// One of several words, in any case.
    static func word(_ words: [String]) -> Kind {
        var kind = Kind(.word(numbers: [], names: words)) { word, _, writer in
            writer.value(word)
        } read: { value, place, _ throws(Refusal) in
            guard let known = words.first(where: { $0.lowercased() == value.word }) else {
                throw .badArgument("\(place): expected one of \(words.joined(separator: ", ")), found \(value.shortSource).", member: place)
            }
            return .value(known)
        }
        kind.shape = .word(words)
        kind.seed = { node, _ in node.text }
        kind.dump = { word, _, writer in writer.value(word) }
        return kind
    }
}

extension Kind where Value == EnrollmentTypes {
    /// The kinds of enrollment as the sum of their bits.
    static var enrollmentTypes: Kind {
        let number = Kind<Int>.number(within: 0...7)
        var kind = Kind(.integer) { types, _, writer in
            writer.value(types.rawValue)
        } read: { value, place, reading throws(Refusal) in
            try number.read(value, place, reading).value.map { .value(EnrollmentTypes(rawValue: $0)) } ?? .null
        }
        kind.shape = number.shape
        kind.seed = { node, _ in node.integer.map { EnrollmentTypes(rawValue: $0) } }
        kind.dump = { types, _, writer in writer.value(types.rawValue) }
        return kind
    }
}

extension CertificateCleanup {
    /// The members of a row that say when expired certificates are deleted. 25 has them.
    static func members<Row: Modelled>(_ path: any WritableKeyPath<Row, CertificateCleanup> & Sendable) -> [Field<Row>]
    where Row.Draft == Row {
        [
            Member("CertificateCleanupEnabled", .flag, nullable: { $0[keyPath: path].isEnabled }).sent { $0 == .v25 }
                .asked(.requests, of: { $0 == .v25 }) { $0[keyPath: path].isEnabled = $1.value }
                .seeded(seed("certificateCleanupEnabled", .flag, path, \.isEnabled)).field,
            Member("TimeAfterExpiration", .number, nullable: { $0[keyPath: path].time }).sent { $0 == .v25 }
                .asked(.requests, of: { $0 == .v25 }) { $0[keyPath: path].time = $1.value }
                .seeded(seed("timeAfterExpiration", .number, path, \.time)).field,
            Member("TimeAfterExpirationUnits", .number, nullable: { $0[keyPath: path].units }).sent { $0 == .v25 }
                .asked(.requests, of: { $0 == .v25 }) { $0[keyPath: path].units = $1.value }
                .seeded(seed("timeAfterExpirationUnits", .number, path, \.units)).field,
            Member("DeleteWithArchivedKey", .flag, nullable: { $0[keyPath: path].includesArchivedKeys }).sent { $0 == .v25 }
                .asked(.requests, of: { $0 == .v25 }) { $0[keyPath: path].includesArchivedKeys = $1.value }
                .seeded(seed("deleteWithArchivedKey", .flag, path, \.includesArchivedKeys)).field,
        ]
    }

    private static func seed<Row: Sendable, Value>(
        _ key: String, _ kind: Kind<Value>, _ path: any WritableKeyPath<Row, CertificateCleanup> & Sendable,
        _ part: any WritableKeyPath<CertificateCleanup, Value?> & Sendable
    ) -> Seed<Row> {
        Seed(key, .orNull(kind.shape), about: "its " + key.prefix(1).uppercased() + key.dropFirst()) { row, estate, writer in
            guard let value = row[keyPath: path][keyPath: part] else { return }
            writer.name(key)
            kind.dump(value, estate, &writer)
        } read: { node, row, seeding in
            row[keyPath: path][keyPath: part] = node.isNull ? nil : kind.seed(node, &seeding)
        }
    }
}
