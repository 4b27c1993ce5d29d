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
        return revoker(authority).crl(
            number: Int(now.ticks / Timestamp.ticksPerSecond), thisUpdate: now + .seconds(-600), nextUpdate: now + .seconds(86_400),
            revoked: entries)
    }

    /// The answer of an authority to a request for the status of certificates, valid for a day.
    ///
    /// - Parameters:
    ///   - request: the request in DER.
    ///   - authority: the authority's Id; `nil` for the root, whose certificates are those of the other authorities.
    ///   - now: the world's time.
    /// - Returns: the answer in DER, and what is wrong with a request that cannot be read.
    public mutating func certificateStatus(_ request: [UInt8], from authority: Int?, now: Timestamp) -> (answer: [UInt8], flaw: String?) {
        let asked: StatusRequest
        do throws(PKIMistake) {
            asked = try StatusRequest(der: request)
        } catch {
            return (StatusRequest.malformed, error.message)
        }
        let now = now.inSeconds
        let issuer = revoker(authority)
        let answer = asked.answer(of: issuer, now: now, nextUpdate: now + .seconds(86_400)) { serial in
            let found = certificates.find(serial: Hex.text(serial)).first {
                $0.issuer == issuer.subject.text && $0.origin.authority == authority
            }
            guard let found else { return .unknown }
            guard found.state == .revoked, let revocation = found.revocation else { return .good }
            return .revoked(revocation.effective, reason: Self.listed(revocation.reason))
        }
        return (answer, nil)
    }

    /// The key of an authority, or of the root.
    private mutating func revoker(_ authority: Int?) -> PKI.CertificateAuthority {
        requests.issuer(authority.flatMap { authorities[$0]?.logicalName } ?? CertificateRequests.root, seed: identifiers.seed)
    }
}
