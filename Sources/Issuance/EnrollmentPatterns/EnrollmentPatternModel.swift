import Base
public import Entities
public import Model
import ScenarioFormat

extension EnrollmentPattern: Modelled {
    /// An enrollment pattern of 25 (EnrollmentPatternResponse). Members are recorded. Of the query fields Name and AllowedEnrollmentType are
    /// known (client), Id and TemplateName are assumed.
    public static let model = Model<EnrollmentPattern>(
        [
            .listed: "EnrollmentPatternResponse", .shown: "EnrollmentPatternResponse", .written: "EnrollmentPatternResponse",
            .create: "EnrollmentPatternCreateRequest", .update: "EnrollmentPatternRequest",
        ], "an enrollment pattern", blank: { .init() }
    ) {
        Member("Id", .given()) { $0.id }.filtered(isKey: true).seeded("id", about: "its Id; the next free one if left out", \.id)
        Member("Name", .text("a name", length: 1...256)) { $0.name }.filtered(isKey: true)
            .asked(.requests, kind: .text(upTo: 256), required: "at least one character", \.name)
            .seeded("name", required: true, about: "its name", \.name)
        Member("Description", .text(upTo: 1024), nullable: \.description, about: "what it is for")
        Member("Template", .object(shownOnly: Template.reference), nullable: { $1.estate.templates[$0.template] })
            .seeded(
                Seed("template", .text("a template's name"), required: true, about: "the name of its template") { pattern, estate, writer in
                    writer.member("template", estate.templates[pattern.template]?.name)
                } read: { node, pattern, seeding in
                    if let id = seeding.find(node, in: seeding.templates, "certificate template") { pattern.template = id }
                })
        Asked("Template", .number, in: .create, required: "the id of a certificate template", \.template)
        Member("TemplateDefault", .flag, \.isDefault, about: "whether enrollments that name the template use it; default false")
        Member("UseADPermissions", .flag, \.usesADPermissions, about: "its UseADPermissions; default false")
        Member("AssociatedRoles", .list(.object(AssociatedRole.model))) { $0.roles.map { AssociatedRole(name: $0) } }
            .seeded(Seed("roles", .list(.text), about: "the roles that may enroll, by name", \.roles))
        Asked("AssociatedRoles", .list(.text), in: .requests) { $0.roles = $1.value ?? [] }
        Member("CertificateAuthorities", .list(.object(shownOnly: CertificateAuthority.reference))) { pattern, view in
            pattern.authorities.compactMap { view.estate.authorities[$0] }
        }.seeded(authoritySeed)
        Asked("CertificateAuthorities", .list(.number), in: .requests) { $0.authorities = $1.value ?? [] }
        Member("AllowedEnrollmentTypes", .enrollmentTypes, \.allowed, about: "1 PFX, 2 CSR, 4 CSR generation, added up; default 0")
        Member("AllowedEnrollmentType", .list(.text)) { $0.allowed.queried }.queryOnly()
        Member("TemplateName", .text) { pattern, view in view.estate.templates[pattern.template]?.name ?? "" }.queryOnly()
        Member("Regexes", .list(.object(SubjectRegex.model)), \.regexes, about: "what subjects must look like")
        Member("MetadataFields", .list(.object(MetadataRule.model)), \.metadata, about: "what holds for metadata fields here")
        Member("RestrictCAs", .flag, \.restrictsAuthorities, about: "whether enrollments may go to no other authority; default false")
        Member("Policies", .object(EnrollmentPolicy.model), \.policy, about: "what may be enrolled for")
        Member("Defaults", .list(.object(SubjectDefault.model)), \.defaults, about: "what subjects are where requests leave it out")
        Member("EnrollmentFields", .list(.object(EnrollmentField.model))) { $0.enrollmentFields.numbered }
            .asked(.requests, \.enrollmentFields)
            .seeded("enrollmentFields", about: "what is asked for at enrollment", \.enrollmentFields)
    }

    private static let authoritySeed = Seed<EnrollmentPattern>(
        "authorities", .list(.text("an authority's name")), about: "the authorities that enrollments may go to, by name or host\\name"
    ) { pattern, estate, writer in
        writer.name("authorities")
        writer.array(pattern.authorities.compactMap { estate.authorities[$0] }) { $0.value($1.name) }
    } read: { node, pattern, seeding in
        pattern.authorities = node.items.compactMap { seeding.find($0, in: seeding.authorities, "certificate authority") }
    }

    /// The patterns of an estate, and what their operations share.
    static let noun = Noun(
        "/EnrollmentPatterns", model, reads: .patternsRead, rows: \.enrollmentPatterns.rows, notFound: { .patternNotFound($0) })
}

/// A role that may enroll by a pattern. Requests name it, answers show its Id too.
private struct AssociatedRole: Modelled {
    let name: String

    static let model = Model<AssociatedRole>([.shown: "EnrollmentPatternAssociatedRoleResponse"]) {
        // 0 for a name that no role has.
        Member("Id", .number) { role, view in
            view.estate.security.roles.rows(holding: role.name)?.first { $0.name.lowercased() == role.name.lowercased() }?.id ?? 0
        }
        Member("Name", .text) { $0.name }
    }
}

extension EnrollmentTypes {
    /// What a query may say of them: their sum, or one of them by number or by name (assumed; a script asks for one).
    fileprivate var queried: [String] {
        let each: [(EnrollmentTypes, String)] = [(.pfx, "PFX"), (.csr, "CSR"), (.csrGeneration, "CSRGeneration")]
        return [String(rawValue)] + each.filter { contains($0.0) }.flatMap { [String($0.0.rawValue), $0.1] }
    }
}
