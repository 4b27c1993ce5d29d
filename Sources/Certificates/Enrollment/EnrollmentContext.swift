import Base
import Entities
import Issuance
import MicroHTTP
import Model

/// What lists what a caller may enroll for.
enum EnrollmentContext {
    static let all = [context("PFX", .pfx, .enrollPFX), context("CSR", .csr, .enrollCSR), settings]

    private static func context(_ name: String, _ type: EnrollmentTypes, _ permission: Permission) -> Operation {
        Operation(
            .get, "/Enrollment/\(name)/Context/My", needs: .everywhere(permission), returns: Contents.of(ContextAnswer.model, .shown),
            established: "members; a list of templates also in 25, where enrollments name patterns (documented, client)",
            assumed:
                "templates with AllowedRequesters, and patterns with AssociatedRoles, only for callers with such a role; `StandaloneCAs` are those of the estate that stand alone"
        ) { call, estate throws(Refusal) in
            let templates = estate.templates.rows.all.filter { template in
                guard template.takes(call.caller, estate) else { return false }
                guard call.product >= .v25 else { return template.allowed.contains(type) }
                return estate.enrollmentPatterns.rows.all.contains {
                    $0.template == template.id && $0.allowed.contains(type) && $0.takes(call.caller)
                }
            }
            let answer = ContextAnswer(
                templates: templates.map { ContextTemplate(template: $0, authorities: estate.authorities(for: $0)) },
                authorities: estate.authorities.rows.all.filter(\.isStandalone).map { ContextAuthority(authority: $0) })
            return .reply(call.object(answer, ContextAnswer.model, .shown, estate))
        }
    }

    private static let settings = Operation(
        .get, "/Enrollment/Settings/{id}", needs: .everywhere(.enrollPFX), returns: Contents.of(EnrollmentSettings.model, .shown),
        id: .integer, established: "members; the template's values take the place of those for all (documented)",
        assumed: "the permission; text of the 404"
    ) { call, estate throws(Refusal) in
        let id = try Int.read(call)
        guard let template = estate.templates[id] else { throw .templateNotFound(id).forUnknownID(call.fidelity) }
        var settings = estate.enrollmentSettings
        settings.regexes = template.regexes + settings.regexes.filter { general in !template.regexes.contains { $0.part == general.part } }
        settings.defaults =
            template.defaults + settings.defaults.filter { general in !template.defaults.contains { $0.part == general.part } }
        if let policy = template.policy { settings.policy = policy.completed(by: settings.policy) }
        return .reply(call.object(settings, EnrollmentSettings.model, .shown, estate))
    }
}

extension Estate {
    /// The authorities that issue for a template: those of its patterns, or all for enrollment.
    fileprivate func authorities(for template: Template) -> [CertificateAuthority] {
        let named = enrollmentPatterns.rows.all.filter { $0.template == template.id }.flatMap(\.authorities)
        return authorities.rows.all.filter { named.contains($0.id) || named.isEmpty && $0.isForEnrollment }
    }
}

/// What a caller may enroll for.
struct ContextAnswer: Modelled {
    let templates: [ContextTemplate]
    let authorities: [ContextAuthority]

    static let model = Model<ContextAnswer>([.shown: "EnrollmentTemplateCAResponse"]) {
        Member("Templates", .list(.object(shownOnly: ContextTemplate.model))) { $0.templates }
        Member("StandaloneCAs", .list(.object(shownOnly: ContextAuthority.model))) { $0.authorities }
    }
}

/// A template that may be enrolled for.
struct ContextTemplate: Modelled {
    let template: Template
    let authorities: [CertificateAuthority]

    static let model = Model<ContextTemplate>([.shown: "EnrollmentTemplate"]) {
        Member("Id", .number) { $0.template.id }
        Member("Name", .text) { $0.template.name }
        Member("DisplayName", .text) { $0.template.displayName }
        Member("Forest", .text) { $0.template.forestRoot }
        Member("RequiresApproval", .flag) { $0.template.requiresApproval }
        Member("RFCEnforcement", .flag) { $0.template.enforcesRFC }
        Member("CAs", .list(.object(shownOnly: ContextAuthority.model))) { $0.authorities.map { ContextAuthority(authority: $0) } }
        Member("EnrollmentFields", .list(.object(shownOnly: ContextField.model))) {
            $0.template.enrollmentFields.numbered.map { ContextField(field: $0) }
        }
        Member("MetadataFields", .json(.array(.any))) { _ in "[]" }
        Member("Regexes", .list(.object(shownOnly: ContextRegex.model))) { row in
            row.template.regexes.map { ContextRegex(template: row.template.id, regex: $0) }
        }
        Member("ExtendedKeyUsages", .list(.object(shownOnly: ContextUsage.model))) { row in
            row.template.extendedKeyUsages.map { ContextUsage(oid: $0.oid, name: $0.name) }
        }
        Member("EnrollmentTemplatePolicy", .json(.map(.any)), nullable: { _ in nil })
        Member("KeySize", .text) { $0.template.keySize }
        Member("KeyType", .text) { $0.template.keyType }
        Member("Curve", .text, nullable: { $0.template.curve })
    }
}

/// An authority that issues for a template.
struct ContextAuthority: Modelled {
    let authority: CertificateAuthority

    static let model = Model<ContextAuthority>([.shown: "EnrollmentCA"]) {
        Member("Name", .text) { $0.authority.name }
        Member("RFCEnforcement", .flag) { $0.authority.enforcesRFC }
        Member("SubscriberTerms", .flag) { $0.authority.hasTerms }
    }
}

/// A field that is asked for at enrollment.
struct ContextField: Modelled {
    let field: EnrollmentField

    static let model = Model<ContextField>([.shown: "EnrollmentTemplateField"]) {
        Member("Id", .number) { $0.field.id }
        Member("Name", .text) { $0.field.name }
        Member("Options", .list(.text)) { $0.field.options }
        Member("DataType", .number) { $0.field.type.rawValue }
    }
}

/// What a part of a subject must look like.
struct ContextRegex: Modelled {
    let template: Int
    let regex: SubjectRegex

    static let model = Model<ContextRegex>([.shown: "EnrollmentTemplateRegex"]) {
        Member("TemplateId", .number) { $0.template }
        Member("SubjectPart", .text) { $0.regex.part }
        Member("Regex", .text) { $0.regex.pattern ?? "" }
        Member("Error", .text) { $0.regex.error ?? "" }
        Member("CaseSensitive", .flag) { $0.regex.isCaseSensitive }.sent { $0 >= .v25 }
    }
}

/// What certificates of a template may be used for.
struct ContextUsage: Modelled {
    let oid: String
    let name: String

    static let model = Model<ContextUsage>([.shown: "EnrollmentExtendedKeyUsage"]) {
        Member("Oid", .text) { $0.oid }
        Member("DisplayName", .text) { $0.name }
    }
}
