/// What can be read from a public key.
struct PublicKey {
    /// Its algorithm's object identifier.
    let algorithm: OID
    /// Its curve's object identifier, if it is on a named curve.
    let curve: OID?
    /// Its size in bits; 0 if that is not known.
    let bits: Int
    /// Its kind; `nil` for other algorithms and curves.
    let kind: KeyKind?
    /// The key itself: the content of the bit string.
    let key: ArraySlice<UInt8>

    /// The exponent of all RSA keys that are made here.
    static let exponent: UInt64 = 65537

    /// Reads a SubjectPublicKeyInfo.
    init(info: [UInt8]) throws(PKIMistake) {
        var reader = try DERReader(info, Tag.sequence)
        var head = try reader.sequence()
        algorithm = try head.oid()
        curve = algorithm == KeyKind.ecOID && head.tag == Tag.oid ? try head.oid() : nil
        key = try reader.bits()
        switch algorithm {
        case KeyKind.rsaOID, PSSSignature.oid:
            let modulus = try Self.rsaBits(key)
            (bits, kind) = (modulus, .rsa(modulus))
        case KeyKind.ecOID:
            let known = curve.flatMap { KeyKind.Curve(rawValue: $0.text) }
            bits = known?.bits ?? (key.count - 1) / 2 * 8
            kind = known.map { .ec($0) }
        case KeyKind.ed25519OID: (bits, kind) = (KeyKind.ed25519.bits, .ed25519)
        case KeyKind.ed448OID: (bits, kind) = (KeyKind.ed448.bits, .ed448)
        default: (bits, kind) = (0, nil)
        }
    }

    /// The most bits of a modulus and of a public exponent with which signatures are checked: larger ones could take minutes.
    static let mostBits = (modulus: 8192, exponent: 64)

    private static func rsaBits(_ key: ArraySlice<UInt8>) throws(PKIMistake) -> Int {
        var outer = DERReader(key)
        var numbers = try outer.sequence()
        let modulus = try numbers.integer()
        let exponent = try numbers.integer()
        guard exponent.count * 8 <= mostBits.exponent else {
            throw PKIMistake("The public exponent of an RSA key has at most \(mostBits.exponent) bits; this one has \(exponent.count * 8).")
        }
        return modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
    }

    // MARK: Writing

    static func rsa(modulus: [UInt8]) -> [UInt8] {
        DERWriter.bytes(room: modulus.count + 64) { writer in
            writer.sequence { writer in
                writeAlgorithm(.rsa(modulus.count * 8), to: &writer)
                writer.node(Tag.bits) { writer in
                    writer.raw([0])
                    writer.sequence { writer in
                        writer.integer(modulus)
                        writer.integer(exponent)
                    }
                }
            }
        }
    }

    static func info(_ kind: KeyKind, _ key: [UInt8]) -> [UInt8] {
        DERWriter.bytes(room: key.count + 32) { writer in
            writer.sequence { writer in
                writeAlgorithm(kind, to: &writer)
                writer.bits(key)
            }
        }
    }

    static func writeAlgorithm(_ kind: KeyKind, to writer: inout DERWriter) {
        writer.algorithm(kind.algorithmOID) { writer in
            switch kind {
            case .rsa: writer.null()
            case .ec(let curve): writer.oid(OID(curve.rawValue)!)
            case .ed25519, .ed448: break
            }
        }
    }

    /// How certificates name a key: SHA-1 of it, as in RFC 5280.
    static func identifier(ofInfo info: [UInt8]) -> [UInt8] {
        Cryptography.sha1((try? PublicKey(info: info)).map { Array($0.key) } ?? info)
    }
}
