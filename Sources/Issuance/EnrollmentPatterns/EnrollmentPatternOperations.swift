import Base
import Entities
import MicroHTTP
public import Model

/// What can be done with enrollment patterns, which release 25 has.
public enum EnrollmentPatternOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] = [
        list, get, create, update, delete, metadata, effectiveSettings, settings, updateSettings, subjectParts,
    ]

    private static let reads = Need.everywhere(.patternsRead)
    private static let modifies = Need.everywhere(.patternsModify)
    private static let shown = Contents.of(EnrollmentPattern.model, .shown)

    private static let list = Operation(
        .get, "/EnrollmentPatterns", since: .v25, needs: reads, returns: Contents.array(shown), query: Operation.Parameter.list(),
        counts: true,
        established: "members, `X-Total-Count` (recorded); query fields Name and AllowedEnrollmentType, permission (client)",
        assumed: "default sort Id; a type of enrollment is found by its number or name, alone or as the whole sum"
    ) { call, estate throws(Refusal) in
        let model = EnrollmentPattern.model
        let page = try call.page(
            of: estate.enrollmentPatterns.rows, fields: model.queryFields(call.view(.shown, estate)), defaultSort: "Id")
        return .reply(call.list(page, model, .shown, estate))
    }

    private static let get = Operation(
        .get, "/EnrollmentPatterns/{id}", since: .v25, needs: reads, returns: shown, id: .integer, established: "members (recorded)",
        assumed: "text of the 404"
    ) { call, estate throws(Refusal) in
        .reply(call.object(try EnrollmentPattern.noun.find(.patternsRead, call, estate), EnrollmentPattern.model, .shown, estate))
    }

    private static let create = Operation(
        .post, "/EnrollmentPatterns", since: .v25, needs: modifies, takes: Contents.of(EnrollmentPattern.model, .create), returns: shown,
        established: "body: the template and the authorities by Id, roles by name; the whole pattern comes back (recorded)",
        assumed: """
            permission; all of its 400s; the first pattern of a template is not its default of itself, a new default takes the place of \
            the old one; that roles exist is not asked; where KeyInfo and PrimaryKeyAlgorithms are both sent, the latter counts
            """
    ) { call, estate throws(Refusal) in
        try requirePolicies(call)
        let pattern = try call.read(EnrollmentPattern.model)
        try require(pattern, estate)
        return .commit { estate in
            let added = estate.enrollmentPatterns.add(pattern)
            estate.makeDefault(added)
            return call.object(added, EnrollmentPattern.model, .shown, estate)
        }
    }

    private static let update = Operation(
        .put, "/EnrollmentPatterns/{id}", since: .v25, needs: modifies, takes: Contents.of(EnrollmentPattern.model, .update),
        returns: shown, id: .integer, established: "body, which names no template (documented)",
        assumed: "what is left out is as after a POST; permission; all of its 400s"
    ) { call, estate throws(Refusal) in
        let known = try EnrollmentPattern.noun.find(.patternsModify, call, estate)
        try requirePolicies(call)
        var pattern = EnrollmentPattern()
        (pattern.id, pattern.template) = (known.id, known.template)
        try call.read(EnrollmentPattern.model, .update, into: &pattern)
        try require(pattern, estate)
        let replacement = pattern
        return .commit { estate in
            estate.enrollmentPatterns.put(replacement)
            estate.makeDefault(replacement)
            return call.object(replacement, EnrollmentPattern.model, .shown, estate)
        }
    }

    private static let delete = Operation(
        .delete, "/EnrollmentPatterns/{id}", since: .v25, needs: modifies, id: .integer, established: "204 (documented)",
        assumed: "permission; the last pattern of a template can be deleted too"
    ) { call, estate throws(Refusal) in
        let id = try EnrollmentPattern.noun.find(.patternsModify, call, estate).id
        return .commit { estate in
            estate.enrollmentPatterns.remove(id)
            return Reply(204)
        }
    }

    private static let metadata = Operation(
        .get, "/EnrollmentPatterns/{id}/Metadata", since: .v25, needs: reads,
        returns: Contents.array(Contents.of(MetadataRule.model, .shown)), id: .integer,
        established: "members; what holds for metadata fields by the pattern and its template (documented)",
        assumed: "every metadata field, in the order of lists, as the pattern has it, else as the field itself"
    ) { call, estate throws(Refusal) in
        let pattern = try EnrollmentPattern.noun.find(.patternsRead, call, estate)
        let rules = estate.metadataFields.rows.all.map { field in
            pattern.metadata.first { $0.field == field.id } ?? MetadataRule(field)
        }
        var reply = call.list(Page(rows: rules, total: rules.count), MetadataRule.model, .shown, estate)
        reply.total = nil
        return .reply(reply)
    }

    private static let effectiveSettings = Operation(
        .get, "/EnrollmentPatterns/{id}/Settings", since: .v25, needs: reads, returns: Contents.of(EnrollmentSettings.ofPatterns, .shown),
        id: .integer, established: "members; what the pattern does not say is as in the settings for all (documented)",
        assumed: "regular expressions and defaults are replaced part by part"
    ) { call, estate throws(Refusal) in
        let pattern = try EnrollmentPattern.noun.find(.patternsRead, call, estate)
        return .reply(call.object(estate.settings(for: pattern), EnrollmentSettings.ofPatterns, .shown, estate))
    }

    private static let settings = Operation(
        .get, "/EnrollmentPatterns/Settings", since: .v25, needs: reads, returns: Contents.of(EnrollmentSettings.ofPatterns, .shown),
        established: "members (documented)", assumed: "they are those of `/Templates/Settings` under other names"
    ) { call, estate in
        .reply(call.object(estate.enrollmentSettings, EnrollmentSettings.ofPatterns, .shown, estate))
    }

    private static let updateSettings = Operation(
        .put, "/EnrollmentPatterns/Settings", since: .v25, needs: modifies,
        takes: Contents.of(EnrollmentSettings.ofPatterns, .update), returns: Contents.of(EnrollmentSettings.ofPatterns, .shown),
        established: "members, all of them required (documented)", assumed: "permission; all of its 400s"
    ) { call, _ throws(Refusal) in
        let settings = try call.read(EnrollmentSettings.ofPatterns, .update)
        return .commit { estate in
            estate.enrollmentSettings = settings
            return call.object(settings, EnrollmentSettings.ofPatterns, .shown, estate)
        }
    }

    private static let subjectParts = Operation(
        .get, "/EnrollmentPatterns/SubjectParts", since: .v25, needs: reads,
        returns: Contents.array(Contents.of(SubjectPart.model, .shown)), established: "it exists (documented)",
        assumed: "as `/Templates/SubjectParts`"
    ) { call, estate in
        .reply(call.subjectParts(estate))
    }

    private static func requirePolicies(_ call: Call) throws(Refusal) {
        if try call.object()["Policies"].map(\.isNull) ?? true { throw .policiesEmpty }
    }

    /// Refuses a pattern whose name is taken, or that refers to what does not exist.
    private static func require(_ pattern: EnrollmentPattern, _ estate: Estate) throws(Refusal) {
        if let other = estate.enrollmentPatterns.named(pattern.name), other.id != pattern.id {
            throw .alreadyExists("enrollment pattern", "Name", pattern.name)
        }
        guard estate.templates[pattern.template] != nil else {
            throw .badArgument("Template: there is no certificate template with id '\(pattern.template)'.", member: "Template")
        }
        for (index, id) in pattern.authorities.enumerated() where estate.authorities[id] == nil {
            throw .badArgument("CertificateAuthorities[\(index)]: there is no certificate authority with id '\(id)'.")
        }
        try MetadataRule.require(pattern.metadata, at: "MetadataFields", estate)
    }
}

extension MetadataRule {
    /// What a metadata field says itself.
    fileprivate init(_ field: MetadataField) {
        self.init()
        (self.field, defaultValue, validation) = (field.id, field.defaultValue, field.validation)
        (enrollment, message, isCaseSensitive) = (field.enrollment, field.message, field.isCaseSensitive)
    }
}

extension Estate {
    /// Lets a template have one default pattern: a new one takes the place of the old one (assumed).
    fileprivate mutating func makeDefault(_ pattern: EnrollmentPattern) {
        guard pattern.isDefault else { return }
        for var other in enrollmentPatterns.rows.all where other.template == pattern.template && other.isDefault && other.id != pattern.id {
            other.isDefault = false
            enrollmentPatterns.put(other)
        }
    }

    /// What holds for enrollments by a pattern: what it says itself, else what holds for all.
    func settings(for pattern: EnrollmentPattern) -> EnrollmentSettings {
        var settings = enrollmentSettings
        let (regexes, defaults) = (Set(pattern.regexes.map(\.part)), Set(pattern.defaults.map(\.part)))
        settings.regexes = settings.regexes.filter { !regexes.contains($0.part) } + pattern.regexes
        settings.defaults = settings.defaults.filter { !defaults.contains($0.part) } + pattern.defaults
        settings.policy = pattern.policy.completed(by: settings.policy)
        return settings
    }
}
