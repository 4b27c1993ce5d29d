import Testing

@testable import Base
@testable import PKI

struct BundleTests {
    private static func chain(_ key: PrivateKey) throws -> [[UInt8]] {
        [PKISample.sub.issue(try PKISample.leaf(key))] + PKISample.sub.chain
    }

    @Test(arguments: PKISample.kinds, [false, true])
    func `A PKCS#12 file holds what was put into it`(_ kind: KeyKind, _ isLegacy: Bool) throws {
        let key = PKISample.key(kind)
        let chain = try Self.chain(key)
        let make = { PKCS12.make(key: key, certificates: chain, password: "pässwort 🔑", friendlyName: "shop ü", isLegacy: isLegacy) }
        let opened = try PKCS12.open(make(), password: "pässwort 🔑")
        #expect(opened.certificates == chain)
        #expect(opened.key?.publicKeyInfo == key.publicKeyInfo)
        #expect(make() == make(), "the same file has the same bytes")
    }

    @Test(arguments: ["", "x", "secret", String(repeating: "long", count: 256)])
    func `Any password opens what it protects, and no other does`(_ password: String) throws {
        let key = PKISample.key(.ec(.p256))
        let file = PKCS12.make(key: key, certificates: try Self.chain(key), password: password)
        #expect(try PKCS12.open(file, password: password).key != nil)
        let mistake = PKISample.mistake { () throws(PKIMistake) in _ = try PKCS12.open(file, password: password + "!") }
        #expect(mistake == "The PKCS#12 file cannot be opened: the password is not the one it was protected with.")
    }

    @Test func `The key's own certificate comes first, wherever it was`() throws {
        let key = PKISample.key(.ec(.p256))
        let chain = try Self.chain(key)
        let file = PKCS12.make(key: key, certificates: [chain[2], chain[0], chain[1]], password: "x")
        #expect(try PKCS12.open(file, password: "x").certificates == [chain[0], chain[2], chain[1]])
        #expect(try PKCS12.open(PKCS12.make(key: key, certificates: [], password: "x"), password: "x").certificates == [])
    }

    @Test func `Files of other programs are opened`() throws {
        let old = try PKCS12.open(Foreign.oldFile, password: "secret")
        #expect((old.key?.kind, old.certificates) == (.ec(.p256), [Foreign.full]))
        let keyless = try PKCS12.open(Foreign.keylessFile, password: "secret")
        #expect(keyless.key == nil)
        #expect(keyless.certificates == [Foreign.full])
    }

    @Test(
        arguments: [
            (Foreign.slowFile, "it asks for too many iterations of its password's hash, 3000000 more than are left."),
            (Foreign.bareFile, "it has no MAC, so that its password cannot be checked."), ([], "ASN1 parser: Error in TAG."),
            (Foreign.full, "ASN1 parser: Error in TAG."),
        ] as [([UInt8], String)])
    func `A file that cannot be opened is refused`(_ file: [UInt8], _ reason: String) {
        let mistake = PKISample.mistake { () throws(PKIMistake) in _ = try PKCS12.open(file, password: "secret") }
        #expect(mistake == "The PKCS#12 file cannot be opened: \(reason)")
    }

    @Test func `A file has at most 256 KiB`() {
        let file = [UInt8](repeating: 0x30, count: PKCS12.mostBytes + 1)
        let mistake = PKISample.mistake { () throws(PKIMistake) in _ = try PKCS12.open(file, password: "") }
        #expect(mistake == "A PKCS#12 file has at most 262144 bytes; this one has 262145.")
    }

    @Test(arguments: [false, true]) func `A broken file never traps`(_ isLegacy: Bool) throws {
        let key = PKISample.key(.ec(.p256))
        let file = PKCS12.make(key: key, certificates: try Self.chain(key), password: "secret", isLegacy: isLegacy)
        for bytes in PKISample.broken(file, step: 3) + PKISample.broken(Foreign.oldFile, step: 5) {
            _ = PKISample.mistake { () throws(PKIMistake) in _ = try PKCS12.open(bytes, password: "secret") }
        }
    }

    @Test func `PEM has lines of 64 characters, and is read again`() throws {
        let text = PEM.certificate(Foreign.full)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "-----BEGIN CERTIFICATE-----" && lines.suffix(2) == ["-----END CERTIFICATE-----", ""])
        #expect(lines.dropFirst().dropLast(3).allSatisfy { $0.utf8.count == 64 })
        let all =
            "#CN=a\n" + text + "text\r\n" + PEM.key(PKISample.key(.ed25519)) + PEM.certificate(Foreign.pss).replacing("\n", with: "\r\n")
        #expect(try PEM.certificates(in: all) == [Foreign.full, Foreign.pss])
        #expect(try PEM.certificates(in: "none") == [])
        #expect(PEM.key(PKISample.key(.ed25519)).hasPrefix("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEI"))
        #expect(PEM.encryptedKey(PKISample.key(.ed25519), password: "x").hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
    }

    @Test(arguments: [
        ("-----BEGIN CERTIFICATE-----\nAAA*\n-----END CERTIFICATE-----", "Certificate 1 in the PEM text is not base64."),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END KEY-----",
            "A PEM text has '-----BEGIN CERTIFICATE-----' without '-----END CERTIFICATE-----' after it."
        ),
        (String(repeating: "x", count: (1 << 20) + 1), "A PEM text has at most 1048576 bytes; this one has 1048577."),
    ])
    func `Broken PEM is refused with a sentence`(_ text: String, _ message: String) {
        #expect(PKISample.mistake { () throws(PKIMistake) in _ = try PEM.certificates(in: text) } == message)
    }

    @Test func `A P7B file holds the certificates in their order`() throws {
        let file = PKCS7.make([Foreign.full, Foreign.pss])
        var outer = try DERReader(file, Tag.sequence)
        #expect(try outer.oid() == "1.2.840.113549.1.7.2")
        var wrapping = try outer.node(Tag.wrapping(0)).reader
        var signed = try wrapping.sequence()
        _ = try (signed.integer(), signed.node(Tag.set), signed.sequence())
        #expect(try Array(signed.content(Tag.wrapping(0))) == Foreign.full + Foreign.pss)
    }

    @Test func `A ZIP archive has the bytes that its format asks for`() {
        let archive = ZIP.make([("a", Array("123456789".utf8))], modified: Timestamp(year: 2026, month: 11, day: 22, hour: 12)!)
        let file = "504B03041400000800000060765D2639F4CB0900000009000000" + "01000000" + "61" + "313233343536373839"
        let entry = "504B010214001400000800000060765D2639F4CB0900000009000000" + "0100000000000000000000000000" + "00000000" + "61"
        let end = "504B0506000000000100" + "0100" + "2F000000" + "28000000" + "0000"
        #expect(Hex.text(archive) == file + entry + end)
        #expect(ZIP.make([], modified: .first).count == 22)
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("\u{FF}\u{3E0}", "w7/PoA==")])
    func `Base64 is written with padding`(_ text: String, _ encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(Array(encoded.utf8)[...]) == Array(text.utf8))
    }
}
