import Base
import Entities
import MicroHTTP
public import Model

/// What can be done with certificate authorities.
public enum AuthorityOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        [
            list,
            CertificateAuthority.noun.get(
                established: "members and their order in 25, secrets as asterisks (recorded); those of 11 (documented)",
                assumed: "permission; text of the 404; 10.5 lacks what 11 adds for renewals"),
            create, update, delete, test, sourceCount, forests, importAll, publish, healthSchedule,
        ] + AlertRecipient.operations("CAHealthRecipients", \.healthRecipients)
        + AlertRecipient.operations("CAThresholdRecipients", \.thresholdRecipients)

    private static let reads = Need.everywhere(.authoritiesRead)
    private static let modifies = Need.everywhere(.authoritiesModify)
    private static let written = Contents.of(CertificateAuthority.model, .written)
    private static let force = Operation.Parameter(name: "forceSave", schema: .boolean)

    private static let list = Operation(
        .get, "/CertificateAuthority", needs: reads, returns: Contents.array(Contents.of(CertificateAuthority.model, .listed)),
        query: Operation.Parameter.list(), counts: true,
        established: "members (recorded); old releases refuse a list that would be empty, with code 0xA0130000 (client)",
        assumed: """
            these are 10.5 and 11.6, with status 404; later ones send an empty list; `X-Total-Count`; default sort Id; query fields; permission
            """
    ) { call, estate throws(Refusal) in
        let model = CertificateAuthority.model
        let page = try call.page(
            of: estate.authorities.rows, fields: model.queryFields(call.view(.listed, estate)), defaultSort: "Id")
        let reply = call.list(page, model, .listed, estate)
        if reply.total == 0, call.product < .v12 { throw .noAuthorities }
        return .reply(reply)
    }

    private static let create = Operation(
        .post, "/CertificateAuthority", needs: modifies, takes: Contents.of(CertificateAuthority.model, .create), returns: written,
        query: [force],
        established: "body, forceSave (documented); code and text for two ways to log in (recorded)",
        assumed:
            "permission; statuses; every authority answers, so that forceSave changes nothing; host and logical name together are unique"
    ) { call, estate throws(Refusal) in
        _ = try call.flag("forceSave")
        let authority = try call.read(CertificateAuthority.model)
        try require(authority, estate)
        return .commit { estate in
            call.object(estate.authorities.add(authority), CertificateAuthority.model, .written, estate)
        }
    }

    private static let update = Operation(
        .put, "/CertificateAuthority", needs: modifies, takes: Contents.of(CertificateAuthority.model, .update), returns: written,
        query: [force],
        established: "body, forceSave (documented); what is left out is cleared, such as FullScan (client)",
        assumed: "permission; all of its 400s; a secret of asterisks stays; LastScan stays"
    ) { call, estate throws(Refusal) in
        _ = try call.flag("forceSave")
        let asked = try call.read(CertificateAuthority.model, .update)
        let known = try CertificateAuthority.noun.find(asked.id, .authoritiesModify, call, estate)
        var authority = CertificateAuthority()
        authority.lastScan = known.lastScan
        (authority.hasPassword, authority.hasCertificate, authority.hasClientSecret) =
            (known.hasPassword, known.hasCertificate, known.hasClientSecret)
        try call.read(CertificateAuthority.model, .update, into: &authority)
        try require(authority, estate)
        let replacement = authority
        return .commit { estate in
            estate.authorities.put(replacement)
            return call.object(replacement, CertificateAuthority.model, .written, estate)
        }
    }

    private static let delete = Operation(
        .delete, "/CertificateAuthority/{id}", needs: modifies, id: .integer,
        established: "204 (documented); code while there are certificates of it (client)",
        assumed: "permission; status and text; patterns lose it"
    ) { call, estate throws(Refusal) in
        let authority = try CertificateAuthority.noun.find(.authoritiesModify, call, estate)
        if estate.hasCertificates(from: authority) {
            throw .inUse("The certificate authority '\(authority.name)'", by: "certificates that it issued")
        }
        return .commit { estate in
            estate.authorities.remove(authority.id)
            for var pattern in estate.enrollmentPatterns.rows.all where pattern.authorities.contains(authority.id) {
                pattern.authorities.removeAll { $0 == authority.id }
                estate.enrollmentPatterns.put(pattern)
            }
            return Reply(204)
        }
    }

    private static let test = Operation(
        .post, "/CertificateAuthority/Test", needs: modifies, takes: Contents.of(CertificateAuthority.model, .create),
        returns: Contents.of(AuthorityTest.model, .shown), established: "members of body and answer (documented)",
        assumed: "permission; the authorities of the estate answer, others do not; both texts"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(CertificateAuthority.model)
        let isKnown = estate.authorities.named(asked.name) != nil
        let message = isKnown ? "Connection successful." : "No authority answers at '\(asked.name.prefix(200))'."
        return .reply(call.object(AuthorityTest(isSuccess: isKnown, message: message), AuthorityTest.model, .shown, estate))
    }

    private static let sourceCount = Operation(
        .get, "/CertificateAuthority/SourceCount", needs: reads, returns: { _ in .integer },
        established: "a bare number: the authorities that are synchronized (documented)",
        assumed: "permission; synchronized: with a full or an incremental scan"
    ) { call, estate in
        let count = estate.authorities.rows.all.count { $0.fullScan != nil || $0.incrementalScan != nil }
        return .reply(call.object { $0.value(count) })
    }

    private static let forests = Operation(
        .get, "/CertificateAuthority/AvailableForests", needs: reads, returns: { _ in .array(.text) },
        established: "an array of texts (documented)", assumed: "permission; the forest roots of authorities and templates, sorted"
    ) { call, estate in
        let roots = estate.authorities.rows.all.map(\.forestRoot) + estate.templates.rows.all.map(\.forestRoot)
        let forests = Set(roots).subtracting([""]).sorted()
        return .reply(call.object { writer in writer.array(forests) { $0.value($1) } })
    }

    private static let importAll = Operation(
        .post, "/CertificateAuthority/Import", needs: modifies, query: [.init(name: "dns", schema: .text)],
        established: "204 (documented)", assumed: "permission; it brings no authority, since there is no directory to ask"
    ) { _, _ in .reply(Reply(204)) }

    private static let publish = Operation(
        .post, "/CertificateAuthority/PublishCRL", needs: modifies, takes: Contents.of(CRLRequest.model, .create),
        established: "body, 204 (documented)", assumed: "permission; an unknown authority gets 400 with `CA does not exist`"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(CRLRequest.model)
        guard let authority = estate.authority(named: asked.name),
            asked.host.isEmpty || asked.host.lowercased() == authority.host.lowercased()
        else { throw .authorityNotFound(named: asked.name) }
        return .reply(Reply(204))
    }

    private static let healthSchedule = Operation(
        .get, "/CertificateAuthority/HealthMonitoring/Schedule", needs: reads, returns: Contents.of(HealthTask.model, .shown),
        established: "members (documented)", assumed: "permission; every value"
    ) { call, estate in
        .reply(call.object(HealthTask(), HealthTask.model, .shown, estate))
    }

    /// Refuses an authority whose host and logical name are taken.
    private static func require(_ authority: CertificateAuthority, _ estate: Estate) throws(Refusal) {
        guard let other = estate.authorities.named(authority.name), other.id != authority.id else { return }
        throw .alreadyExists("certificate authority", "LogicalName", authority.name)
    }
}

/// Whether Command reaches an authority.
private struct AuthorityTest: Modelled {
    let isSuccess: Bool
    let message: String

    static let model = Model<AuthorityTest>([.shown: "CertificateAuthorityTestResponse"]) {
        Member("Success", .flag) { $0.isSuccess }
        Member("Message", .text) { $0.message }
    }
}

/// Which authority is to publish its revocation list.
private struct CRLRequest: Modelled {
    var logicalName = ""
    var host = ""

    var name: String { host.isEmpty || logicalName.contains("\\") ? logicalName : "\(host)\\\(logicalName)" }

    static let model = Model<CRLRequest>([.create: "CRLRequest"], blank: { .init() }) {
        Asked("CertificateAuthorityLogicalName", .text(upTo: 512), required: "the logical name of an authority", \.logicalName)
        Asked("CertificateAuthorityHostName", .text(upTo: 256), \.host)
    }
}

/// When the health of authorities is checked. Every value is assumed.
private struct HealthTask: Modelled {
    static let model = Model<HealthTask>([.shown: "ScheduledTaskResponse"]) {
        Member("Id", .number) { _ in 1 }
        Member("Schedule", .text) { _ in "I_60" }
        Member("ScheduleType", .number) { _ in 0 }
        Member("Enabled", .flag) { _ in true }
        Member("Name", .text) { _ in "CA Health Monitoring" }
        Member("EntityId", .number, nullable: { _ in nil })
        Member("LastRun", .time, nullable: { _ in nil })
    }
}
