/// The extensions of certificates, requests and CRLs.
enum Extension {
    static let subjectKeyID: OID = "2.5.29.14"
    static let keyUsage: OID = "2.5.29.15"
    static let subjectAltName: OID = "2.5.29.17"
    static let basicConstraints: OID = "2.5.29.19"
    static let crlNumber: OID = "2.5.29.20"
    static let reason: OID = "2.5.29.21"
    static let crlPoints: OID = "2.5.29.31"
    static let authorityKeyID: OID = "2.5.29.35"
    static let extendedKeyUsage: OID = "2.5.29.37"
    static let authorityAccess: OID = "1.3.6.1.5.5.7.1.1"

    /// The most extensions of a list, and the most attributes of a request.
    static let most = 100

    /// The content of each extension of a list, by its identifier.
    static func all(_ reader: DERReader) throws(PKIMistake) -> [OID: ArraySlice<UInt8>] {
        var reader = reader
        var all: [OID: ArraySlice<UInt8>] = [:]
        while !reader.isAtEnd {
            guard all.count < most else { throw PKIMistake("There are more than \(most) extensions.") }
            var one = try reader.sequence()
            let oid = try one.oid()
            _ = try one.optional(Tag.boolean)
            all[oid] = try one.content(Tag.octets)
        }
        return all
    }

    /// The addresses in a list of CRL distribution points.
    static func urls(crlPoints: ArraySlice<UInt8>) throws(PKIMistake) -> [String] {
        var outer = DERReader(crlPoints)
        var points = try outer.sequence()
        var urls: [String] = []
        while !points.isAtEnd {
            var point = try points.sequence()
            guard var name = try point.optional(Tag.wrapping(0))?.reader, var full = try name.optional(Tag.wrapping(0))?.reader else {
                continue
            }
            while !full.isAtEnd {
                let name = try SubjectAltName(try full.any())
                if name.kind == .uri { urls.append(name.value) }
            }
        }
        return urls
    }
}

extension DERWriter {
    /// Writes an extension.
    mutating func `extension`(_ oid: OID, isCritical: Bool = false, _ content: (inout DERWriter) -> Void) {
        sequence { writer in
            writer.oid(oid)
            if isCritical { writer.boolean(true) }
            writer.node(Tag.octets, content)
        }
    }

    mutating func subjectAltNames(_ names: [SubjectAltName], isCritical: Bool = false) {
        self.extension(Extension.subjectAltName, isCritical: isCritical) { writer in
            writer.sequence { writer in for name in names { writer.raw(name.der) } }
        }
    }

    mutating func authorityKeyID(_ identifier: [UInt8]) {
        self.extension(Extension.authorityKeyID) { writer in
            writer.sequence { $0.node(Tag.replacing(0), identifier) }
        }
    }

    /// Writes where the status of a certificate can be asked for by OCSP.
    mutating func statusPlace(_ url: String) {
        self.extension(Extension.authorityAccess) { writer in
            writer.sequence { writer in
                writer.sequence { writer in
                    writer.oid("1.3.6.1.5.5.7.48.1")
                    writer.node(Tag.replacing(6), url.utf8)
                }
            }
        }
    }

    mutating func crlPoint(_ url: String) {
        self.extension(Extension.crlPoints) { writer in
            writer.sequence { writer in
                writer.sequence { writer in
                    writer.node(Tag.wrapping(0)) { writer in
                        writer.node(Tag.wrapping(0)) { $0.node(Tag.replacing(6), url.utf8) }
                    }
                }
            }
        }
    }
}
