import Base
import Certificates
public import Entities
import Issuance
import Model
import Orchestrators
import Security
import Stores

/// A part of what exists, for those who look at a large estate.
public struct EstateRows {
    /// What kinds there are, in the words of scenario files.
    public static let kinds = [
        "agents", "jobTypes", "storeTypes", "containers", "certificateStores", "certificates", "certificateRequests", "metadataFields",
        "collections", "authorities", "templates", "enrollmentPatterns", "permissionSets", "identities", "claims", "roles", "pamTypes",
        "pamProviders",
    ]

    /// How many rows contain what is searched for.
    public private(set) var total = 0
    /// Some of them, as scenario files write them.
    public private(set) var rows: [[UInt8]] = []
    private let wanted: [UInt8]
    private let range: Range<Int>

    /// Some rows of a kind.
    ///
    /// - Parameters:
    ///   - kind: one of ``kinds``.
    ///   - text: what a row must contain, without case; empty for all.
    ///   - offset: how many of those to pass over.
    ///   - limit: how many to take at most.
    ///   - estate: what exists.
    public init(_ kind: String, containing text: String, offset: Int, limit: Int, of estate: Estate) {
        wanted = Array(text.lowercased().utf8)
        range = offset..<min(offset, .max - limit) + limit
        let (issued, requests, security) = (estate.certificates.table, estate.requests.waiting, estate.security)
        switch kind {
        case "agents": take(estate.agents.all, Agent.model, estate)
        case "jobTypes": take(estate.jobTypes.all, JobType.model, estate)
        case "storeTypes": take(estate.storeTypes.all, StoreType.model, estate)
        case "containers": take(estate.containers.all, Container.model, estate)
        case "certificateStores": take(estate.stores.all, CertificateStore.model, estate)
        case "certificates": take(issued.all.lazy.map { CertificateSeed($0, in: estate) }, CertificateSeed.certificate, estate)
        case "certificateRequests": take(requests.all.map { RequestSeed($0, in: estate) }, RequestSeed.model, estate)
        case "metadataFields": take(estate.metadataFields.rows.all, MetadataField.model, estate)
        case "collections": take(estate.collections.rows.all, CertificateCollection.model, estate)
        case "authorities": take(estate.authorities.rows.all, CertificateAuthority.model, estate)
        case "templates": take(estate.templates.rows.all, Template.model, estate)
        case "enrollmentPatterns": take(estate.enrollmentPatterns.rows.all, EnrollmentPattern.model, estate)
        case "permissionSets": take(security.permissionSets.all, PermissionSet.model, estate)
        case "identities": take(security.identities.all, SecurityIdentity.model, estate)
        case "claims": take(security.claims.all, SecurityClaim.model, estate)
        case "roles": take(security.roles.all, SecurityRole.model, estate)
        case "pamTypes": take(security.pamTypes.all, PamType.model, estate)
        case "pamProviders": take(security.pamProviders.all, PamProvider.model, estate)
        default: break
        }
    }

    private mutating func take<Row>(_ all: some Collection<Row>, _ model: Model<Row>, _ estate: Estate) {
        for row in all {
            guard !wanted.isEmpty || range.contains(total) else {
                total += 1
                continue
            }
            var writer = JSONWriter()
            model.dump(row, estate, to: &writer)
            guard contains(writer.bytes) else { continue }
            if range.contains(total) { rows.append(writer.bytes) }
            total += 1
        }
    }

    /// Whether a text contains what is searched for, whatever the case of its letters from A to Z.
    private func contains(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= wanted.count else { return false }
        let plain = bytes.map(CaselessText.lower)
        return (0...plain.count - wanted.count).contains { place in wanted.indices.allSatisfy { plain[place + $0] == wanted[$0] } }
    }
}
