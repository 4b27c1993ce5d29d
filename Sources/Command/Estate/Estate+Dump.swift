public import Base
import Certificates
public import Entities
import Issuance
import Model
import Orchestrators
public import ScenarioFormat
import Security
import Stores

/// What the `estate` part of a scenario may say, and how an estate is written so that reading it gives the same estate.
public enum EstateFile {
    /// What keys the `estate` part has and what may stand under them.
    public static let shape = Shape.object(
        "an estate",
        fields: [
            .init(
                "from", .word(EstateBuilder.Base.allCases.map(\.rawValue)),
                about: "the built-in estate to begin with; default small, or in a patch what is there")
        ] + parts)

    /// What a rule may merge into an estate that is there.
    public static let patch = Shape.object("an estate", fields: parts)

    private static let parts: [Shape.Field] =
        [
            .init("agents", .list(.named("agent") { Agent.model.shape }), about: "orchestrators"),
            .init("jobTypes", .list(.named("jobType") { JobType.model.shape }), about: "custom job types"),
            .init(
                "storeTypes", .list(.named("storeType") { StoreType.model.shape }),
                about: "certificate store types in addition to the built-in ones"),
            .init("containers", .list(.named("container") { Container.model.shape }), about: "certificate store containers"),
            .init("certificateStores", .list(.named("certificateStore") { CertificateStore.model.shape }), about: "certificate stores"),
            .init(
                "certificates", .list(.named("certificate") { CertificateSeed.certificate.shape }),
                about: "certificates, also those that lie in no store"),
            .init(
                "certificateRequests", .list(.named("certificateRequest") { RequestSeed.model.shape }),
                about: "requests for certificates that wait for an approval, or were denied"),
            .init(
                "generatedRequests", .list(.named("generatedRequest") { GeneratedSeed.model.shape }),
                about: "requests for signing that the server made; the estate dump says them"),
            .init("metadataFields", .list(.named("metadataField") { MetadataField.model.shape }), about: "metadata fields"),
            .init("collections", .list(.named("collection") { CertificateCollection.model.shape }), about: "certificate collections"),
            .init("authorities", .list(.named("authority") { CertificateAuthority.model.shape }), about: "certificate authorities"),
            .init("templates", .list(.named("template") { Template.model.shape }), about: "certificate templates"),
            .init(
                "enrollmentPatterns", .list(.named("enrollmentPattern") { EnrollmentPattern.model.shape }), about: "enrollment patterns"),
            .init(
                "enrollmentSettings", .named("enrollmentSettings") { EnrollmentSettings.model.shape },
                about: "what holds for all templates and patterns that say nothing else"),
            .init("healthRecipients", .list(.named("recipient") { AlertRecipient.model.shape }), about: "who gets mail on CAs' health"),
            .init(
                "thresholdRecipients", .list(.named("recipient") { AlertRecipient.model.shape }),
                about: "who gets mail on CAs' thresholds"),
            .init(
                "permissionSets", .list(.named("permissionSet") { PermissionSet.model.shape }),
                about: "permission sets in addition to Global"),
            .init(
                "identities", .list(.named("identity") { SecurityIdentity.model.shape }), about: "users and groups that roles are given to"),
            .init("claims", .list(.named("claim") { SecurityClaim.model.shape }), about: "claims that give roles"),
            .init("roles", .list(.named("role") { SecurityRole.model.shape }), about: "security roles in addition to the built-in ones"),
            .init(
                "pamTypes", .list(.named("pamType") { PamType.model.shape }),
                about: "types of PAM providers in addition to the built-in ones"),
            .init("pamProviders", .list(.named("pamProvider") { PamProvider.model.shape }), about: "PAM providers"),
            .init(
                "jobs", .list(.named("job") { JobSeed.model.shape }),
                about: "jobs already scheduled, as POST /OrchestratorJobs/Custom would"),
            .init("history", .list(.named("attempt") { AttemptSeed.model.shape }), about: "attempts at jobs; the estate dump says them"),
            .init("due", .list(.named("due") { DueSeed.model.shape }), about: "what falls due when; the estate dump says it"),
            .init(
                "numbers", .named("numbers") { NumberSeed.model.shape }, about: "the numbers given out so far; the estate dump says them"),
        ]
}

extension Estate {
    /// Writes everything that exists in the words of scenario files. Read as a scenario's `estate`, it is the same estate.
    ///
    /// - Parameter writer: what to write to.
    public func dump(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("from", EstateBuilder.Base.nothing.rawValue)
            list("agents", agents.all, Agent.model, &writer)
            list("jobTypes", jobTypes.all, JobType.model, &writer)
            list("storeTypes", storeTypes.all, StoreType.model, &writer)
            list("containers", containers.all, Container.model, &writer)
            list("metadataFields", metadataFields.rows.all, MetadataField.model, &writer)
            list("collections", collections.rows.all, CertificateCollection.model, &writer)
            list("authorities", authorities.rows.all, CertificateAuthority.model, &writer)
            list("templates", templates.rows.all, Template.model, &writer)
            list("enrollmentPatterns", enrollmentPatterns.rows.all, EnrollmentPattern.model, &writer)
            writer.name("enrollmentSettings")
            EnrollmentSettings.model.dump(enrollmentSettings, self, to: &writer)
            list("healthRecipients", healthRecipients.rows.all, AlertRecipient.model, &writer)
            list("thresholdRecipients", thresholdRecipients.rows.all, AlertRecipient.model, &writer)
            list("permissionSets", security.permissionSets.all, PermissionSet.model, &writer)
            list("identities", security.identities.all, SecurityIdentity.model, &writer)
            list("claims", security.claims.all, SecurityClaim.model, &writer)
            list("roles", security.roles.all, SecurityRole.model, &writer)
            list("pamTypes", security.pamTypes.all, PamType.model, &writer)
            list("pamProviders", security.pamProviders.all, PamProvider.model, &writer)
            list("certificates", certificates.table.all.map { CertificateSeed($0, in: self) }, CertificateSeed.certificate, &writer)
            list("certificateRequests", requests.waiting.all.map { RequestSeed($0, in: self) }, RequestSeed.model, &writer)
            list("generatedRequests", requests.generated.all.map { GeneratedSeed($0) }, GeneratedSeed.model, &writer)
            list("certificateStores", stores.all, CertificateStore.model, &writer)
            let attempts = jobs.history.all
            list("jobs", jobSeeds(attempts), JobSeed.model, &writer)
            list("history", attempts.map { AttemptSeed($0) }, AttemptSeed.model, &writer)
            list("due", jobs.dues, DueSeed.model, &writer)
            writer.name("numbers")
            NumberSeed.model.dump(NumberSeed(self), self, to: &writer)
        }
    }

    /// The jobs that are scheduled, and those that only attempts remember, in the order of their coming.
    private func jobSeeds(_ attempts: [HistoryEntry]) -> [JobSeed] {
        var jobs = Dictionary(self.jobs.scheduled.all.map { (ObjectIdentifier($0), $0) }) { one, _ in one }
        for attempt in attempts { jobs[ObjectIdentifier(attempt.job)] = attempt.job }
        return jobs.values.sorted { $0.number < $1.number }.map { JobSeed($0, in: self.jobs) }
    }

    private func list<Row>(_ key: String, _ rows: [Row], _ model: Model<Row>, _ writer: inout JSONWriter) {
        writer.name(key)
        writer.array(rows) { model.dump($1, self, to: &$0) }
    }
}
