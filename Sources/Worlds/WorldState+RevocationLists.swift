import Base
import Entities
import MicroHTTP
import Model

/// The revocation lists and the OCSP responders of a world's authorities, at the addresses that its certificates say.
extension WorldState {
    /// Whether a request is for a revocation list: then the authority's name as addresses spell it.
    static func revocationList(of request: Request) -> String? {
        guard request.pathBegins(with: "/crl/") else { return nil }
        let path = request.text(request.path)
        guard path.hasSuffix(".crl"), request.method == .get || request.method == .head else { return nil }
        let name = path.dropFirst(5).dropLast(4)
        return name.isEmpty || name.contains("/") ? nil : String(name)
    }

    /// Whether a request is for the status of certificates: then the authority's name as addresses spell it, and what is asked.
    static func statusRequest(of request: Request) -> (name: String, der: [UInt8])? {
        guard request.pathBegins(with: "/ocsp/") else { return nil }
        let parts = request.text(request.path).dropFirst(6).split(separator: "/", maxSplits: 1)
        guard let name = parts.first else { return nil }
        if request.method == .post { return parts.count == 1 ? (String(name), Array(request.bytes[request.body])) : nil }
        // Small requests may stand in the address, in base64 (RFC 6960, A.1).
        guard request.method == .get, parts.count == 2, let text = PercentEncoding.decode(parts[1].utf8) else { return nil }
        return (String(name), Base64.decode(Array(text.utf8)[...]) ?? [])
    }

    /// The revocation list of an authority, made now: it is always up to date.
    mutating func revocationList(_ name: String, now: Timestamp) -> Work.Completion {
        let authority = estate.authorities.rows.all.first { CertificateRequests.fileName(of: $0.logicalName) == name }
        guard authority != nil || name == CertificateRequests.root else { return noAuthority("/crl/", name, ".crl", now) }
        var response = response(200, .other, body: estate.revocationList(of: authority?.id, now: now), now: now)
        response.add("Content-Type", "application/pkix-crl")
        return Work.Completion(response)
    }

    /// What an authority says of the status of certificates.
    mutating func certificateStatus(_ name: String, _ der: [UInt8], now: Timestamp) -> Work.Completion {
        let authority = estate.authorities.rows.all.first { CertificateRequests.fileName(of: $0.logicalName) == name }
        guard authority != nil || name == CertificateRequests.root else { return noAuthority("/ocsp/", name, "", now) }
        let (answer, flaw) = estate.certificateStatus(der, from: authority?.id, now: now)
        var response = response(200, .other, body: answer, now: now)
        response.add("Content-Type", "application/ocsp-response")
        return Work.Completion(response, reason: flaw)
    }

    private mutating func noAuthority(_ start: String, _ name: String, _ end: String, _ now: Timestamp) -> Work.Completion {
        let names = estate.authorities.rows.all.map { CertificateRequests.fileName(of: $0.logicalName) } + [CertificateRequests.root]
        let nearest = nearestWord(to: name, among: names).map { "; did you mean \(start)\($0)\(end)?" } ?? ""
        let why = "no certificate authority of this world has the address '\(start)\(name.prefix(60))\(end)'\(nearest)"
        return Work.Completion(response(.noOperation(why), now: now), reason: why)
    }
}
