import Testing

@testable import Base
@testable import PKI

/// What several tests of certificates share.
enum PKISample {
    static let noon = Timestamp(year: 2026, month: 11, day: 22, hour: 12)!
    static let later = Timestamp(year: 2056, month: 11, day: 22, hour: 12)!
    static let root = CertificateAuthority(commonName: "Root-CA", seed: 1, notBefore: noon, notAfter: later)
    static let sub = CertificateAuthority(
        commonName: "Sub-CA", seed: 1, notBefore: noon, notAfter: later, parent: root, crlURL: "http://ca.example/root.crl")

    static let kinds: [KeyKind] =
        [.rsa(2048), .rsa(3072), .rsa(4096), .ed25519, .ed448] + KeyKind.Curve.allCases.map { .ec($0) }

    static func key(_ kind: KeyKind, _ number: Int = 0) -> PrivateKey { PrivateKey(kind, seed: 1, number: number)! }

    static func leaf(_ key: PrivateKey, subject: String = "CN=shop.example", sans: [SubjectAltName] = []) throws -> Leaf {
        Leaf(
            subject: try DistinguishedName(subject), publicKeyInfo: key.publicKeyInfo, serial: Leaf.serial(seed: 1, number: 1),
            notBefore: noon, notAfter: noon + .seconds(86400), sans: sans)
    }

    /// The mistake that reading makes; `nil` if it makes none.
    static func mistake(_ read: () throws(PKIMistake) -> Void) -> String? {
        do throws(PKIMistake) {
            try read()
            return nil
        } catch {
            return error.message
        }
    }

    /// Each beginning of some bytes, and the bytes with each bit turned in some places; both in steps, the first and last bytes all.
    static func broken(_ bytes: [UInt8], step: Int = 7) -> [[UInt8]] {
        let places = bytes.indices.filter { $0 < 40 || $0 % step == 0 || $0 > bytes.count - 10 }
        let shortened = places.map { Array(bytes.prefix($0)) }
        let turned = places.map { place in
            var copy = bytes
            copy[place] ^= 1 << (place % 8)
            return copy
        }
        return shortened + turned
    }
}

struct KeyTests {
    @Test(
        arguments: [
            (.rsa(2048), 2048, "1.2.840.113549.1.1.1", nil), (.rsa(4096), 4096, "1.2.840.113549.1.1.1", nil),
            (.ec(.p256), 256, "1.2.840.10045.2.1", "1.2.840.10045.3.1.7"), (.ec(.p384), 384, "1.2.840.10045.2.1", "1.3.132.0.34"),
            (.ec(.p521), 521, "1.2.840.10045.2.1", "1.3.132.0.35"), (.ed25519, 256, "1.3.101.112", nil), (.ed448, 456, "1.3.101.113", nil),
        ] as [(KeyKind, Int, String, String?)])
    func `A kind has its size and its identifiers`(_ kind: KeyKind, _ bits: Int, _ algorithm: String, _ curve: String?) {
        #expect((kind.bits, kind.algorithm) == (bits, algorithm))
        #expect(kind.curve == curve)
    }

    @Test(arguments: PKISample.kinds)
    func `A key follows from seed and number`(_ kind: KeyKind) throws {
        let key = PKISample.key(kind)
        #expect(key.kind == kind)
        #expect(key.pkcs8 == PKISample.key(kind).pkcs8)
        #expect(key.publicKeyInfo != PKISample.key(kind, 1).publicKeyInfo)
        #expect(key.publicKeyInfo != PrivateKey(kind, seed: 2, number: 0)?.publicKeyInfo)
        #expect(try PublicKey(info: key.publicKeyInfo).kind == kind)
    }

    @Test(arguments: PKISample.kinds)
    func `GnuTLS reads a key and finds the same public part`(_ kind: KeyKind) throws {
        let key = PKISample.key(kind)
        let again = try #require(PrivateKey(pkcs8: key.pkcs8))
        #expect(again.kind == kind)
        #expect(again.publicKeyInfo == key.publicKeyInfo)
        #expect(again.pkcs8 == key.pkcs8)
        #expect(again.signature(of: [1, 2]).signature == key.signature(of: [1, 2]).signature)
    }

    @Test(arguments: [0, 512, 1024, 2047, 2049, 8192, -2, Int.max])
    func `RSA keys of other sizes are not made`(_ bits: Int) {
        #expect(PrivateKey(.rsa(bits), seed: 1, number: 0) == nil)
    }

    @Test(arguments: [Int.min, -1, 32_639, 32_640, Int.max])
    func `Any number is that of a key`(_ number: Int) {
        #expect(PrivateKey(.rsa(2048), seed: .max, number: number) != nil)
        #expect(PrivateKey(.ec(.p521), seed: .max, number: number) != nil)
    }

    @Test func `Every pair of primes makes one key before the first comes again`() throws {
        let pairs = (0..<2016).map { number in Primes.pair(bits: 4096, seed: 5, number: UInt64(number))!.p.prefix(8) + [0] }
        #expect(Set(pairs).count <= 64)
        let keys = Set((0..<2016).map { PrivateKey(.rsa(4096), seed: 5, number: $0)!.publicKeyInfo })
        #expect(keys.count == 2016)
        #expect(PrivateKey(.rsa(4096), seed: 5, number: 2016)?.publicKeyInfo == PrivateKey(.rsa(4096), seed: 5, number: 0)?.publicKeyInfo)
    }

    /// Tests/primes writes the table; here it is checked that start and distance are added as it means them, with one prime of each size.
    @Test(arguments: [2048, 3072, 4096])
    func `What signs with a key of published primes is what the CSR's check accepts`(_ bits: Int) throws {
        for number in 0..<3 {
            let request = SigningRequest.make(key: PKISample.key(.rsa(bits), number), subject: DistinguishedName(commonName: "a"))
            #expect(try SigningRequest(der: request).kind == .rsa(bits))
        }
    }

    @Test func `Bytes that are no key are refused`() {
        #expect(PrivateKey(pkcs8: []) == nil)
        #expect(PrivateKey(pkcs8: [UInt8](repeating: 0x30, count: 16385)) == nil)
        for bytes in PKISample.broken(PKISample.key(.ec(.p256)).pkcs8, step: 1) { _ = PrivateKey(pkcs8: bytes) }
        for bytes in PKISample.broken(PKISample.key(.rsa(2048)).pkcs8, step: 31) { _ = PrivateKey(pkcs8: bytes) }
    }
}

struct DERTests {
    @Test(
        arguments: [
            ("2.5.4.3", [0x55, 0x04, 0x03]), ("1.2.840.113549.1.1.11", [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]),
            ("2.999.3", [0x88, 0x37, 0x03]), ("0.39", [39]), ("1.0", [40]),
        ] as [(String, [UInt8])])
    func `An object identifier is encoded, and read again`(_ text: String, _ bytes: [UInt8]) throws {
        #expect(try #require(OID(text)).bytes == bytes)
        #expect(OID(encoded: bytes[...]).text == text)
    }

    @Test(arguments: ["", "1", "3.1", "1.40", "01.2", "1.02", "1.00", "1.2.", "1..2", "1.-2", "1.2.x", "1.2.99999999999999999999", "٣.1"])
    func `Other texts are no object identifiers`(_ text: String) { #expect(OID(text) == nil) }

    @Test(arguments: [0, 1, 127, 128, 255, 256, 65535, 65536, 70000])
    func `A length of any size is written and read again`(_ count: Int) throws {
        let bytes = DERWriter.bytes { $0.node(Tag.octets, [UInt8](repeating: 7, count: count)) }
        let node = try DERReader(bytes, Tag.octets)
        #expect(node.isAtEnd == (count == 0))
        var reader = DERReader(bytes[...])
        #expect(try reader.content(Tag.octets).count == count)
        #expect(reader.isAtEnd)
    }

    @Test(
        arguments: [
            ([], "It ends early, at byte 0."), ([0x30], "It ends early, at byte 1."),
            ([0x30, 0x01], "The node at byte 0 is longer than what it is in."),
            ([0x30, 0x80, 0, 0], "The length at byte 1 is not in DER."),
            ([0x30, 0x85, 0, 0, 0, 0, 0], "The length at byte 1 is not in DER."),
            ([0x30, 0x82, 0], "The length at byte 1 is not in DER."),
            ([0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], "The node at byte 0 is longer than what it is in."),
            ([0x1F, 0x81, 0], "The tag at byte 0 is not one of X.509 or PKCS."),
            ([0x02, 0], "There is tag 2 at byte 0, where 48 belongs."),
            ([0x30, 0, 0], "There is more after the end, at byte 2."),
        ] as [([UInt8], String)])
    func `What is not DER is refused with the place`(_ bytes: [UInt8], _ message: String) {
        #expect(PKISample.mistake { () throws(PKIMistake) in _ = try DERReader(bytes, Tag.sequence) } == message)
    }

    @Test(arguments: [
        ("1949-12-31T23:59:59Z", "19491231235959Z"), ("1950-01-01T00:00:00Z", "500101000000Z"),
        ("2049-12-31T23:59:59Z", "491231235959Z"), ("2050-01-01T00:00:00Z", "20500101000000Z"),
        ("0001-01-01T00:00:00Z", "00010101000000Z"), ("9999-12-31T23:59:59Z", "99991231235959Z"),
    ])
    func `A time has two digits of the year as long as X.509 asks for that`(_ iso: String, _ text: String) throws {
        let moment = try #require(Timestamp(iso))
        let bytes = DERWriter.bytes { $0.time(moment) }
        #expect(String(decoding: bytes.dropFirst(2), as: UTF8.self) == text)
        var reader = DERReader(bytes[...])
        #expect(try reader.time() == moment)
    }

    @Test(arguments: ["", "Z", "261122120000", "2611221200Z", "261122120000+0100", "26112212000xZ", "261332120000Z", "20261122120000.5Z"])
    func `Other times are refused`(_ text: String) {
        for tag in [Tag.utcTime, Tag.generalizedTime] {
            var reader = DERReader(DERWriter.bytes { $0.node(tag, text.utf8) }[...])
            #expect(PKISample.mistake { () throws(PKIMistake) in _ = try reader.time() } != nil)
        }
    }
}
