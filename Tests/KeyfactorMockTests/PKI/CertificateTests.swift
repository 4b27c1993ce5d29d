import Testing

@testable import Base
@testable import PKI

struct CertificateTests {
    @Test(arguments: PKISample.kinds)
    func `What was put into a certificate is read from it`(_ kind: KeyKind) throws {
        var leaf = try PKISample.leaf(PKISample.key(kind), subject: "CN=shop.example,OU=Web,C=DE")
        leaf.sans = [try SubjectAltName(.ip, "10.0.0.1"), try SubjectAltName(.dns, "shop.example")]
        leaf.crlURL = "http://ca.example/sub.crl"
        let der = PKISample.sub.issue(leaf)
        let facts = try CertificateFacts(der: der)
        #expect(facts.subject == leaf.subject)
        #expect(facts.issuer.text == "CN=Sub-CA")
        #expect(facts.serial == Hex.text(leaf.serial) && facts.serial.count == 40)
        #expect((facts.notBefore, facts.notAfter) == (leaf.notBefore, leaf.notAfter))
        #expect((facts.keyKind, facts.keyBits) == (kind, kind.bits))
        #expect((facts.keyAlgorithm, facts.curve) == (kind.algorithm, kind.curve))
        #expect(facts.signingAlgorithm == "SHA-256withECDSA")
        #expect(facts.keyUsage?.rawValue == 160)
        #expect(facts.extendedKeyUsages == ["1.3.6.1.5.5.7.3.1"])
        #expect(facts.sans == leaf.sans)
        #expect(facts.crlURLs == ["http://ca.example/sub.crl"])
        #expect(!facts.isCA && facts.pathLength == nil)
        #expect(der == PKISample.sub.issue(leaf), "the same certificate has the same bytes")
    }

    @Test func `Authorities are made of name and seed alone`() throws {
        let again = CertificateAuthority(commonName: "Root-CA", seed: 1, notBefore: PKISample.noon, notAfter: PKISample.later)
        let other = CertificateAuthority(commonName: "Root-CA", seed: 2, notBefore: PKISample.noon, notAfter: PKISample.later)
        #expect(again.certificate == PKISample.root.certificate)
        #expect(other.keyID != PKISample.root.keyID)
        #expect(PKISample.sub.chain == [PKISample.sub.certificate, PKISample.root.certificate])
        let facts = try CertificateFacts(der: PKISample.sub.certificate)
        #expect(facts.isCA && facts.pathLength == 0)
        #expect(facts.keyUsage == [.digitalSignature, .keyCertSign, .crlSign])
        #expect((facts.subject.text, facts.issuer.text) == ("CN=Sub-CA", "CN=Root-CA"))
        #expect(facts.crlURLs == ["http://ca.example/root.crl"])
        #expect(try CertificateFacts(der: PKISample.root.certificate).pathLength == nil)
    }

    @Test func `A serial number has 20 bytes, the first bit clear`() {
        let serials = (0..<1000).map { Leaf.serial(seed: 9, number: $0) }
        #expect(serials.allSatisfy { $0.count == 20 && (0x40...0x7F).contains($0[0]) })
        #expect(Set(serials).count == 1000)
        #expect(serials[3] == Leaf.serial(seed: 9, number: 3))
    }

    @Test func `Every flag of key usage is written and read again`() throws {
        for flag in [128, 64, 32, 16, 8, 4, 2, 1, 32768, 32769, 160, 33023] as [UInt16] {
            let bytes = DERWriter.bytes { KeyUsage(rawValue: flag).write(to: &$0) }
            #expect(try KeyUsage(bytes[...]).rawValue == flag)
        }
        #expect(DERWriter.bytes { KeyUsage(rawValue: 160).write(to: &$0) } == [3, 2, 5, 0xA0])
        #expect(DERWriter.bytes { KeyUsage.decipherOnly.write(to: &$0) } == [3, 3, 7, 0, 0x80])
    }

    @Test func `A certificate that others made is read`() throws {
        let facts = try CertificateFacts(der: Foreign.full)
        #expect((facts.subject.text, facts.serial) == ("CN=self.example", "FF01"))
        #expect(facts.notAfter.iso.hasPrefix("2136-06-03T"))
        #expect(facts.keyUsage == [.digitalSignature, .nonRepudiation, .keyAgreement, .decipherOnly])
        #expect(facts.isCA && facts.pathLength == 3)
        #expect(facts.extendedKeyUsages == ["2.5.29.37.0", "1.2.3.4.5"])
        #expect(facts.crlURLs == ["http://a.example/1.crl", "ldap:///CN=x"])
        #expect(facts.sans.map(\.value) == ["a.example", "ann@corp"])
        #expect(facts.sans.map(\.kind) == [.dns, .principalName])
        let pss = try CertificateFacts(der: Foreign.pss)
        #expect((pss.signingAlgorithm, pss.keyKind) == ("PSSwithRSA", .rsa(2048)))
        let multi = try CertificateFacts(der: Foreign.multi)
        #expect(multi.subject.text == "O=c,CN=a+OU=b")
        #expect((multi.signingAlgorithm, multi.keyUsage, multi.keyBits) == ("SHA-256withRSA", nil, 1024))
    }

    @Test(arguments: [Foreign.full, Foreign.pss, PKISample.sub.certificate])
    func `A broken certificate is refused or read, and never traps`(_ der: [UInt8]) {
        for bytes in PKISample.broken(der) { _ = PKISample.mistake { () throws(PKIMistake) in _ = try CertificateFacts(der: bytes) } }
    }

    @Test(
        arguments: [
            ([], "This is not an X.509 certificate in DER. It ends early, at byte 0."),
            (Array("-----BEGIN".utf8), "This is not an X.509 certificate in DER. The node at byte 0 is longer than what it is in."),
            ([UInt8](repeating: 0x30, count: 65537), "A certificate has at most 65536 bytes; this one has 65537."),
        ] as [([UInt8], String)])
    func `What is no certificate is refused with a sentence`(_ bytes: [UInt8], _ message: String) {
        #expect(PKISample.mistake { () throws(PKIMistake) in _ = try CertificateFacts(der: bytes) } == message)
    }

    @Test func `Hashes have the usual form`() {
        #expect(CertificateFacts.thumbprint(of: Array("abc".utf8)) == "A9993E364706816ABA3E25717850C26C9CD0D89D")
        #expect(CertificateFacts.md5(of: "abc") == "900150983CD24FB0D6963F7D28E17F72")
    }

    @Test func `A CRL has its number and its entries`() throws {
        let serial = Leaf.serial(seed: 1, number: 1)
        let reasons = [0, 1, 6, 7, 8, 10, 11, 999, -1]
        let crl = PKISample.sub.crl(
            number: 300, thisUpdate: PKISample.noon, nextUpdate: PKISample.later,
            revoked: reasons.map { Revocation(serial: serial, when: PKISample.noon, reason: $0) })
        var outer = try DERReader(crl, Tag.sequence)
        var reader = try outer.sequence()
        #expect(try Array(reader.integer()) == [1])
        _ = try reader.sequence()
        #expect(try DistinguishedName(der: Array(reader.any().whole)) == PKISample.sub.subject)
        #expect(try [reader.time(), reader.time()] == [PKISample.noon, PKISample.later])
        var entries = try reader.sequence()
        var found: [Int] = []
        while !entries.isAtEnd {
            var entry = try entries.sequence()
            #expect(try Array(entry.integer()) == serial)
            #expect(try entry.time() == PKISample.noon)
            let reason = entry.isAtEnd ? nil : try Extension.all(entry.sequence())[Extension.reason]
            found.append(Int(reason?.last ?? 0))
        }
        #expect(found == [0, 1, 6, 0, 8, 10, 0, 0, 0])
        var wrapping = try #require(try reader.optional(Tag.wrapping(0))?.reader)
        let extensions = try Extension.all(wrapping.sequence())
        #expect(extensions[Extension.crlNumber].map(Array.init) == [2, 2, 1, 44])
        let empty = PKISample.sub.crl(number: 0, thisUpdate: PKISample.noon, nextUpdate: PKISample.later, revoked: [])
        #expect(empty.count < crl.count)
    }
}
