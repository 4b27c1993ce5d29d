@testable import Base
@testable import PKI

/// Requests, certificates, files with keys, names, and questions for a status. The first byte selects how the rest is read.
enum CertificateFuzzer {
    private static let authority = CertificateAuthority(commonName: "CA", seed: 1, notBefore: Common.noon, notAfter: Common.noon)

    static func run(_ input: [UInt8]) {
        guard let choice = input.first else { return }
        let bytes = Array(input.dropFirst())
        do throws(PKIMistake) {
            try read(choice, bytes)
        } catch {
            always(error.message.count > 10 && error.message.last == ".", "not a sentence: \(error.message)")
        }
    }

    private static func read(_ choice: UInt8, _ bytes: [UInt8]) throws(PKIMistake) {
        let text = String(decoding: bytes, as: UTF8.self)
        switch choice % 10 {
        case 0: check(try SigningRequest(text))
        case 1: check(try SigningRequest(der: bytes))
        case 2: check(try CertificateFacts(der: bytes))
        case 3: _ = try PKCS12.open(bytes, password: "secret")
        case 4: for der in try PEM.certificates(in: text) { check(try CertificateFacts(der: der)) }
        case 5: check(try DistinguishedName(text))
        case 6:
            for kind in SubjectAltName.Kind.allCases {
                let name = try SubjectAltName(kind, text)
                var reader = DERReader(name.der[...])
                always(try SubjectAltName(reader.any()) == name, "read again it differs: \(name)")
            }
        case 8:
            let answer = try StatusRequest(der: bytes).answer(of: authority, now: Common.noon, nextUpdate: Common.noon) { _ in .good }
            var outer = try DERReader(answer, Tag.sequence)
            _ = try outer.node(Tag.enumerated)
        case 9: _ = PrivateKey(withoutPublicPart: bytes, password: "secret", iterations: 1_000)
        default:
            guard let key = PrivateKey(pkcs8: bytes) else { return }
            always(key.publicKeyInfo == PrivateKey(pkcs8: key.pkcs8)?.publicKeyInfo, "read again it differs")
        }
    }

    private static func check(_ name: DistinguishedName) {
        always((try? DistinguishedName(name.text)) == name, "read again it differs: \(name.text)")
        always((try? DistinguishedName(der: name.der)) == name, "read again from DER it differs: \(name.text)")
        always(name.isEmpty == name.parts.isEmpty, name.text)
    }

    private static func check(_ request: SigningRequest) {
        check(subject: request.subject, request.publicKeyInfo, request.sans)
    }

    private static func check(_ facts: CertificateFacts) {
        always(!facts.serial.isEmpty && facts.keyBits >= 0, "\(facts)")
        check(subject: facts.subject, facts.publicKeyInfo, facts.sans)
    }

    /// What has been read can be put into another certificate, and is read there again.
    private static func check(subject: DistinguishedName, _ info: [UInt8], _ sans: [SubjectAltName]) {
        let leaf = Leaf(
            subject: subject, publicKeyInfo: info, serial: Leaf.serial(seed: 1, number: 1), notBefore: Common.noon, notAfter: Common.noon,
            sans: sans)
        do throws(PKIMistake) {
            let facts = try CertificateFacts(der: authority.issue(leaf))
            always(facts.subject == subject && facts.publicKeyInfo == info && facts.sans == sans, "\(facts)")
        } catch {
            fatalError("\(error.message) in a certificate for \(subject.text)")
        }
    }
}
