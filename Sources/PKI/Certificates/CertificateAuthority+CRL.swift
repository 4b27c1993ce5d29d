public import Base

/// An entry of a CRL.
public struct Revocation: Sendable {
    /// The certificate's serial number.
    var serial: [UInt8]
    /// When it was revoked, to the second.
    var when: Timestamp
    /// Why, as RFC 5280 numbers it.
    var reason: UInt8

    /// An entry of a CRL.
    ///
    /// - Parameters:
    ///   - serial: the certificate's serial number.
    ///   - when: when it was revoked.
    ///   - reason: 1 to 6, 8 to 10; anything else is unspecified, and no reason stands in the CRL.
    public init(serial: [UInt8], when: Timestamp, reason: Int) {
        (self.serial, self.when) = (serial, when)
        self.reason = (1...10).contains(reason) && reason != 7 ? UInt8(reason) : 0
    }
}

extension CertificateAuthority {
    /// Signs a CRL.
    ///
    /// - Parameters:
    ///   - number: the CRL's own number, from 0; each has a higher one than the one before.
    ///   - thisUpdate: when it was made.
    ///   - nextUpdate: when the next one is due.
    ///   - revoked: its entries.
    /// - Returns: the CRL in DER.
    public func crl(number: Int, thisUpdate: Timestamp, nextUpdate: Timestamp, revoked: [Revocation]) -> [UInt8] {
        signed { writer in
            writer.integer(1)
            SignatureAlgorithm.ecdsaSHA256.write(to: &writer)
            writer.raw(subject.der)
            writer.time(thisUpdate)
            writer.time(nextUpdate)
            if !revoked.isEmpty {
                writer.sequence { writer in for entry in revoked { entry.write(to: &writer) } }
            }
            writer.node(Tag.wrapping(0)) { writer in
                writer.sequence { writer in
                    writer.authorityKeyID(keyID)
                    writer.extension(Extension.crlNumber) { $0.integer(UInt64(max(0, number))) }
                }
            }
        }
    }
}

extension Revocation {
    fileprivate func write(to writer: inout DERWriter) {
        writer.sequence { writer in
            writer.integer(serial)
            writer.time(when)
            guard reason > 0 else { return }
            writer.sequence { writer in
                writer.extension(Extension.reason) { $0.node(Tag.enumerated, [reason]) }
            }
        }
    }
}
