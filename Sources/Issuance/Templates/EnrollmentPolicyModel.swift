import Base
public import Entities
public import Model
import ScenarioFormat

extension KeyAlgorithm: Modelled {
    /// As lists of algorithms have it, and the KeyInfo of templates.
    static let named = Model<KeyAlgorithm>([:], "a kind of key", blank: { .init() }) {
        Member("name", .word(names)) { $0.name }.sent { $0 == .v25 }.asked(.requests, required: oneOfAll, \.name)
            .seeded("name", required: true, about: "what Command calls it", \.name)
        sizes
    }

    /// As the KeyInfo of policies has it, without a name.
    static let data = Model<KeyAlgorithm>([:], "sizes and curves", blank: { .init() }) { sizes }

    /// 25 spells them with small letters (recorded), earlier releases do not (documented for 11).
    @FieldBuilder<KeyAlgorithm> private static var sizes: [Field<KeyAlgorithm>] {
        Member("bit_lengths", .list(.number)) { $0.bitLengths }.sent { $0 == .v25 }.asked(.requests, \.bitLengths)
        Member("BitLengths", .list(.number)) { $0.bitLengths }.sent { $0 < .v25 }.asked(.requests, \.bitLengths)
            .seeded("bitLengths", about: "its sizes in bits; default any", \.bitLengths)
        Member("curves", .list(.text)) { $0.curves }.sent { $0 == .v25 }
        Member("Curves", .list(.text)) { $0.curves }.sent { $0 < .v25 }.asked(.requests, \.curves)
            .seeded("curves", about: "its curves by their OIDs; default any", \.curves)
    }

    private static let oneOfAll = "one of " + names.joined(separator: ", ")
}

/// Kinds of key as an object with a member for each kind.
struct KeyInfo: Modelled {
    var keys: [KeyAlgorithm] = []

    subscript(name: String) -> KeyAlgorithm? {
        get { keys.first { $0.name == name } }
        set {
            keys.removeAll { $0.name == name }
            guard var key = newValue else { return }
            key.name = name
            keys.append(key)
        }
    }

    /// As policies have it.
    static let model = Model<KeyInfo>([:], blank: { .init() }) { members(KeyAlgorithm.data) }
    /// As templates have it.
    static let named = Model<KeyInfo>([:], blank: { .init() }) { members(KeyAlgorithm.named) }

    private static func members(_ key: Model<KeyAlgorithm>) -> [Field<KeyInfo>] {
        KeyAlgorithm.names.map { name in
            let isServed = { @Sendable (product: ProductVersion) in product == .v25 || !name.hasPrefix("MLDSA") }
            return Member<KeyInfo, KeyAlgorithm>(name, .object(key), nullable: { $0[name] }).sent(by: isServed)
                .asked(.requests, of: isServed) { $0[name] = $1.value }.field
        }
    }
}

extension EnrollmentPolicy: Modelled {
    /// What may be enrolled for: a template's TemplatePolicy until 24.4, a pattern's Policies in 25. 10.x has sizes and curves (documented).
    static let model = Model<EnrollmentPolicy>([:], "a policy", blank: { .init() }) {
        Member("TemplateId", .number, optional: { $0.template })
        Asked(ignored: "TemplateId", .integer, in: .requests)
        Asked(ignored: "Id", .integer, in: .requests)
        Member("RSAValidKeySizes", .list(.number)) { KeyInfo(keys: $0.keys ?? [])["RSA"]?.bitLengths ?? [] }.sent { $0 == .v10 }
            .asked(.requests, of: { $0 == .v10 }) { $0.set("RSA", $1.value.map { KeyAlgorithm("RSA", $0) }) }
        Member("ECCValidCurves", .list(.text)) { KeyInfo(keys: $0.keys ?? [])["ECDSA"]?.curves ?? [] }.sent { $0 == .v10 }
            .asked(.requests, of: { $0 == .v10 }) { $0.set("ECDSA", $1.value.map { KeyAlgorithm("ECDSA", curves: $0) }) }
        Member("AllowKeyReuse", .flag, nullable: \.allowsKeyReuse, about: "whether a key may be used twice")
        Member("AllowWildcards", .flag, nullable: \.allowsWildcards, about: "whether a common name may begin with *.")
        Member("RFCEnforcement", .flag, nullable: \.enforcesRFC, about: "whether the common name must be an alternative name")
        Member("CertificateOwnerRole", .numbered, \.owner, by: { $0 == .v25 }, about: "whether an owner is asked for; default Optional")
        Member(
            "DefaultCertificateOwnerRoleId", .given(), nullable: \.defaultOwner, by: { $0 == .v25 },
            about: "the Id of the role that owns what names no owner")
        Member(
            "DefaultCertificateOwnerRoleName", .text(upTo: 256), nullable: \.defaultOwnerName, by: { $0 == .v25 },
            about: "the name of the role that owns what names no owner")
        Member(
            "DefaultCertificateOwnerOverride", .flag, \.overridesOwner, by: { $0 == .v25 },
            about: "whether that role takes the place of a named owner; default false")
        Member("KeyInfo", .object(KeyInfo.model)) { KeyInfo(keys: $0.keys ?? []) }.sent { $0 > .v10 }
            .asked(.requests, of: { $0 > .v10 }) { if let info = $1.value, !info.keys.isEmpty { $0.keys = info.keys } }
        Member("PrimaryKeyAlgorithms", .list(.object(KeyAlgorithm.named))) { $0.keys ?? [] }.sent { $0 == .v25 }
            .asked(.requests, of: { $0 == .v25 }) { if let keys = $1.value, !keys.isEmpty { $0.keys = keys } }
        Member("AlternativeKeyAlgorithms", .list(.object(KeyAlgorithm.named))) { $0.alternativeKeys ?? [] }.sent { $0 == .v25 }
            .asked(.requests, of: { $0 == .v25 }) { if let keys = $1.value, !keys.isEmpty { $0.alternativeKeys = keys } }
        Seed("keys", .list(.object(KeyAlgorithm.named)), about: "the kinds of key that are allowed; default all of the template", \.keys)
        Seed("alternativeKeys", .list(.object(KeyAlgorithm.named)), about: "the same for second keys", \.alternativeKeys)
    }

    /// Allows keys of one kind; `nil` for none of it.
    private mutating func set(_ name: String, _ key: KeyAlgorithm?) {
        var info = KeyInfo(keys: keys ?? [])
        info[name] = key
        keys = info.keys.isEmpty ? nil : info.keys
    }
}
