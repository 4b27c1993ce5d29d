import Base
public import Entities
public import Model
import ScenarioFormat

extension CertificateCollection: Modelled {
    /// What a request says of a collection.
    public struct Draft: Sendable {
        var id = 0
        var name = ""
        var description = Patch<String>.absent
        var query: String?
        var source: Int?
        var duplicates = Patch<Duplicates>.absent
        var isOnDashboard = Patch<Bool>.absent
        var isFavorite = Patch<Bool>.absent
        var isAutomated = Patch<Bool>.absent
    }

    /// A collection: as a GET sends it (`shown`, CertificateQuery), as the answer to a write (`written`) and as CollectionList has it
    /// (`listed`). Members and their order in 25 are recorded, those of 11 documented. Assumed: the query fields.
    public static let model = Model<CertificateCollection>(
        [
            .listed: "CertificateCollectionListResponse", .shown: "CertificateQuery", .written: "CertificateCollectionResponse",
            .create: "CertificateCollectionCreateRequest", .update: "CertificateCollectionUpdateRequest",
            .approve: "CertificateCollectionCopyRequest",
        ], "a certificate collection", blank: { .init() }
    ) {
        Member("Id", .given()) { $0.id }.filtered(isKey: true).asked(.update, required: "the id of a certificate collection", \.id)
            .seeded("id", about: "its Id; the next free one if left out", \.id)
        Asked(ignored: "Id", .integer)
        Member("Name", .text("a name", length: 1...100)) { $0.name }.filtered(isKey: true)
            .asked(.requests, kind: .text(upTo: 100), required: "at least one character", \.name)
            .seeded("name", required: true, about: "its name", \.name)
        Member("Content", .text) { $0.query }.only(in: .listed)
        Member("DuplicationField", .word(nil)) { $0.duplicates }.only(in: .listed)
        Member("Favorite", .flag) { $0.isFavorite }.only(in: .listed)
        Member("ShowOnDashboard", .flag) { $0.isOnDashboard }.only(in: .listed)
        // Assumed: who sees a collection may ask it.
        Member("HasQueryPermissions", .flag) { _ in true }.only(in: .listed)
        Member("Description", .text(upTo: 1000), nullable: { $0.description }).filtered().asked(.requests, \.description)
            .seeded("description", about: "what it is for", \.description)
        Member("Automated", .flag) { $0.isAutomated }.only(in: .shown)
            .asked([.create, .update], of: { $0 == .v25 }) { $0.isAutomated = $1 }
            .seeded("automated", about: "its Automated; default false", \.isAutomated)
        Member("Content", .text) { $0.query }.only(in: [.shown, .written]).filtered(aliases: ["Query"])
        Member("Query", .text(upTo: 8192)) { $0.query }.only(in: .written).asked(.requests, \.query)
            .seeded("query", about: "which certificates are in it; default all", \.query)
        Asked("CopyFromId", .number, in: .create, \.source)
        Asked("CopyFromId", .number, in: .approve, required: "the id of a certificate collection", \.source)
        Member("DuplicationField", .numbered) { $0.duplicates }.only(in: [.shown, .written]).asked(.requests, \.duplicates)
            .seeded("duplicationField", about: "which certificates count as one; default None", \.duplicates)
        Member("ShowOnDashboard", .flag) { $0.isOnDashboard }.only(in: [.shown, .written]).filtered().asked(.requests, \.isOnDashboard)
            .seeded("showOnDashboard", about: "whether the dashboard shows it; default false", \.isOnDashboard)
        Member("Favorite", .flag) { $0.isFavorite }.only(in: [.shown, .written]).filtered().asked(.requests, \.isFavorite)
            .seeded("favorite", about: "whether the navigator shows it; default false", \.isFavorite)
        // Recorded: 0 and null in the answer to a POST, since nobody has counted yet.
        Member("EstimatedCertCount", .number) { collection, view in
            view.form == .written ? 0 : view.estate.estimate(of: collection) ?? 0
        }.only(in: [.shown, .written]).sent { $0 == .v25 }
        Member(
            "LastEstimated", .time,
            nullable: { collection, view in
                view.form == .written || view.estate.estimate(of: collection) == nil ? nil : view.now
            }
        ).only(in: [.shown, .written]).sent { $0 == .v25 }
        Seed("grants", .list(.object(Grant.model)), about: "what roles may do with it, in 10.5", \.grants)
    }

    /// The collections of an estate, and what their operations share. A permission for one collection shows it alone.
    static let noun = Noun(
        "/CertificateCollections", model, reads: .certificatesRead, container: { $0.id }, rows: \.collections.rows,
        notFound: { .collectionNotFound($0) })
}

extension CertificateCollection.Grant: Modelled {
    /// What 10.x lets a role do with the certificates of a collection.
    static let model = Model<CertificateCollection.Grant>(
        [.create: "CollectionPermissionRequest"], "a grant", blank: { .init() }, check: check
    ) {
        Member("RoleId", .given()) { $0.role }.asked(.create, required: "the id of a security role", \.role)
            .seeded("role", about: "the Id of a security role", \.role)
        Member("Permissions", .list(.text)) { $0.permissions }.asked(.create, \.permissions)
            .seeded("permissions", about: "what the role may do", \.permissions)
    }

    /// What a role may be granted.
    public static let words = ["Read", "EditMetadata", "Recover", "Revoke", "Delete"]

    private static func check(_ grant: inout CertificateCollection.Grant, _ prefix: String, _ reading: Reading) throws(Refusal) {
        for (index, word) in grant.permissions.enumerated() {
            guard let known = words.first(where: { $0.lowercased() == word.lowercased() }) else {
                throw .badArgument(
                    "\(prefix)Permissions[\(index)]: expected one of \(words.joined(separator: ", ")), found '\(word.prefix(60))'.")
            }
            grant.permissions[index] = known
        }
    }
}

/// A collection as the portal's navigator lists it.
struct CollectionNavItem: Modelled {
    let collection: CertificateCollection

    static let model = Model<CollectionNavItem>([.shown: "CertificateCollectionNavItem"]) {
        Member("Id", .number) { $0.collection.id }
        Member("Name", .text) { $0.collection.name }
    }
}

/// What a request says of a collection's place in the navigator.
struct CollectionFavorite: Modelled {
    var isFavorite = false

    static let model = Model<CollectionFavorite>([.update: "CertificateCollectionFavoriteRequest"], blank: { .init() }) {
        Asked("ShowInNavigator", .flag, in: .update, \.isFavorite)
    }
}
