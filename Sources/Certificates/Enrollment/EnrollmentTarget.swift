import Base
import Entities
import Model

/// What an enrollment is for: a template, perhaps by an enrollment pattern, and the authority that issues.
struct EnrollmentTarget: Sendable {
    let template: Template
    let pattern: EnrollmentPattern?
    let authority: CertificateAuthority

    /// What the names of a request stand for.
    ///
    /// - Parameters:
    ///   - name: the template's short name; ignored where there is a pattern.
    ///   - number: the pattern's id, from 25 on.
    ///   - authority: host and logical name, or the logical name alone; empty to let the server choose.
    ///   - type: the kind of enrollment.
    ///   - call: the request.
    ///   - estate: where all of it lies.
    /// - Throws: a refusal that names the member at fault.
    init(
        template name: String, pattern number: Int?, authority: String, for type: EnrollmentTypes, _ call: Call, _ estate: Estate
    ) throws(Refusal) {
        (template, pattern) = try Self.subject(template: name, pattern: number, for: type, call, estate)
        self.authority = try Self.authority(authority, pattern, call, estate)
        guard self.authority.isForEnrollment, self.authority.allowed.isEmpty || self.authority.allowed.contains(type) else {
            throw .badArgument(
                "CertificateAuthority: '\(self.authority.name)' does not allow \(type == .csr ? "CSR" : "PFX") enrollment.",
                member: "CertificateAuthority")
        }
    }

    /// The template, and from 25 on the pattern, that a request names.
    static func subject(
        template name: String, pattern number: Int?, for type: EnrollmentTypes, _ call: Call, _ estate: Estate
    ) throws(Refusal) -> (Template, EnrollmentPattern?) {
        let (template, pattern): (Template, EnrollmentPattern?)
        if let number {
            guard let known = estate.enrollmentPatterns[number], let its = estate.templates[known.template] else {
                throw .badArgument(
                    "EnrollmentPatternId: expected the id of an enrollment pattern, found \(number).", member: "EnrollmentPatternId")
            }
            (template, pattern) = (its, known)
        } else {
            template = try Self.template(name, call, estate)
            pattern = try defaultPattern(of: template, call, estate)
        }
        guard (pattern?.allowed ?? template.allowed).contains(type) else {
            let what = pattern.map { "the enrollment pattern '\($0.name)'" } ?? "the template '\(template.name)'"
            let kind = type == .csr ? "CSR" : type == .pfx ? "PFX" : "CSR generation"
            throw .badArgument("Template: \(what) does not allow \(kind) enrollment.", member: "Template")
        }
        guard template.takes(call.caller, estate) else {
            throw .badArgument(
                "Template: \(call.caller.name) is not among the allowed requesters of the template '\(template.name)'.", member: "Template")
        }
        guard pattern?.takes(call.caller) ?? true else {
            throw .badArgument(
                "EnrollmentPatternId: \(call.caller.name) has none of the roles of the enrollment pattern '\(pattern?.name ?? "")'.",
                member: "EnrollmentPatternId")
        }
        return (template, pattern)
    }

    private static func template(_ name: String, _ call: Call, _ estate: Estate) throws(Refusal) -> Template {
        guard !name.isEmpty else {
            let members = call.product >= .v25 ? "EnrollmentPatternId or Template" : "Template"
            throw .badArgument("\(members): expected what to enroll for, found nothing.", member: "Template")
        }
        if let template = estate.templates.named(name) { return template }
        let nearest = nearestWord(to: name, among: estate.templates.rows.all.map(\.name)).map { "; did you mean '\($0)'?" } ?? "."
        throw .badArgument("Template: expected the short name of a template, found '\(name.prefix(60))'\(nearest)", member: "Template")
    }

    /// From 25 on, who names a template enrolls by its default pattern.
    private static func defaultPattern(of template: Template, _ call: Call, _ estate: Estate) throws(Refusal) -> EnrollmentPattern? {
        guard call.product >= .v25 else { return nil }
        if let pattern = estate.enrollmentPatterns.rows.all.first(where: { $0.template == template.id && $0.isDefault }) { return pattern }
        throw .badArgument("Template: the template '\(template.name)' has no default enrollment pattern.", member: "Template")
    }

    private static func authority(
        _ name: String, _ pattern: EnrollmentPattern?, _ call: Call, _ estate: Estate
    ) throws(Refusal) -> CertificateAuthority {
        let allowed = pattern?.authorities.compactMap { estate.authorities[$0] } ?? []
        let name = name.trimmed
        guard !name.isEmpty else {
            // Clients written for 24.4 and earlier always name one.
            guard call.product >= .v25 else {
                throw .badArgument(
                    "CertificateAuthority: expected host and logical name of an authority, found nothing.", member: "CertificateAuthority")
            }
            guard let first = allowed.first ?? estate.authorities.rows.all.first(where: \.isForEnrollment) else {
                throw .authorityUnknown("")
            }
            return first
        }
        guard let known = estate.authority(named: name) else { throw .authorityUnknown(name) }
        guard pattern?.restrictsAuthorities != true || allowed.contains(where: { $0.id == known.id }) else {
            throw .badArgument(
                "CertificateAuthority: the enrollment pattern '\(pattern?.name ?? "")' is restricted to \(allowed.map(\.name).joined(separator: ", ")).",
                member: "CertificateAuthority")
        }
        return known
    }

    // MARK: What holds for it

    /// What may be enrolled for: what the pattern leaves open the template says, and then the settings for all.
    func allowsWildcards(_ estate: Estate) -> Bool {
        pattern?.policy.allowsWildcards ?? template.policy?.allowsWildcards ?? estate.enrollmentSettings.policy.allowsWildcards ?? true
    }

    /// Whether a key may be that of another certificate already.
    func allowsKeyReuse(_ estate: Estate) -> Bool {
        pattern?.policy.allowsKeyReuse ?? template.policy?.allowsKeyReuse ?? estate.enrollmentSettings.policy.allowsKeyReuse ?? true
    }

    /// Whether the common name becomes an alternative name where a request has no DNS name.
    func enforcesRFC(_ estate: Estate) -> Bool {
        pattern?.policy.enforcesRFC ?? template.policy?.enforcesRFC ?? (template.enforcesRFC || authority.enforcesRFC)
    }

    /// The kinds of key that it takes; empty for any.
    var keys: [KeyAlgorithm] { Self.keys(template, pattern) }

    /// The kinds of key that a template takes, or a pattern of it; empty for any.
    static func keys(_ template: Template, _ pattern: EnrollmentPattern?) -> [KeyAlgorithm] {
        pattern?.policy.keys ?? template.policy?.keys ?? template.keys
    }

    /// What subjects must look like.
    func regexes(_ estate: Estate) -> [SubjectRegex] {
        let own = (pattern?.regexes ?? []) + template.regexes
        return own + estate.enrollmentSettings.regexes.filter { general in !own.contains { $0.part == general.part } }
    }

    /// What subjects are where a request leaves it out.
    func defaults(_ estate: Estate) -> [SubjectDefault] {
        let own = (pattern?.defaults ?? []) + template.defaults
        return own + estate.enrollmentSettings.defaults.filter { general in !own.contains { $0.part == general.part } }
    }

    /// What is asked for beside the subject.
    var fields: [EnrollmentField] { (pattern?.enrollmentFields ?? []) + template.enrollmentFields }

    /// What it says of metadata fields.
    var metadataRules: [MetadataRule] { pattern.map { $0.metadata.isEmpty ? template.metadata : $0.metadata } ?? template.metadata }

    /// Whether the server keeps the keys that it makes.
    var keepsKeys: Bool { template.keyRetention != .none || authority.keyRetention != .none }
}

extension EnrollmentPattern {
    /// Whether somebody may enroll by it: where roles are associated with it, the caller must have one of them. Whoever may do everything
    /// may do that too; a caller without a name is not asked.
    func takes(_ caller: Caller) -> Bool {
        guard !roles.isEmpty, caller.isNamed, !caller.permissions.grantsAll else { return true }
        return roles.contains { allowed in caller.roles.contains { $0.lowercased() == allowed.lowercased() } }
    }
}

extension Template {
    /// Whether somebody may enroll for it: where only some may, one of the caller's roles must be named. Whoever may do everything counts
    /// as having the roles that cannot be changed; a caller without a name is not asked.
    func takes(_ caller: Caller, _ estate: Estate) -> Bool {
        guard limitsRequesters, caller.isNamed else { return true }
        let roles = caller.permissions.grantsAll ? estate.security.roles.all.filter(\.isImmutable).map(\.name) : caller.roles
        return requesters.contains { allowed in roles.contains { $0.lowercased() == allowed.lowercased() } }
    }
}
