import Base
import Entities
import MicroHTTP
import Model

/// The revocation lists of a world's authorities, at the addresses that its certificates say.
extension WorldState {
    /// Whether a request is for a revocation list: then the authority's name as addresses spell it.
    static func revocationList(of request: Request) -> String? {
        guard request.pathBegins(with: "/crl/") else { return nil }
        let path = request.text(request.path)
        guard path.hasSuffix(".crl"), request.method == .get || request.method == .head else { return nil }
        let name = path.dropFirst(5).dropLast(4)
        return name.isEmpty || name.contains("/") ? nil : String(name)
    }

    /// The revocation list of an authority, made now: it is always up to date.
    mutating func revocationList(_ name: String, now: Timestamp) -> Work.Completion {
        let authority = estate.authorities.rows.all.first { CertificateRequests.fileName(of: $0.logicalName) == name }
        guard authority != nil || name == CertificateRequests.root else {
            let names = estate.authorities.rows.all.map { CertificateRequests.fileName(of: $0.logicalName) } + [CertificateRequests.root]
            let nearest = nearestWord(to: name, among: names).map { "; did you mean /crl/\($0).crl?" } ?? ""
            let why = "no certificate authority of this world has the revocation list '\(name.prefix(60))'\(nearest)"
            return Work.Completion(response(.noOperation(why), now: now), reason: why)
        }
        let list = estate.revocationList(of: authority?.id, now: now)
        var response = response(200, .other, body: list, now: now)
        response.add("Content-Type", "application/pkix-crl")
        return Work.Completion(response)
    }
}
