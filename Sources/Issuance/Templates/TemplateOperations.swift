import Base
public import Entities
import MicroHTTP
public import Model
import ScenarioFormat

/// What can be done with certificate templates.
public enum TemplateOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        [
            Template.noun.list(
                sortedBy: "Id", form: .listed,
                established:
                    "members by release, a trailing slash, `ReturnLimit=5000` (client, documented); order of the members (recorded)",
                assumed: "`X-Total-Count`; default sort Id; query fields; permission; 12.3 and 24.4 are as 11"),
            Template.noun.get(
                established: "members and their order in 25, where all that enrollments need is empty (recorded); those of 11 (documented)",
                assumed: "text of the 404; permission; 10.5 lacks KeyAlgorithms and AllowOneClickRenewals"),
        ] + [update, settings, updateSettings, subjectParts, importAll, details]

    private static let modifies = Need.everywhere(.templatesModify)

    private static let update = Operation(
        .put, "/Templates", needs: modifies, takes: Contents.of(Template.model, .update), returns: Contents.of(Template.model, .written),
        established: """
            body; what is left out is cleared, so that clients send all (client); in 25 `Policies` cannot be empty, and a key usage that \
            is a boolean gets the text of the JSON reader (recorded)
            """,
        assumed: "code of both; what the body cannot say stays; 25 ignores what belongs to patterns; permission"
    ) { call, estate throws(Refusal) in
        var asked = Template()
        try call.read(Template.model, .update, into: &asked)
        var template = try Template.noun.find(asked.id, .templatesModify, call, estate)
        if call.product == .v25, try call.object()["Policies"].map(\.isNull) ?? true { throw .policiesEmpty }
        template.clear(whatUpdatesReplaceIn: call.product)
        try call.read(Template.model, .update, into: &template)
        try MetadataRule.require(template.metadata, at: "MetadataFields", estate)
        let replacement = template
        return .commit { estate in
            estate.templates.put(replacement)
            return call.object(replacement, Template.model, .written, estate)
        }
    }

    private static let settings = Operation(
        .get, "/Templates/Settings", needs: .everywhere(.templatesRead), returns: Contents.of(EnrollmentSettings.model, .shown),
        established: "members (documented)", assumed: "permission; what they are at first"
    ) { call, estate in
        .reply(call.object(estate.enrollmentSettings, EnrollmentSettings.model, .shown, estate))
    }

    private static let updateSettings = Operation(
        .put, "/Templates/Settings", needs: modifies, takes: Contents.of(EnrollmentSettings.model, .update),
        returns: Contents.of(EnrollmentSettings.model, .shown),
        established: "members, all of them required; it replaces everything (documented)", assumed: "permission; all of its 400s"
    ) { call, _ throws(Refusal) in
        let settings = try call.read(EnrollmentSettings.model, .update)
        return .commit { estate in
            estate.enrollmentSettings = settings
            return call.object(settings, EnrollmentSettings.model, .shown, estate)
        }
    }

    private static let subjectParts = Operation(
        .get, "/Templates/SubjectParts", needs: .everywhere(.templatesRead),
        returns: Contents.array(Contents.of(SubjectPart.model, .shown)), established: "members (documented)",
        assumed: "permission; which parts there are"
    ) { call, estate in
        .reply(call.subjectParts(estate))
    }

    private static let importAll = Operation(
        .post, "/Templates/Import", needs: modifies, takes: Contents.of(TenantImport.model, .create),
        established: "body, 204 (documented)", assumed: "permission; it brings no template, since there is no forest to ask"
    ) { call, _ throws(Refusal) in
        _ = try call.read(TenantImport.model)
        return .reply(Reply(204))
    }

    private static let details = Operation(
        .get, "/Templates/CADetails/{id}", since: .v25, needs: .everywhere(.templatesRead), returns: Contents.of(Template.details, .shown),
        id: .integer, established: "members, in the description of a later 25 (documented)",
        assumed: "all authorities of the template's configuration tenant; forms of Validity and KeyInformation; permission"
    ) { call, estate throws(Refusal) in
        let template = try Template.noun.find(.templatesRead, call, estate)
        return .reply(call.object(template, Template.details, .shown, estate))
    }
}

extension Template {
    /// Clears what a PUT replaces whether the request says it or not.
    fileprivate mutating func clear(whatUpdatesReplaceIn product: ProductVersion) {
        let blank = Template()
        (friendlyName, keyRetention, keyRetentionDays) = (blank.friendlyName, blank.keyRetention, blank.keyRetentionDays)
        (archivesKeys, limitsRequesters, requesters) = (blank.archivesKeys, blank.limitsRequesters, blank.requesters)
        (requiresApproval, keyUsage, allowsOneClickRenewals) = (blank.requiresApproval, blank.keyUsage, blank.allowsOneClickRenewals)
        cleanup = blank.cleanup
        guard product < .v25 else { return }
        (enrollmentFields, metadata, allowed) = (blank.enrollmentFields, blank.metadata, blank.allowed)
        (regexes, defaults, policy) = (blank.regexes, blank.defaults, blank.policy)
    }
}

/// Which templates are to be imported.
private struct TenantImport: Modelled {
    var tenant: String?

    static let model = Model<TenantImport>([.create: "ConfigurationTenantRequest"], blank: { .init() }) {
        Asked("ConfigurationTenant", .text(upTo: 256), \.tenant)
    }
}

extension EnrollmentSettings: Modelled {
    /// The settings as templates have them.
    public static let model = Model<EnrollmentSettings>(
        [.shown: "TemplateSettingsResponse", .update: "TemplateSettingsRequest"], "settings of all templates", blank: { .init() }
    ) {
        Member("TemplateRegexes", .list(.object(SubjectRegex.model))) { $0.regexes }
            .asked(.update, required: "an array", \.regexes)
            .seeded("regexes", about: "what subjects must look like", \.regexes)
        Member("TemplateDefaults", .list(.object(SubjectDefault.model))) { $0.defaults }
            .asked(.update, required: "an array", \.defaults)
            .seeded("defaults", about: "what subjects are where requests leave it out", \.defaults)
        Member("TemplatePolicy", .object(EnrollmentPolicy.model)) { $0.policy }.asked(.update, required: "an object", \.policy)
            .seeded("policy", about: "what may be enrolled for", \.policy)
    }

    /// The same settings as patterns have them, in 25.
    static let ofPatterns = Model<EnrollmentSettings>(
        [.shown: "EnrollmentPatternSettingsResponse", .update: "EnrollmentPatternSettingsRequest"], blank: { .init() }
    ) {
        Member("Regexes", .list(.object(SubjectRegex.model))) { $0.regexes }.asked(.update, required: "an array", \.regexes)
        Member("Defaults", .list(.object(SubjectDefault.model))) { $0.defaults }.asked(.update, required: "an array", \.defaults)
        Member("Policies", .object(EnrollmentPolicy.model)) { $0.policy }.asked(.update, required: "an object", \.policy)
    }
}

extension Call {
    /// The parts of a subject that rules can name.
    func subjectParts(_ estate: Estate) -> Reply {
        var reply = list(Page(rows: SubjectPart.all, total: SubjectPart.all.count), SubjectPart.model, .shown, estate)
        reply.total = nil
        return reply
    }
}
