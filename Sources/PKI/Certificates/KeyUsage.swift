/// What a certificate's key may be used for (RFC 5280, 4.2.1.3). The numbers are those of the encoding's first byte, and of .NET.
public struct KeyUsage: OptionSet, Sendable, Hashable {
    /// The flags.
    public let rawValue: UInt16

    /// A set of flags.
    ///
    /// - Parameter rawValue: the flags.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Signatures but those of certificates and CRLs.
    public static let digitalSignature = KeyUsage(rawValue: 128)
    /// Signatures that bind the signer, also called content commitment.
    public static let nonRepudiation = KeyUsage(rawValue: 64)
    /// Keys, as RSA does in old TLS.
    public static let keyEncipherment = KeyUsage(rawValue: 32)
    /// Data.
    public static let dataEncipherment = KeyUsage(rawValue: 16)
    /// Agreement on keys.
    public static let keyAgreement = KeyUsage(rawValue: 8)
    /// Signatures of certificates.
    public static let keyCertSign = KeyUsage(rawValue: 4)
    /// Signatures of CRLs.
    public static let crlSign = KeyUsage(rawValue: 2)
    /// Agreement on keys that only encrypt.
    public static let encipherOnly = KeyUsage(rawValue: 1)
    /// Agreement on keys that only decrypt.
    public static let decipherOnly = KeyUsage(rawValue: 32768)

    /// Reads the content of the extension.
    init(_ extension: ArraySlice<UInt8>) throws(PKIMistake) {
        var reader = DERReader(`extension`)
        let bits = try reader.content(Tag.bits).dropFirst().prefix(2)
        self.init(rawValue: UInt16(bits.first ?? 0) | (bits.dropFirst().first ?? 0 >= 0x80 ? 32768 : 0))
    }

    /// Writes the content of the extension: no more bits than are needed.
    func write(to writer: inout DERWriter) {
        var bytes = [UInt8(truncatingIfNeeded: rawValue)]
        if contains(.decipherOnly) { bytes.append(0x80) }
        writer.node(Tag.bits) { [bytes] writer in
            writer.raw([UInt8(min(bytes[bytes.count - 1].trailingZeroBitCount, 7))])
            writer.raw(bytes)
        }
    }
}
