/// Certificates alone in the form of signed data (RFC 2315), as files ending in `.p7b` hold them.
public enum PKCS7 {
    /// Makes such a file.
    ///
    /// The certificates keep their order, which DER would sort: clients take the first for the leaf.
    ///
    /// - Parameter certificates: in DER, the leaf first.
    /// - Returns: the file in DER.
    public static func make(_ certificates: [[UInt8]]) -> [UInt8] {
        DERWriter.bytes(room: 4096) { writer in
            writer.algorithm("1.2.840.113549.1.7.2") { writer in
                writer.node(Tag.wrapping(0)) { writer in
                    writer.sequence { writer in
                        writer.integer(1)
                        writer.node(Tag.set, [])
                        writer.algorithm("1.2.840.113549.1.7.1")
                        writer.node(Tag.wrapping(0)) { for certificate in certificates { $0.raw(certificate) } }
                        writer.node(Tag.set, [])
                    }
                }
            }
        }
    }
}
