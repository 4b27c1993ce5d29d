import Base
public import Entities
public import Model
import PKI

extension Certificate: Modelled {
    /// A certificate as `GET /Certificates` and `GET /Certificates/{id}` send it: members and their order as recorded from 25.4.1. What a
    /// request does not ask to be included is empty. Query fields as documented and as clients use them.
    public static let model = Model<Certificate>([.shown: "CertificateRetrievalResponse"]) {
        identity
        keyFields
        issuing
        contents
        places
    }

    /// The certificates of an estate, and what their operations share.
    static let noun = Noun(
        "/Certificates", model, reads: .certificatesRead, isReadInContainers: true, rows: \.certificates.table,
        notFound: { .certificateNotFound($0) })

    private static let is25: @Sendable (ProductVersion) -> Bool = { $0 >= .v25 }

    @FieldBuilder<Certificate> private static var identity: [Field<Certificate>] {
        Member("IsCACertificate", .flag) { $0.content.isAuthority }.sent(by: is25)
        Member("PathLengthConstraint", .number, nullable: { $0.content.pathLength }).sent(by: is25)
        Member("Id", .number) { $0.id }.filtered("CertId", aliases: ["Id"], isKey: true)
        Member("Thumbprint", .text) { $0.thumbprint }.filtered(isKey: true)
        Member("SerialNumber", .text) { $0.serial }.filtered(isKey: true)
        Member("IssuedDN", .text) { $0.subject }.filtered(aliases: ["DN"])
        Member("IssuedCN", .text, nullable: { $0.commonName }).filtered(aliases: ["CN"])
        Member("ImportDate", .time) { $0.imported }.filtered()
        Member("NotBefore", .time) { $0.notBefore }.filtered("IssuedDate", aliases: ["NotBefore", "EffectiveDate"])
        Member("NotAfter", .time) { $0.notAfter }.filtered("ExpirationDate", aliases: ["NotAfter"])
        Member("IssuerDN", .text) { $0.issuer }.filtered()
        Member("PrincipalId", .number, nullable: { _ in nil })
        // 25 is recorded; that 12.3 and 24.4 have owners is documented, that they send them is assumed.
        Member("OwnerRoleId", .number, nullable: { $0.owner(in: $1.estate)?.id }).sent { $0 >= .v12 }
        Member("OwnerRoleName", .text, nullable: { $0.owner(in: $1.estate)?.name }).sent { $0 >= .v12 }.filtered()
        Member("TemplateId", .number, nullable: { $0.origin.template })
        Member("CertState", .numbered) { $0.state }.filtered()
    }

    @FieldBuilder<Certificate> private static var keyFields: [Field<Certificate>] {
        Member("KeySizeInBits", .number) { $0.content.keySize }.filtered("KeySize")
        Member("KeyType", .numbered) { $0.content.keyType }.filtered()
        Member("KeyAlgorithm", .text, nullable: { $0.content.keyType.algorithm }).sent(by: is25)
        Member("AltKeyAlgorithm", .text, nullable: { _ in nil }).sent(by: is25)
        Member("AltKeySizeInBits", .number) { _ in 0 }.sent(by: is25)
        Member("AltKeyType", .number, nullable: { _ in nil }).sent(by: is25)
    }

    @FieldBuilder<Certificate> private static var issuing: [Field<Certificate>] {
        Member("RequesterId", .number, nullable: { $0.origin.requester })
        Member("IssuedOU", .text, nullable: { $0.part("OU") }).filtered("OU")
        Member("IssuedEmail", .text, nullable: { $0.part("E") })
        Member("KeyUsage", .number) { $0.content.keyUsage }.filtered()
        Member("SigningAlgorithm", .text) { $0.algorithm }.filtered()
        Member("AltSigningAlgorithm", .text, nullable: { _ in nil }).sent(by: is25)
        Member("CertStateString", .text) { "\($0.state.name) (\($0.state.rawValue))" }
        Member("KeyTypeString", .text) { $0.content.keyType.name }
        Member("AltKeyTypeString", .text, nullable: { _ in nil }).sent(by: is25)
        Member("RevocationEffDate", .time, nullable: { $0.revocation?.effective }).filtered()
        Member("RevocationReason", .number, nullable: { $0.revocation?.reason }).filtered()
        Member("RevocationComment", .text, nullable: { $0.revocation?.comment })
        Member("CertificateAuthorityId", .number, nullable: { $0.origin.authority })
        Member("CertificateAuthorityName", .text, nullable: { $0.authority(in: $1.estate)?.name })
        Member("TemplateName", .text, nullable: { $0.template(in: $1.estate)?.displayName }).filtered("TemplateDisplayName")
        Member("TemplateShortName", .text, nullable: { $0.template(in: $1.estate)?.name }).queryOnly()
        Member("ArchivedKey", .flag) { _ in false }.filtered()
        Member("HasPrivateKey", .flag) { $0.key != nil && $1.includes("includehasprivatekey") }
        Member("HasPrivateKey", .flag) { $0.key != nil }.queryOnly()
        Member("HasAltPrivateKey", .flag) { _ in false }.sent(by: is25)
        Member("PrincipalName", .text, nullable: { _ in nil }).filtered("NetBIOSPrincipal")
        Member("CertRequestId", .number, nullable: { $0.origin.request }).filtered(isKey: true)
        Member("RequesterName", .text, nullable: { $1.estate.certificates.requester($0.origin.requester) })
            .filtered("NetBIOSRequester", aliases: ["RequesterName"])
        Member("SelfSigned", .flag) { $0.subject == $0.issuer }.queryOnly()
    }

    @FieldBuilder<Certificate> private static var contents: [Field<Certificate>] {
        // A certificate that a scenario only describes has no bytes.
        Member("ContentBytes", .text, nullable: { $0.content.der.isEmpty ? nil : Base64.encode($0.content.der) })
        Member("ExtendedKeyUsages", .list(.object(shownOnly: ExtendedKeyUsage.model))) { ExtendedKeyUsage.all(of: $0) }
        Member("EKU", .list(.text)) { $0.content.extendedKeyUsages }.queryOnly()
        Member("EKUName", .list(.text)) { ExtendedKeyUsage.all(of: $0).map(\.name) }.queryOnly()
        Member("SubjectAltNameElements", .list(.object(shownOnly: AlternativeNameElement.model))) { AlternativeNameElement.all(of: $0) }
        Member("SAN", .list(.text)) { $0.content.names.map(\.value) }.queryOnly()
        Member("RFC2818Compliant", .flag) { !$0.dnsNames.isEmpty }.queryOnly()
        Member("PublicKey", .text, nullable: { $0.publicKey }).queryOnly()
        Member("CRLDistributionPoints", .list(.object(shownOnly: RevocationListPlace.model))) { RevocationListPlace.all(of: $0) }
    }

    @FieldBuilder<Certificate> private static var places: [Field<Certificate>] {
        Member("LocationsCount", .list(.object(shownOnly: LocationCount.model))) { certificate, view in
            view.includes("includelocations") ? LocationCount.all(of: certificate, view.estate) : []
        }
        Member("SSLLocations", .list(.object(shownOnly: SSLLocation.model))) { certificate, view in
            view.includes("includelocations") ? certificate.endpoints.map { SSLLocation(endpoint: $0) } : []
        }
        Member("SSLIPAddress", .list(.text)) { $0.endpoints.map(\.address) }.queryOnly()
        Member("SSLDNSName", .list(.text)) { $0.endpoints.isEmpty ? [] : $0.dnsNames }.queryOnly()
        Member("Locations", .list(.object(shownOnly: CertificateLocation.model))) { certificate, view in
            view.includes("includelocations") ? CertificateLocation.all(of: certificate.id, view.estate) : []
        }
        Member("CertStorePath", .list(.text)) { $1.estate.locations(of: $0.id).map(\.store.path) }.queryOnly()
        Member("CertStoreFQDN", .list(.text)) { $1.estate.locations(of: $0.id).map(\.store.machine) }.queryOnly()
        Member("CertStoreContainer", .list(.text)) { certificate, view in
            view.estate.locations(of: certificate.id).compactMap { $0.store.container }.compactMap { view.estate.containers[$0]?.name }
        }.queryOnly()
        Member("Metadata", .texts) { certificate, view in view.includes("includemetadata") ? certificate.metadata : [:] }
        // 25.4.1 does not send it.
        Member("CertificateKeyId", .number) { $0.key == nil ? 0 : $0.id }.sent { $0 <= .v12 }
        Member("CARowIndex", .number, nullable: { _ in nil })
        Member("CARecordId", .text, nullable: { $0.origin.authority == nil ? nil : $0.serial }).filtered(aliases: ["CARequestId"])
        Member("DetailedKeyUsage", .object(shownOnly: DetailedKeyUsage.model)) { DetailedKeyUsage(bits: $0.content.keyUsage) }
        Member("KeyRecoverable", .flag) { _ in false }
        Member("Curve", .text, nullable: { $0.content.curve })
        Member("EnrollmentPatternId", .number, nullable: { $0.origin.pattern }).sent(by: is25)
        Member("Lifespan", .number) { $0.lifespan }.sent(by: is25)
        // By its logical name or with its host.
        Member("CA", .paths) { certificate, view in
            certificate.authority(in: view.estate).map { [$0.name, $0.logicalName] } ?? []
        }.queryOnly()
    }
}

extension Certificate {
    /// A part of its distinguished name.
    func part(_ name: String) -> String? { (try? DistinguishedName(subject))?[name] }

    /// For how many days it is valid, the begun one counted.
    var lifespan: Int { Int((notAfter.ticks - notBefore.ticks + Timestamp.ticksPerDay - 1) / Timestamp.ticksPerDay) }

    /// The host names among its alternative names.
    var dnsNames: [String] { content.names.filter { $0.type == 2 }.map(\.value) }

    /// Its public key in hexadecimal digits, where its bytes are known.
    var publicKey: String? {
        content.der.isEmpty ? nil : (try? CertificateFacts(der: content.der)).map { Hex.text($0.publicKeyInfo) }
    }

    /// Whether it is for a public key, given as a SubjectPublicKeyInfo in DER.
    func has(publicKey info: [UInt8]) -> Bool {
        let der = content.der
        guard info.count > 2, der.count >= info.count else { return false }
        return (0...(der.count - info.count)).contains {
            der[$0] == info[0] && der[$0 + 1] == info[1] && der[$0..<($0 + info.count)].elementsEqual(info)
        }
    }

    /// The authority that issued it, if Command manages that.
    func authority(in estate: Estate) -> Entities.CertificateAuthority? { origin.authority.flatMap { estate.authorities[$0] } }

    /// The template that it was enrolled for.
    func template(in estate: Estate) -> Template? { origin.template.flatMap { estate.templates[$0] } }

    /// The security role that owns it, unless it was deleted.
    func owner(in estate: Estate) -> SecurityRole? { owner.flatMap { estate.security.roles[$0] } }
}
