import Base
public import Entities
public import Model
import ScenarioFormat

extension CertificateAuthority: Modelled {
    /// A certificate authority (CertificateAuthorityResponse). Members and their order in 25 are recorded, those of 11 documented. Secrets are
    /// dropped as they are read and shown as asterisks (recorded). Assumed: the query fields.
    public static let model = Model<CertificateAuthority>(
        [
            .listed: "CertificateAuthorityResponse", .shown: "CertificateAuthorityResponse", .written: "CertificateAuthorityResponse",
            .create: "CertificateAuthorityRequest", .update: "CertificateAuthorityRequest",
        ], "a certificate authority", blank: { .init() }, check: check
    ) {
        place
        limits
        account
        scans
        Member("CAType", .numbered, \.kind, about: "DCOM or HTTPS; default HTTPS")
        Member("AuthCertificate", .json(Self.certificate), nullable: { $0.hasCertificate ? Self.unknownCertificate : nil })
            .seeded(
                Self.presence("hasAuthCertificate", "whether Command logs in to it with a certificate; default false", \.hasCertificate))
        Asked("AuthCertificate", .secret, in: .requests) { $0.hasCertificate = $1.value?.over($0.hasCertificate) ?? false }
        Asked(dropped: "AuthCertificatePassword", .secret, in: .requests)
        Member("EnforceUniqueDN", .flag, \.enforcesUniqueSubjects, about: "whether it refuses a second certificate with a subject")
        Member(
            "AllowOneClickRenewals", .flag, \.allowsOneClickRenewals, by: { $0 > .v10 },
            about: "whether certificates may be renewed with one click; default false")
        Member(
            "NewEndEntityOnRenewAndReissue", .flag, \.makesNewEndEntities, by: { $0 > .v10 },
            about: "its NewEndEntityOnRenewAndReissue; default false")
        tokens
        Member("CASyncScheduledTasks", .list(.object(SyncTask.model))) { SyncTask.all(of: $0) }.sent { $0 < .v25 }
        // Seven digits and no zone, unlike every other time (recorded).
        Member("LastScan", .text, nullable: { $0.lastScan.map { $0.sevenDigits } })
            .seeded(Seed("lastScan", .time, about: "when its certificates were last read", \.lastScan))
        CertificateCleanup.members(\.cleanup)
        Member("UseForEnrollment", .flag, \.isForEnrollment, by: { $0 == .v25 }, about: "whether certificates are enrolled from it")
    }

    /// What it is called and where it is.
    @FieldBuilder<CertificateAuthority> private static var place: [Field<CertificateAuthority>] {
        Member("Id", .given()) { $0.id }.filtered(isKey: true).asked(.update, required: "the id of a certificate authority", \.id)
            .seeded("id", about: "its Id; the next free one if left out", \.id)
        Asked(ignored: "Id", .integer)
        Member("LogicalName", .text("a name", length: 1...256)) { $0.logicalName }.filtered(aliases: ["Name"])
            .asked(.requests, kind: .text(upTo: 256), required: "at least one character", \.logicalName)
            .seeded("name", required: true, about: "its LogicalName", \.logicalName)
        Member("HostName", .text(upTo: 256)) { $0.host }.filtered().asked(.requests, \.host)
            .seeded("host", about: "its HostName; default none", \.host)
        Member("Delegate", .flag, \.delegates, about: "whether it is managed in the caller's name; default false")
        Member("UseCAConnector", .flag, \.usesConnector, by: { $0 == .v25 }, about: "its UseCAConnector; default false")
        Member("ConnectorPool", .text(upTo: 256), \.connectorPool, by: { $0 == .v25 }, about: "its ConnectorPool")
        Member("DelegateEnrollment", .flag, \.delegatesEnrollment, about: "whether enrollments are made in the caller's name")
        Member("ForestRoot", .text(upTo: 256)) { $0.forestRoot }.filtered().asked(.requests, \.forestRoot)
            .seeded("forestRoot", about: "the root of its forest", \.forestRoot)
        Member("ConfigurationTenant", .text(upTo: 256)) { $0.configurationTenant }.filtered().asked(.requests, \.configurationTenant)
            .seeded("configurationTenant", about: "where it is configured", \.configurationTenant)
        Member("Remote", .flag, \.isRemote, about: "whether an orchestrator reaches it; default false")
        Member("Agent", .guid, nullable: \.agent, about: "the AgentId of that orchestrator")
        Member("AgentName", .text, nullable: { $0.orchestrator(in: $1)?.machine }).sent { $0 == .v25 }
        Member("AgentUsername", .text, nullable: { $0.orchestrator(in: $1)?.username }).sent { $0 == .v25 }
        Member("Standalone", .flag, \.isStandalone, about: "whether it has no templates; default false")
    }

    /// What is watched, and what may be enrolled.
    @FieldBuilder<CertificateAuthority> private static var limits: [Field<CertificateAuthority>] {
        Member("MonitorThresholds", .flag, \.monitors, about: "whether its numbers are watched; default false")
        Member("IssuanceMax", .number, nullable: \.mostIssued, about: "the most certificates between two checks")
        Member("IssuanceMin", .number, nullable: \.fewestIssued, about: "the fewest certificates between two checks")
        Member("DenialMax", .number, nullable: { $0.mostDenied }).asked(.requests) { $0.mostDenied = $1.applied(to: $0.mostDenied) }
            .seeded(Seed("denialMax", .number, about: "the most requests denied; default 0", isNullSaid: true, \.mostDenied))
        Member("FailureMax", .number, nullable: \.mostFailed, about: "the most requests that fail between two checks")
        Member("RFCEnforcement", .flag, \.enforcesRFC, about: "whether the common name must be an alternative name; default false")
        Member("Properties", .text(upTo: 4096), \.properties, about: "a JSON object as text")
        Member("AllowedEnrollmentTypes", .enrollmentTypes, \.allowed, about: "1 PFX, 2 CSR, 4 CSR generation, added up; default 0")
        Member("KeyRetention", .numbered, \.keyRetention, about: "how long keys are kept; default None")
        Member("KeyRetentionDays", .number, nullable: \.keyRetentionDays, about: "for how many days")
    }

    /// How Command logs in, and who may enroll.
    @FieldBuilder<CertificateAuthority> private static var account: [Field<CertificateAuthority>] {
        Member("ExplicitCredentials", .flag, \.hasOwnAccount, about: "whether Command has an account of its own there; default false")
        Member("SubscriberTerms", .flag, \.hasTerms, about: "whether requesters must accept its terms; default false")
        Member("ExplicitUser", .text(upTo: 256), nullable: \.user, about: "that account")
        Member("ExplicitPassword", .json(secret), nullable: { $0.hasPassword ? mask : nil })
            .seeded(presence("hasExplicitPassword", "whether that account has a password; default false", \.hasPassword))
        Asked("ExplicitPassword", .secret, in: .requests) { $0.hasPassword = $1.value?.over($0.hasPassword) ?? false }
        Member("UseAllowedRequesters", .flag, \.limitsRequesters, about: "whether only some may enroll; default false")
        Member("AllowedRequesters", .list(.text), \.requesters, about: "the roles that may enroll, by name")
    }

    /// When it is read. What a request leaves out is cleared (client).
    @FieldBuilder<CertificateAuthority> private static var scans: [Field<CertificateAuthority>] {
        Member("FullScan", .schedule, nullable: \.fullScan, about: "when all its certificates are read")
        Member("IncrementalScan", .schedule, nullable: \.incrementalScan, about: "when its new certificates are read")
        Member("ThresholdCheck", .schedule, nullable: \.thresholdCheck, about: "when the watched numbers are checked")
    }

    /// Where Command gets tokens for it, in 25.
    @FieldBuilder<CertificateAuthority> private static var tokens: [Field<CertificateAuthority>] {
        Member("TokenURL", .text(upTo: 1024), nullable: \.tokenURL, by: { $0 == .v25 }, about: "where Command gets tokens for it")
        Member("ClientId", .text(upTo: 256), nullable: \.client, by: { $0 == .v25 }, about: "the client as which Command gets tokens")
        Member("Scope", .text(upTo: 1024), nullable: \.scope, by: { $0 == .v25 }, about: "the scope of these tokens")
        Member("Audience", .text(upTo: 1024), nullable: \.audience, by: { $0 == .v25 }, about: "the audience of these tokens")
        Member("ClientSecret", .json(secret), nullable: { $0.hasClientSecret ? mask : nil }).sent { $0 == .v25 }
            .seeded(presence("hasClientSecret", "whether that client has a secret; default false", \.hasClientSecret))
        Asked("ClientSecret", .secret, in: .requests, of: { $0 == .v25 }) {
            $0.hasClientSecret = $1.value?.over($0.hasClientSecret) ?? false
        }
    }

    /// The authority in a few words, as enrollment patterns show theirs (recorded).
    static let reference = Model<CertificateAuthority>([.shown: "EnrollmentPatternCAResponse"]) {
        Member("Id", .number) { $0.id }
        Member("LogicalName", .text) { $0.logicalName }
        Member("HostName", .text) { $0.host }
        Member("ConfigurationTenant", .text) { $0.configurationTenant }
    }

    /// The authorities of an estate, and what their operations share.
    static let noun = Noun(
        "/CertificateAuthority", model, reads: .authoritiesRead, rows: \.authorities.rows, notFound: { .authorityNotFound($0) })

    // MARK: Secrets

    /// A secret as answers show it: recorded, down to the empty object.
    private static let mask = #"{"SecretValue":"\#(Secret.mask)","Parameters":{},"Provider":null}"#
    private static let secret = Schema.model(
        "KeyfactorAPISecretResponse",
        .object([.always("SecretValue", .text), .always("Parameters", .map(.any)), .nullable("Provider", .integer)]))
    private static let certificate = Schema.model(
        "AuthCertificateResponse",
        .object([
            .nullable("IssuedDN", .text), .nullable("IssuerDN", .text), .nullable("Thumbprint", .text),
            .nullable("ExpirationDate", .time),
        ]))
    /// Assumed: the certificate that was sent is not kept, and so nothing is known of it.
    private static let unknownCertificate = #"{"IssuedDN":null,"IssuerDN":null,"Thumbprint":null,"ExpirationDate":null}"#

    private static func presence(
        _ key: String, _ about: String, _ path: any WritableKeyPath<CertificateAuthority, Bool> & Sendable
    ) -> Seed<CertificateAuthority> {
        Seed(key, .flag, about: about, path)
    }

    private static func check(_ authority: inout CertificateAuthority, _ prefix: String, _ reading: Reading) throws(Refusal) {
        let usesTokens = [authority.client, authority.tokenURL].contains { $0?.isEmpty == false } || authority.hasClientSecret
        if usesTokens, authority.hasCertificate { throw .authorityOfTwoLogIns }
    }

    private func orchestrator(in view: View) -> Agent? { agent.flatMap { view.estate.agents[$0] } }
}

/// A scan of an authority as a task, as releases before 25 list them.
private struct SyncTask: Modelled {
    let authority: CertificateAuthority
    /// 1 for all certificates, 2 for new ones.
    let type: Int
    let schedule: Schedule

    static let model = Model<SyncTask>([.shown: "CertificateAuthorityScheduledTask"]) {
        // Assumed: they are counted by authority.
        Member("Id", .number) { ($0.authority.id - 1) * 2 + $0.type }
        Member("CertificateAuthorityId", .number) { $0.authority.id }
        Member("Schedule", .text, nullable: { $0.schedule.compact })
        Member("ScanType", .number) { $0.type }
        Member("SyncEnabled", .flag) { _ in true }
        Member("LastScanTime", .time, nullable: { $0.authority.lastScan })
    }

    static func all(of authority: CertificateAuthority) -> [SyncTask] {
        [(1, authority.fullScan), (2, authority.incrementalScan)].compactMap { type, schedule in
            schedule.map { SyncTask(authority: authority, type: type, schedule: $0) }
        }
    }
}

extension Timestamp {
    /// A time as .NET prints it without a kind: seven digits, no zone.
    fileprivate var sevenDigits: String {
        let tick = String(10_000_000 + ((ticks % 10_000_000) + 10_000_000) % 10_000_000)
        return iso.prefix(19) + "." + tick.dropFirst()
    }
}
