public import Base
import PKI

extension Estate {
    /// A reason as a list says it: "remove from CRL" would take the entry back, and beyond it there are no reasons.
    private static func listed(_ reason: Int) -> Int { (1...6).contains(reason) ? reason : 0 }

    /// The revocation list of an authority as it is now, valid for a day.
    ///
    /// - Parameters:
    ///   - authority: the authority's Id; `nil` for the root, which revokes nothing.
    ///   - now: the world's time.
    /// - Returns: the list in DER.
    public mutating func revocationList(of authority: Int?, now: Timestamp) -> [UInt8] {
        let revoked = certificates.revoked.sorted().compactMap { certificates[$0] }.filter {
            $0.origin.authority == authority && authority != nil
        }
        let entries = revoked.compactMap { certificate in
            certificate.revocation.flatMap { revocation in
                Hex.bytes(certificate.serial).map {
                    Revocation(serial: $0, when: revocation.effective, reason: Self.listed(revocation.reason))
                }
            }
        }
        let now = now.inSeconds
        return requests.issuer(authority.flatMap { authorities[$0]?.logicalName } ?? CertificateRequests.root, seed: identifiers.seed)
            .crl(
                number: Int(now.ticks / Timestamp.ticksPerSecond), thisUpdate: now + .seconds(-600), nextUpdate: now + .seconds(86_400),
                revoked: entries)
    }
}
