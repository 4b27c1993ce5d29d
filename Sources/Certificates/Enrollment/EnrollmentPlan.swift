import Base
import Entities
import Model
import PKI

/// An enrollment that was checked: what will be in the certificate, and who issues it. Nothing that follows can be refused.
struct EnrollmentPlan: Sendable {
    let target: EnrollmentTarget
    let subject: DistinguishedName
    let names: [CertificateContent.AlternativeName]
    let metadata: [String: String]
    let owner: Int?
    /// The key that the certificate is for.
    let key: Key

    /// Where a key comes from.
    enum Key: Sendable {
        /// The client's: a SubjectPublicKeyInfo.
        case sent([UInt8], bits: Int, type: KeyType, curve: String?)
        /// The server makes it when the certificate is issued.
        case made(KeyKind)
    }

    /// Checks an enrollment for which the server makes the key.
    init(_ asked: EnrollmentRequest, making kind: KeyKind?, for target: EnrollmentTarget, _ call: Call, _ estate: Estate) throws(Refusal) {
        let subject = try Self.subject(asked.subject, target, estate)
        var kind = kind
        if kind == nil { kind = try Self.kind(asked.keyType, length: asked.keyLength, curve: asked.curve, among: target.keys) }
        try self.init(asked, subject: subject, names: asked.names, key: .made(kind!), for: target, call, estate)
    }

    /// Checks an enrollment whose key and subject are in a request for signing. Names of both are merged, those of the body first (assumed).
    init(_ asked: EnrollmentRequest, csr: SigningRequest, for target: EnrollmentTarget, _ call: Call, _ estate: Estate) throws(Refusal) {
        let (kind, type) = (csr.kind, KeyType(csr.kind))
        guard Self.allows(type, kind.bits, kind.curve, target.keys) else {
            throw .badArgument("CSR: keys of type \(type.name) with \(kind.bits) bits are not allowed by the template.", member: "CSR")
        }
        guard target.allowsKeyReuse(estate) || !estate.certificates.all.contains(where: { $0.has(publicKey: csr.publicKeyInfo) }) else {
            throw .badArgument("CSR: its key is that of another certificate already, and may not be used twice.", member: "CSR")
        }
        let key = Key.sent(csr.publicKeyInfo, bits: kind.bits, type: type, curve: kind.curve)
        let names = asked.names + csr.sans.map { .init($0) }
        guard !csr.subject.isEmpty || !names.isEmpty else {
            throw .badArgument("CSR: expected a subject or an alternative name, found neither.", member: "CSR")
        }
        try self.init(asked, subject: csr.subject, names: names, key: key, for: target, call, estate)
    }

    private init(
        _ asked: EnrollmentRequest, subject: DistinguishedName, names: [CertificateContent.AlternativeName], key: Key,
        for target: EnrollmentTarget, _ call: Call, _ estate: Estate
    ) throws(Refusal) {
        if let renewed = asked.renewal.value, estate.certificates[renewed] == nil {
            throw .badArgument(
                "RenewalCertificateId: expected the id of a certificate, or null, found \(renewed).", member: "RenewalCertificateId")
        }
        self.target = target
        self.subject = subject
        self.key = key
        var seen: Set<String> = []
        var names = names.filter { seen.insert("\($0.type) \($0.value.lowercased())").inserted }
        if target.enforcesRFC(estate), call.fidelity.rfcEnforcement == .addName, !names.contains(where: { $0.type == 2 }),
            let commonName = subject["CN"]
        {
            names.insert(.init(type: 2, value: commonName), at: 0)
        }
        self.names = names
        try Self.check(subject, names, target, estate)
        try Self.check(asked.fields, target.fields)
        metadata = try estate.enrolled(asked.metadata, target.metadataRules)
        owner = try Self.owner(asked, target, estate)
    }

    // MARK: Subjects

    private static func subject(_ text: String, _ target: EnrollmentTarget, _ estate: Estate) throws(Refusal) -> DistinguishedName {
        do throws(PKIMistake) {
            var name = try DistinguishedName(text)
            for standard in target.defaults(estate) {
                guard let value = standard.value, !value.isEmpty, name[standard.part] == nil else { continue }
                name = try DistinguishedName(
                    "\(name.text)\(name.text.isEmpty ? "" : ",")\(standard.part)=\(value.map { ",+\"\\<>;".contains($0) ? "\\\($0)" : String($0) }.joined())"
                )
            }
            guard !name.text.isEmpty else {
                throw PKIMistake("Expected a distinguished name such as CN=www.example.com, found nothing.")
            }
            return name
        } catch {
            throw .badArgument("Subject: \(error.message)", member: "Subject")
        }
    }

    private static func check(
        _ subject: DistinguishedName, _ names: [CertificateContent.AlternativeName], _ target: EnrollmentTarget, _ estate: Estate
    ) throws(Refusal) {
        if let commonName = subject["CN"], commonName.hasPrefix("*."), !target.allowsWildcards(estate) {
            throw .badArgument("Subject: the template '\(target.template.name)' allows no wildcards.", member: "Subject")
        }
        for rule in target.regexes(estate) {
            guard let text = rule.pattern, !text.isEmpty, let pattern = try? LinearPattern(text, isCaseSensitive: rule.isCaseSensitive)
            else {
                continue
            }
            let found = rule.part.uppercased() == "SAN" ? names.map(\.value) : [subject[rule.part] ?? ""]
            guard let wrong = found.first(where: { !pattern.isFound(in: $0) }) else { continue }
            let own = rule.error ?? ""
            throw .badArgument(
                own.isEmpty ? "Subject: \(rule.part) '\(wrong.prefix(60))' does not match '\(text)'." : own, member: "Subject")
        }
    }

    /// Additional fields must be known, and a multiple choice one of its options.
    private static func check(_ values: [String: String], _ fields: [EnrollmentField]) throws(Refusal) {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            let place = "AdditionalEnrollmentFields.\(name.prefix(60))"
            guard let field = fields.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                let known = fields.isEmpty ? "none, since the template has no such fields" : fields.map(\.name).joined(separator: ", ")
                throw .badArgument("\(place): unknown field; expected \(known).", member: place)
            }
            if field.type == .multipleChoice, !value.isEmpty, !field.options.contains(value) {
                throw .badArgument(
                    "\(place): expected one of \(field.options.joined(separator: ", ")), found '\(value.prefix(60))'.", member: place)
            }
        }
    }

    // MARK: Keys

    /// The kind of key that a request asks for; where it does not say, the first that the template allows, RSA before the others (assumed).
    ///
    /// - Parameters:
    ///   - word: what the request calls it; policies say ECDSA where requests say ECC.
    ///   - length: its size in bits, if the request says it.
    ///   - curve: its curve, as an object identifier or by name, if the request says it.
    ///   - allowed: what may be enrolled for; empty for anything.
    /// - Throws: a refusal of a kind that the mock does not make, or that is not allowed.
    /// - Returns: the kind.
    static func kind(_ word: String?, length: Int?, curve: String?, among allowed: [KeyAlgorithm]) throws(Refusal) -> KeyKind {
        let asked = word.map { $0.uppercased() == "ECC" ? "ECDSA" : $0.uppercased() }
        let name = asked ?? (allowed.isEmpty || allowed.contains { $0.name == "RSA" } ? "RSA" : allowed[0].name.uppercased())
        let policy = allowed.first { $0.name.uppercased() == name }
        let kind: KeyKind? =
            switch name {
            case "RSA": .rsa(length ?? policy?.bitLengths.min() ?? 2048)
            case "ECDSA": Self.curve(curve, length, policy).map { .ec($0) }
            case "ED25519": .ed25519
            case "ED448": .ed448
            default: nil
            }
        guard let kind, PrivateKey(kind, seed: 0, number: 0) != nil else {
            let sizes = "RSA with 2048, 3072 or 4096 bits, ECC with 256, 384 or 521, Ed25519, Ed448"
            throw .badArgument(
                "KeyType: the mock makes keys of \(sizes), found \(word ?? name) \(length.map(String.init) ?? "").", member: "KeyType")
        }
        guard allows(KeyType(kind), kind.bits, kind.curve, allowed) else {
            throw .badArgument("KeyType: keys of type \(name) with \(kind.bits) bits are not allowed by the template.", member: "KeyType")
        }
        return kind
    }

    private static func curve(_ text: String?, _ length: Int?, _ policy: KeyAlgorithm?) -> KeyKind.Curve? {
        if let text {
            return KeyKind.Curve(rawValue: text)
                ?? KeyKind.Curve.allCases.first { "P-\($0.bits)" == text.uppercased() || "SECP\($0.bits)R1" == text.uppercased() }
        }
        if let length { return KeyKind.Curve.allCases.first { $0.bits == length } }
        return policy?.curves.first.flatMap { KeyKind.Curve(rawValue: $0) } ?? .p256
    }

    private static func allows(_ type: KeyType, _ bits: Int, _ curve: String?, _ allowed: [KeyAlgorithm]) -> Bool {
        guard !allowed.isEmpty else { return true }
        let name = type == .ecc ? "ECDSA" : type.name.uppercased()
        guard let policy = allowed.first(where: { $0.name.uppercased() == name }) else { return false }
        let isSized = policy.bitLengths.isEmpty || type != .rsa || policy.bitLengths.contains(bits)
        return isSized && (policy.curves.isEmpty || curve.map(policy.curves.contains) ?? true)
    }

    // MARK: Owners

    private static func owner(_ asked: EnrollmentRequest, _ target: EnrollmentTarget, _ estate: Estate) throws(Refusal) -> Int? {
        let policy = target.pattern?.policy
        let standard = policy?.defaultOwner
        if policy?.overridesOwner == true, let standard { return standard }
        if let owner = try estate.owner(id: asked.owner, name: asked.ownerName, "OwnerRole") { return owner.id }
        guard policy?.owner != .required || standard != nil else {
            throw .badArgument("OwnerRoleId: expected the owner's security role, since the pattern requires one, found nothing.")
        }
        return standard
    }
}
