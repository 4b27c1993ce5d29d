import Base
import Entities
import MicroHTTP
import Model
import Orchestrators

/// Where certificates lie, and who may do what with them.
enum CertificateLocations {
    static let all = [locations, audit]

    private static let locations = Operation(
        .get, "/Certificates/Locations/{id}", needs: .containers(.certificatesRead), returns: Contents.of(LocationsAnswer.model, .shown),
        query: [.init(name: "collectionId", schema: .integer)], id: .integer, established: "members (documented, client)",
        assumed: """
            stores in containers that the caller may not read are shown; the members about addresses are null but for endpoints, which are \
            of type 0; a look at the jobs that put the certificate into a store or take it out
            """
    ) { call, estate throws(Refusal) in
        let certificate = try CertificateScope(.certificatesRead, call, estate).find(try Int.read(call))
        var groups: [LocationGroup] = []
        if !certificate.endpoints.isEmpty {
            groups.append(LocationGroup(type: 0, places: certificate.endpoints.map { LocationPlace(store: nil, endpoint: $0) }))
        }
        for location in estate.locations(of: certificate.id) {
            let place = LocationPlace(store: location.store, alias: location.entry.alias)
            if let known = groups.firstIndex(where: { $0.type == location.store.type }) {
                groups[known].places.append(place)
            } else {
                groups.append(LocationGroup(type: location.store.type, places: [place]))
            }
        }
        return .reply(call.object(LocationsAnswer(groups: groups), LocationsAnswer.model, .shown, estate))
    }.showing { call, estate throws(Refusal) in
        let id = try Int.read(call)
        return estate.jobsOnStores { estate.certificates(movedBy: $0).contains(id) }
    }

    private static let audit = Operation(
        .get, "/Certificates/IdentityAudit/{id}", versionTwoSince: .v10, needs: .containers(.certificatesRead),
        returns: Contents.array(Contents.of(AuditedIdentity.model, .shown)), query: [.init(name: "collectionId", schema: .integer)],
        id: .integer, established: "members of both versions (documented)",
        assumed: "which identities are named: those of roles with permissions for all certificates, or for a collection that it is in"
    ) { call, estate throws(Refusal) in
        let certificate = try CertificateScope(.certificatesRead, call, estate).find(try Int.read(call))
        let form: Forms = call.apiVersion == 2 ? .written : .shown
        let rows = AuditedIdentity.all(for: certificate, second: call.apiVersion == 2, call, estate)
        return .reply(call.list(Page(rows: rows, total: rows.count), AuditedIdentity.model, form, estate).withoutTotal)
    }
}

/// The stores that hold a certificate, by their types.
struct LocationsAnswer: Modelled {
    let groups: [LocationGroup]

    static let model = Model<LocationsAnswer>([.shown: "CertificateLocationsResponse"]) {
        Member("Details", .list(.object(shownOnly: LocationGroup.model))) { $0.groups }
    }
}

/// The stores of one type that hold a certificate.
struct LocationGroup: Modelled {
    let type: Int
    var places: [LocationPlace]

    private var isOfEndpoints: Bool { places.contains { $0.endpoint != nil } }

    static let model = Model<LocationGroup>([.shown: "CertificateLocationsGroup"]) {
        Member("StoreType", .text) { $0.isOfEndpoints ? "SSL" : $1.estate.storeTypes[$0.type]?.name ?? "" }
        Member("StoreTypeId", .number) { $0.type }
        Member("StoreCount", .number) { $0.places.count }
        Member("Locations", .list(.object(shownOnly: LocationPlace.model))) { $0.places }
    }
}

/// A store that holds a certificate, or an endpoint that serves it, which counts as a store of type 0 (assumed).
struct LocationPlace: Modelled {
    let store: CertificateStore?
    var alias: String?
    var endpoint: Certificate.Endpoint?

    static let model = Model<LocationPlace>([.shown: "CertificateLocation"]) {
        Member("StoreId", .guid, nullable: { $0.store?.id })
        Member("StoreTypeId", .number) { $0.store?.type ?? 0 }
        Member("ClientMachine", .text, nullable: { $0.store?.machine })
        Member("StorePath", .text, nullable: { $0.store?.path ?? $0.endpoint?.text })
        Member("AgentPool", .text, nullable: { _ in nil })
        Member("Alias", .text, nullable: { $0.alias })
        Member("IPAddress", .text, nullable: { $0.endpoint?.address })
        Member("Port", .number, nullable: { $0.endpoint?.port })
        Member("NetworkName", .text, nullable: { $0.endpoint == nil ? nil : "Default" })
    }
}
