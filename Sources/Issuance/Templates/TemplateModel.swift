import Base
public import Entities
public import Model
import ScenarioFormat

extension Template: Modelled {
    /// A certificate template (TemplateRetrievalResponse). Members and their order in 25 are recorded, those of 11 documented. In 25 what
    /// enrollments need is the pattern's, and the template shows none of it (recorded). Assumed: the query fields.
    public static let model = Model<Template>(
        [
            .listed: "TemplateCollectionResponse", .shown: "TemplateResponse", .written: "TemplateResponse",
            .update: "TemplateUpdateRequest",
        ],
        "a certificate template", blank: { .init() }
    ) {
        Member("Id", .given()) { $0.id }.filtered(isKey: true).asked(.update, required: "the id of a certificate template", \.id)
            .seeded("id", about: "its Id; the next free one if left out", \.id)
        Member("CommonName", .text("a name", length: 1...256)) { $0.name }.filtered(aliases: ["ShortName"], isKey: true)
            .seeded("name", required: true, about: "its CommonName, which enrollments give", \.name)
        Member("TemplateName", .text) { $0.longName }.filtered().seeded("templateName", about: "its TemplateName", \.longName)
        Member("Oid", .text) { $0.oid }.filtered().seeded("oid", about: "its object identifier", \.oid)
        Member("KeySize", .text) { $0.keySize }.seeded("keySize", about: "the least size of its keys; default 2048", \.keySize)
        Member("KeyType", .text) { $0.keyType }.seeded("keyType", about: "its first kind of key; default RSA", \.keyType)
        Member("ForestRoot", .text) { $0.forestRoot }.filtered().seeded("forestRoot", about: "the root of its forest", \.forestRoot)
        Member("ConfigurationTenant", .text) { $0.configurationTenant }.filtered()
            .seeded("configurationTenant", about: "where it comes from", \.configurationTenant)
        Member("FriendlyName", .text(upTo: 256), nullable: \.friendlyName, in: .update, about: "what people call it")
        // A name on templates, a number on authorities (recorded).
        Member("KeyRetention", .word(.templates), \.keyRetention, in: .update, about: "how long keys are kept; default None")
        Member("KeyRetentionDays", .number, nullable: \.keyRetentionDays, in: .update, about: "for how many days")
        Member("KeyArchival", .flag, \.archivesKeys, in: .update, about: "whether the CA archives keys; default false")
        enrollment
        Member("UseAllowedRequesters", .flag, \.limitsRequesters, in: .update, about: "whether only some may enroll; default false")
        Member("AllowedRequesters", .list(.text), \.requesters, in: .update, about: "the roles that may enroll, by name")
        Member("DisplayName", .text) { $0.displayName }.filtered().seeded("displayName", about: "its DisplayName", \.displayName)
        Member("RFCEnforcement", .flag) { $0.enforcesRFC }.only(in: [.shown, .written])
            .seeded("rfcEnforcement", about: "whether the common name must be an alternative name; default false", \.enforcesRFC)
        Member("RequiresApproval", .flag, \.requiresApproval, in: .update, about: "whether enrollments wait for approval; default false")
        Member("KeyUsage", .number(within: 0...65_535)) { $0.keyUsage }.asked(.update, kind: .keyUsage, \.keyUsage)
            .seeded("keyUsage", about: "the bits of the key usage; default 0", \.keyUsage)
        Member("ExtendedKeyUsages", .list(.object(ExtendedKeyUsage.model))) { $0.extendedKeyUsages }
            .seeded("extendedKeyUsages", about: "what its certificates may be used for", \.extendedKeyUsages)
        Member("Curve", .text, nullable: { $0.curve }).only(in: [.shown, .written]).seeded("curve", about: "its Curve", \.curve)
        Member(
            "AllowOneClickRenewals", .flag, \.allowsOneClickRenewals, in: .update, by: { $0 > .v10 },
            about: "whether certificates may be renewed with one click; default false")
        Member("KeyTypes", .text) { $0.keyTypes }
        CertificateCleanup.members(\.cleanup)
        // 3 is recorded; what others mean is not known.
        Member("Manageability", .number) { _ in 3 }.sent { $0 == .v25 }
        Seed("keys", .list(.object(KeyAlgorithm.named)), about: "the kinds of key that it has", \.keys)
        Seed("lifetime", .number(1...100_000), about: "for how many days its certificates are valid; default 365", \.lifetime)
    }

    /// What enrollments need. It is the pattern's in 25, where a template shows and takes none of it.
    @FieldBuilder<Template> private static var enrollment: [Field<Template>] {
        Member("EnrollmentFields", .list(.object(EnrollmentField.model))) { $1.hasPatterns ? [] : $0.enrollmentFields.numbered }
            .asked(.update, of: { $0 < .v25 }) { $0.enrollmentFields = $1.value ?? [] }
            .seeded("enrollmentFields", about: "what is asked for at enrollment", \.enrollmentFields)
        Member("MetadataFields", .list(.object(MetadataRule.model))) { $1.hasPatterns ? [] : $0.metadata }.only(in: [.shown, .written])
            .asked(.update, of: { $0 < .v25 }) { $0.metadata = $1.value ?? [] }
            .seeded("metadataFields", about: "what holds for metadata fields here", \.metadata)
        Member("AllowedEnrollmentTypes", .enrollmentTypes) { $1.hasPatterns ? [] : $0.allowed }
            .asked(.update, of: { $0 < .v25 }) { $0.allowed = $1.value ?? [] }
            .seeded("allowedEnrollmentTypes", about: "1 PFX, 2 CSR, 4 CSR generation, added up; default 0", \.allowed)
        Member("TemplateRegexes", .list(.object(SubjectRegex.model))) { $1.hasPatterns ? [] : $0.numberedRegexes }
            .asked(.update, of: { $0 < .v25 }) { $0.regexes = $1.value ?? [] }
            .seeded("regexes", about: "what subjects must look like", \.regexes)
        Member("TemplateDefaults", .list(.object(SubjectDefault.model))) { $1.hasPatterns ? [] : $0.defaults }
            .only(in: [.shown, .written])
            .asked(.update, of: { $0 < .v25 }) { $0.defaults = $1.value ?? [] }
            .seeded("defaults", about: "what subjects are where requests leave it out", \.defaults)
        Member("TemplatePolicy", .object(EnrollmentPolicy.model), nullable: { $1.hasPatterns ? nil : $0.numberedPolicy })
            .only(in: [.shown, .written])
            .asked(.update, of: { $0 < .v25 }) { $0.policy = $1.value }
            .seeded("policy", about: "what may be enrolled for", \.policy)
        Asked("Policies", .object(EnrollmentPolicy.model), in: .update, of: { $0 == .v25 }) {
            if let policy = $1.value { $0.policy = policy }
        }
        Member("KeyAlgorithms", .object(KeyAlgorithms.model)) { KeyAlgorithms(template: $0.id, keys: $0.keys) }
            .only(in: [.shown, .written]).sent { $0 > .v10 }
    }

    /// The template in a few words, as enrollment patterns show theirs (recorded).
    static let reference = Model<Template>([.shown: "EnrollmentPatternTemplateResponse"]) {
        Member("Id", .number) { $0.id }
        Member("TemplateName", .text) { $0.longName }
        Member("CommonName", .text) { $0.name }
        Member("ConfigurationTenant", .text) { $0.configurationTenant }
        Member("RequiresApproval", .flag) { $0.requiresApproval }
        Member("FriendlyName", .text, nullable: { $0.friendlyName })
    }

    /// What its authorities know of it, in 25. The members are documented, the form of Validity and KeyInformation is assumed.
    static let details = Model<Template>([.shown: "TemplateDetailsResponse"]) {
        Member("Name", .text) { $0.name }
        Member("OID", .text) { $0.oid }
        Member("ConfigurationTenant", .text) { $0.configurationTenant }
        Member("Validity", .text) { "\($0.lifetime)d" }
        Member("AvailableCAs", .list(.text)) { template, view in
            view.estate.authorities.rows.all.filter { $0.configurationTenant == template.configurationTenant && !$0.isStandalone }
                .map(\.logicalName)
        }
        Member("KeyUsage", .number) { $0.keyUsage }
        Member("ExtendedKeyUsages", .list(.object(ExtendedKeyUsage.model))) { $0.extendedKeyUsages }
        Member("CertificatePolicies", .json(.array(.any))) { _ in "[]" }
        Member("KeyInformation", .list(.object(KeyAlgorithm.named))) { $0.keys }
        Member("AlternativeKeyInformation", .json(.array(.any))) { _ in "[]" }
    }

    /// The templates of an estate, and what their operations share.
    static let noun = Noun("/Templates", model, reads: .templatesRead, rows: \.templates.rows, notFound: { .templateNotFound($0) })

    private var numberedRegexes: [SubjectRegex] {
        regexes.map { regex in
            var copy = regex
            copy.template = id
            return copy
        }
    }

    private var numberedPolicy: EnrollmentPolicy? {
        var copy = policy
        copy?.template = id
        return copy
    }

    /// The kinds of key as a text: `RSA 2048, RSA 4096, ECDSA 256` (assumed).
    private var keyTypes: String {
        keys.flatMap { key in key.bitLengths.isEmpty ? [key.name] : key.bitLengths.map { "\(key.name) \($0)" } }.joined(separator: ", ")
    }
}

/// The kinds of key that a template has.
private struct KeyAlgorithms: Modelled {
    let template: Int
    let keys: [KeyAlgorithm]

    static let model = Model<KeyAlgorithms>([.shown: "KeyAlgorithmsResponse", .written: "KeyAlgorithmsResponse"]) {
        Member("TemplateId", .number) { $0.template }
        Member("KeyInfo", .object(KeyInfo.named)) { KeyInfo(keys: $0.keys) }
        Member("PrimaryKeyAlgorithms", .list(.object(KeyAlgorithm.named))) { $0.keys }.sent { $0 == .v25 }
        Member("AlternativeKeyAlgorithms", .list(.object(KeyAlgorithm.named))) { _ in [] }.sent { $0 == .v25 }
    }
}

extension View {
    /// Whether what enrollments need belongs to patterns and no longer to templates.
    fileprivate var hasPatterns: Bool { product == .v25 }
}

extension Kind where Value == Int {
    /// A key usage in requests. A boolean is refused in the words of Command's JSON reader (recorded).
    fileprivate static var keyUsage: Kind {
        let number = Kind.number(within: 0...65_535)
        return Kind(.integer, write: number.write) { value, place, reading throws(Refusal) in
            if let truth = value.boolean { throw .unexpectedCharacter(truth ? "t" : "f", at: place) }
            return try number.read(value, place, reading)
        }
    }
}
