import Entities
public import Model
import ScenarioFormat

extension CertificateSeed {
    /// What files say of a certificate that lies in no store, or that several entries refer to.
    public static let certificate = Model<CertificateSeed>([:], "a certificate", blank: { .init() }) {
        Seed("id", .given(), about: "its CertificateId; the next free one if left out", \.id)
        details
        issued
        record
        Seed("count", .number(0...1_000_000), about: "makes so many, with {n} in subject and names replaced by 1, 2, …", \.count)
    }

    /// What files say of an entry of an inventory.
    static let entry = Model<CertificateSeed>([:], "an inventory entry", blank: { .init() }) {
        Seed("alias", .text("an alias", length: 1...256), required: true, about: "its name in the store", \.alias)
        Seed("id", .given(), about: "its CertificateId; the next free one if left out", \.id)
        Seed("item", .given(), about: "its CertStoreInventoryItemId; the next free one if left out", \.item)
        details
        issued
        Seed("parameters", .parameters, about: "its entry parameters", \.parameters)
    }

    @FieldBuilder<CertificateSeed> private static var details: [Field<CertificateSeed>] {
        Seed("subject", .text, about: "its IssuedDN; default CN= and the machine", \.subject)
        Seed("issuer", .text, about: "its IssuerDN", \.issuer)
        Seed("serial", .text, about: "its SerialNumber; drawn from the seed if left out", \.serial)
        Seed(
            "thumbprint", .text("40 hexadecimal digits", pattern: "[0-9A-Fa-f]{40}"), about: "drawn from the seed if left out",
            \.thumbprint)
        Seed("notBefore", .time, about: "default a year before notAfter", \.notBefore)
        Seed("notAfter", .time, about: "default +180d", \.notAfter)
        Seed("algorithm", .text, about: "its SigningAlgorithm; default SHA-256withRSA", \.algorithm)
        Seed("metadata", .texts, about: "the values of its metadata fields", \.metadata)
    }

    @FieldBuilder<CertificateSeed> private static var issued: [Field<CertificateSeed>] {
        Seed.name("authority", "certificate authority", about: "the authority that issues it when the file is read", \.authority) {
            $0.authorities
        } of: {
            $1.authorities[$0]?.name
        }
        Seed.name("template", "certificate template", about: "the template that it is issued for", \.template) {
            $0.templates
        } of: {
            $1.templates[$0]?.name
        }
        Seed("names", .list(.text), about: "its alternative names, such as dns:www.example.com and ip:10.0.0.1", \.names)
        Seed("key", .word(keys), about: "the kind of its key; default RSA 2048", \.key)
        Seed("keepsKey", .flag, about: "whether the server keeps its key; default false", \.keepsKey)
    }

    /// The words for kinds of keys.
    public static let keys = ["RSA 2048", "RSA 3072", "RSA 4096", "EC P-256", "EC P-384", "EC P-521", "Ed25519", "Ed448"]

    @FieldBuilder<CertificateSeed> private static var record: [Field<CertificateSeed>] {
        Seed("endpoints", .list(.text), about: "where it is served over TLS, such as 10.0.0.20:443", \.endpoints)
        Seed("state", .word(nil), about: "its CertState; default Active if it is issued, else Unknown", \.state)
        Seed("revoked", .object(RevocationSeed.model), about: "that it was revoked or put on hold", \.revocation)
        Seed("owner", .text, about: "the name of the security role that owns it", \.owner)
        Seed("requester", .text, about: "who asked for it", \.requester)
        Seed("request", .given(), about: "its CertRequestId, if it was approved", \.request)
        Seed("imported", .time, about: "when Command came to know it; default the world's start", \.imported)
        Seed("content", .text, about: "the certificate in base64 of its DER; the estate dump says it", \.content)
        Seed("pattern", .given(), about: "the Id of its enrollment pattern; the estate dump says it", \.pattern)
        Seed("keyNumber", .given(from: 0), about: "which of the server's keys it has; the estate dump says it", \.keyNumber)
        Seed("privateKey", .text, about: "its key in base64 of PKCS#8; the estate dump says it if it is asked to", \.privateKey)
        Seed("history", .list(.object(EventSeed.model)), about: "what was done to it; the estate dump says it", \.history)
    }
}
