import Testing

@testable import Base
@testable import PKI

struct SigningRequestTests {
    private static let name = try! DistinguishedName("CN=shop.example,O=Example\\, Inc.")
    private static let sans = [try! SubjectAltName(.dns, "shop.example"), try! SubjectAltName(.ip, "::1")]

    @Test(arguments: PKISample.kinds)
    func `A request is made and read again`(_ kind: KeyKind) throws {
        let key = PKISample.key(kind)
        let der = SigningRequest.make(key: key, subject: Self.name, sans: Self.sans)
        let request = try SigningRequest(der: der)
        #expect((request.subject, request.sans, request.kind) == (Self.name, Self.sans, kind))
        #expect(request.publicKeyInfo == key.publicKeyInfo)
        #expect(der == SigningRequest.make(key: key, subject: Self.name, sans: Self.sans), "the same request has the same bytes")
    }

    private static let der = SigningRequest.make(key: PKISample.key(.ec(.p256)), subject: name)
    private static let pem = PEM.request(der)
    private static let lines = pem.split(separator: "\n").map(String.init)
    private static let body = Array(lines.dropFirst().dropLast())
    private static let newPEM: String = pem.replacing("CERTIFICATE REQUEST", with: "NEW CERTIFICATE REQUEST")
    private static let surrounded: String = "Here it is:\n\n\(pem)\nRegards"
    private static let second: String = PEM.certificate(Foreign.full) + pem

    private static let forms: [(String, String)] = [
        ("PEM", pem), ("PEM with CRLF", lines.joined(separator: "\r\n")), ("as old tools name it", newPEM),
        ("with text around it", surrounded), ("base64 in lines", body.joined(separator: "\n")),
        ("base64 in one line", body.joined()), ("PEM in one line", lines.joined()),
        ("PEM with spaces for line ends", lines.joined(separator: " ")), ("after a certificate", second),
    ]

    @Test(arguments: forms)
    func `A request is read in any form`(_ form: String, _ text: String) throws {
        #expect(try SigningRequest(text).der == Self.der)
    }

    @Test func `Requests of other programs are read`() throws {
        let old = try SigningRequest(der: Foreign.rsa1024Request)
        #expect((old.subject.text, old.kind) == ("CN=old.example,O=Example\\, Inc.,C=DE", .rsa(1024)))
        #expect(old.sans.map(\.value) == ["old.example", "10.0.0.1"])
        #expect(try SigningRequest(der: Foreign.sha1Request).subject.text == "CN=ec.example")
        let nameless = try SigningRequest(der: Foreign.namelessRequest)
        #expect(nameless.subject.isEmpty)
        #expect(nameless.sans.map(\.value) == ["spiffe://example/x"])
    }

    private static func changed(_ der: [UInt8], _ place: Int) -> [UInt8] {
        var der = der
        der[place] ^= 1
        return der
    }

    @Test(
        arguments: [
            (
                Foreign.rsa512Request, "The CSR's RSA key has 512 bits; it may have 1024 to 8192."
            ),
            (
                Foreign.secp256k1Request,
                "The CSR's key is of curve 1.3.132.0.10; RSA, P-256, P-384, P-521, Ed25519 and Ed448 are known."
            ),
            (Foreign.full, "The CSR cannot be read. There is tag 160 at byte 8, where 2 belongs."),
            (Array(der.dropLast()), "The CSR cannot be read. The node at byte 0 is longer than what it is in."),
            (der + [0], "The CSR cannot be read. There is more after the end, at byte \(der.count)."),
            ([], "The CSR cannot be read. It ends early, at byte 0."),
            ([UInt8](repeating: 0x30, count: 65537), "A CSR has at most 65536 bytes; this one has 65537."),
        ] as [([UInt8], String)])
    func `A request that cannot be accepted is refused with a sentence`(_ der: [UInt8], _ message: String) {
        #expect(PKISample.mistake { () throws(PKIMistake) in _ = try SigningRequest(der: der) } == message)
    }

    @Test func `A request that was changed after it was signed is refused`() throws {
        let place = try #require(Self.der.firstRange(of: Array("shop".utf8))).lowerBound
        for der in [Self.changed(Self.der, place), Self.changed(Self.der, Self.der.count - 1)] {
            let mistake = PKISample.mistake { () throws(PKIMistake) in _ = try SigningRequest(der: der) }
            #expect(mistake?.hasPrefix("The CSR cannot be read, or its signature is wrong: ") == true)
        }
    }

    @Test(arguments: [
        ("", "The CSR is neither PEM nor base64."), ("hello!", "The CSR is neither PEM nor base64."),
        ("-----BEGIN CERTIFICATE REQUEST", "A line '-----BEGIN …-----' of a PEM text does not end with dashes."),
        (
            "-----BEGIN CERTIFICATE REQUEST-----\nAAAA",
            "A PEM text has '-----BEGIN CERTIFICATE REQUEST-----' without '-----END CERTIFICATE REQUEST-----' after it."
        ),
        (PEM.certificate(Foreign.full), "The PEM text has no CERTIFICATE REQUEST in it."),
        ("-----BEGIN CERTIFICATE REQUEST----------END CERTIFICATE REQUEST-----", "The CSR is neither PEM nor base64."),
        (String(repeating: "A", count: 65537), "A CSR has at most 65536 bytes; this one has 65537."),
    ])
    func `A text that is no request is refused with a sentence`(_ text: String, _ message: String) {
        #expect(PKISample.mistake { () throws(PKIMistake) in _ = try SigningRequest(text) } == message)
    }

    @Test(arguments: PKISample.kinds.filter { $0 != .rsa(4096) })
    func `A broken request never traps, and is refused`(_ kind: KeyKind) {
        let der = SigningRequest.make(key: PKISample.key(kind), subject: Self.name, sans: Self.sans)
        // Nettle does not look at the last byte of a signature with Ed448, which is always 0.
        for bytes in PKISample.broken(der, step: 5) where kind != .ed448 || bytes.dropLast() != der.dropLast() {
            #expect(PKISample.mistake { () throws(PKIMistake) in _ = try SigningRequest(der: bytes) } != nil)
        }
    }

    @Test func `An exponent that would take minutes is refused before the signature is checked`() throws {
        let info = DERWriter.bytes { writer in
            writer.sequence { writer in
                PublicKey.writeAlgorithm(.rsa(8192), to: &writer)
                writer.node(Tag.bits) { writer in
                    writer.raw([0])
                    writer.sequence { writer in
                        writer.integer([UInt8](repeating: 0xFF, count: 1024))
                        writer.integer([UInt8](repeating: 0xFF, count: 1024))
                    }
                }
            }
        }
        #expect(
            PKISample.mistake { () throws(PKIMistake) in _ = try PublicKey(info: info) }
                == "The public exponent of an RSA key has at most 64 bits; this one has 8192.")
    }

    @Test(
        arguments: [(1000, nil), (1001, "The CSR cannot be read. There are more than 1000 subject alternative names.")] as [(Int, String?)])
    func `A request has at most 1000 further names`(_ count: Int, _ message: String?) throws {
        let sans = [SubjectAltName](repeating: try SubjectAltName(.dns, "a"), count: count)
        let der = SigningRequest.make(key: PKISample.key(.ec(.p256)), subject: Self.name, sans: sans)
        #expect(PKISample.mistake { () throws(PKIMistake) in _ = try SigningRequest(der: der) } == message)
    }
}
