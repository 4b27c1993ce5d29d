import Base
public import Entities
public import Model

/// The bodies of `POST /Enrollment/PFX` (create) and `POST /Enrollment/CSR` (update).
struct EnrollmentRequest: Modelled {
    /// The request for signing, where the client made the key.
    var csr = ""
    /// The subject, where the server makes the key.
    var subject = ""
    /// What protects the file; `nil` for one that the server makes.
    var password: String?
    var friendlyName: String?
    var template = ""
    var pattern: Int?
    var authority = ""
    var renewal = Patch<Int>.absent
    var names: [CertificateContent.AlternativeName] = []
    var metadata: [String: String] = [:]
    var fields: [String: String] = [:]
    var includesChain = false
    var order = CertificateFormat.ChainOrder.endEntityFirst
    var keyType: String?
    var keyLength: Int?
    var curve: String?
    var isLegacy = false
    var includesSubject = true
    var fileExtension: String?
    var owner: Int?
    var ownerName: String?
    var stores: [StoreDelivery] = []
    var jobTime: Timestamp?

    private static let both: Forms = [.create, .update]
    private static let is11: @Sendable (ProductVersion) -> Bool = { $0 >= .v11 }
    private static let is25: @Sendable (ProductVersion) -> Bool = { $0 >= .v25 }

    static let model = Model<EnrollmentRequest>(
        [.create: "PFXEnrollmentRequest", .update: "CSREnrollmentRequest"], blank: { .init() }, check: check
    ) {
        what
        key
        Asked("Template", .text, in: both, \.template)
        Asked("EnrollmentPatternId", .number, in: both, of: is25) { $0.pattern = $1.value }
        Asked("CertificateAuthority", .text, in: both, \.authority)
        Asked("SANs", .alternativeNames, in: both, \.names)
        Asked("Metadata", .texts, in: both, \.metadata)
        Asked("AdditionalEnrollmentFields", .texts, in: both, \.fields)
        Asked("RenewalCertificateId", .number, in: both, \.renewal)
        Asked("OwnerRoleId", .number(null: 0), in: both, \.owner)
        Asked("OwnerRoleName", .text, in: both, \.ownerName)
        file
        // Any form of a time is taken, and never held against the clock (assumed).
        Asked("Timestamp", .time, in: both) { _, _ in }
        Asked(dropped: "PopulateMissingValuesFromAD", .flag)
        Asked(ignored: "MicrosoftTargetCSP", .text)
        Asked(ignored: "AlternativeKeyType", .text, of: is25)
        Asked(ignored: "AlternativeKeyLength", .integer, of: is25)
        Asked(ignored: "MetadataInput", in: both, of: { $0 == .v11 })
        Asked(ignored: "AdditionalEnrollmentFieldsInput", in: both, of: { $0 == .v11 })
        Asked("Stores", .objects(StoreDelivery.model), \.stores)
        Asked("JobTime", .time, \.jobTime)
        Asked(dropped: "InstallIntoExistingCertificateStores", .flag)
    }

    @FieldBuilder<EnrollmentRequest> private static var what: [Field<EnrollmentRequest>] {
        Asked("CSR", .text, in: .update, required: "a request for signing in PEM", \.csr)
        // A private key that goes with it (10.5) is not kept.
        Asked(dropped: "PrivateKey", .text, in: .update)
        Asked("CustomFriendlyName", .text) { $0.friendlyName = $1.value.flatMap { $0.isEmpty ? nil : $0 } }
        Asked("Password", .text) { $0.password = $1.value.flatMap { $0.isEmpty ? nil : $0 } }
        Asked("Subject", .text, \.subject)
    }

    @FieldBuilder<EnrollmentRequest> private static var key: [Field<EnrollmentRequest>] {
        Asked("KeyType", .text, of: is11) { $0.keyType = $1.value.flatMap { $0.isEmpty ? nil : $0 } }
        Asked("KeyLength", .number(null: 0), of: is11) { $0.keyLength = $1.value }
        Asked("Curve", .text, of: is11) { $0.curve = $1.value.flatMap { $0.isEmpty ? nil : $0 } }
        Asked("UseLegacyEncryption", .flag, of: is11) { $0.isLegacy = $1.value ?? false }
    }

    @FieldBuilder<EnrollmentRequest> private static var file: [Field<EnrollmentRequest>] {
        Asked("IncludeChain", .flag, in: both, \.includesChain)
        Asked("ChainOrder", .word(nil), in: both, \.order)
        Asked("CertificateCollectionOrder", .word(nil), in: both, \.order)
        Asked("IncludeSubjectHeader", .flag, in: both, of: is25) { $0.includesSubject = $1.value ?? true }
        Asked("FileExtension", .text, in: both, of: is25) { $0.fileExtension = $1.value.flatMap { $0.isEmpty ? nil : $0 } }
    }

    private static func check(_ draft: inout EnrollmentRequest, _ prefix: String, _ reading: Reading) throws(Refusal) {
        guard draft.renewal.value != 0 else {
            throw .badArgument("RenewalCertificateId: expected the id of a certificate, or null, found 0.", member: "RenewalCertificateId")
        }
    }
}

extension StoreDelivery: Modelled {
    /// A store that a certificate is to be delivered to, as requests and scenario files name it.
    public static let model = Model<StoreDelivery>([:], "a delivery", blank: { .init() }) {
        Asked("StoreId", .guid, required: "a store's id", \.store)
        Asked("Alias", .alias) { $0.alias = $1.value.flatMap { $0.isEmpty ? nil : $0 } }
        Asked("Overwrite", .flag, \.overwrites)
        Asked(ignored: "Properties")
        Seed("store", .guid, required: true, about: "the Id of a store", \.store)
        Seed("alias", .text, about: "under which name; its thumbprint if left out", \.alias)
        Seed("overwrite", .flag, about: "whether it takes the place of what has the name; default false", \.overwrites)
        Seed("at", .time, about: "when; at once if left out", \.moment)
    }
}

extension Kind where Value == [CertificateContent.AlternativeName] {
    /// Alternative names as enrollments give them: lists by their kinds. A bare text counts as a list of one, empty texts as nothing.
    static var alternativeNames: Kind {
        Kind(.map(.either([.array(.text), .text])), write: { _, _, writer in writer.null() }) { value, place, _ throws(Refusal) in
            guard value.isObject else { throw .badArgument("\(place): expected an object, found \(value.kindName).", member: place) }
            var names: [CertificateContent.AlternativeName] = []
            for member in value.members where !member.value.isNull {
                guard let type = AlternativeNames.type(ofKey: member.name) else {
                    let nearest = nearestWord(to: member.name, among: AlternativeNames.keys)
                    throw .badArgument(
                        "\(place).\(member.name.prefix(60)): expected one of \(AlternativeNames.keys.joined(separator: ", "))"
                            + (nearest.map { "; did you mean \($0)?" } ?? "."), member: place)
                }
                for item in member.value.isArray ? member.value.elements : [member.value] where !item.isNull {
                    guard let text = item.text?.trimmed else {
                        throw .badArgument("\(place).\(member.name): expected texts, found \(item.kindName).", member: place)
                    }
                    if text.isEmpty { continue }
                    if let mistake = AlternativeNames.mistake(in: text, type: type, key: member.name) {
                        throw .badArgument("\(place).\(member.name): \(mistake)", member: place)
                    }
                    names.append(.init(type: type, value: text))
                }
            }
            return .value(names)
        }
    }
}
