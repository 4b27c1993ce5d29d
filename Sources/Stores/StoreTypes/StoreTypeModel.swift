import Base
public import Entities
public import Model
import ScenarioFormat

extension StoreType: Modelled {
    /// A store type as a GET sends it (CertificateStoreTypeResponse). Unlike other models it leaves out members without a value, as recorded.
    /// Releases before 25 send neither ids nor validation options. Assumed: the query fields; no source names them.
    public static let model = Model<StoreType>(
        [.shown: "StoreTypeResponse", .create: "StoreTypeCreateRequest", .update: "StoreTypeUpdateRequest"], "a store type",
        blank: { StoreType(number: 0, name: "", shortName: "", capability: "", supports: [], details: Details()) }, check: check
    ) {
        Member("Name", .text) { $0.name }.filtered().asked(.requests, kind: .nonEmptyText, required: "at least one character", \.name)
            .seeded("name", about: "its name; default the short name", \.name)
        Member("ShortName", .text("a short name", length: 1...64)) { $0.shortName }.filtered()
            .asked(.requests, kind: .nonEmptyText, required: "at least one character", \.shortName)
            .seeded("shortName", required: true, about: "its ShortName", \.shortName)
        Member("Capability", .text) { $0.capability }.filtered()
            .asked(.requests) { if let capability = $1.value, !capability.isEmpty { $0.capability = capability } }
            .seeded("capability", about: "what agents call it; default the short name", \.capability)
        Member("StoreType", .storeType()) { $0.number }.filtered(aliases: ["Id"], isKey: true)
            .asked(.update, required: "the number of a store type", \.number)
            .seeded("number", about: "its StoreType; the next free one from 102 if left out", \.number)
        // Assumed: no source says what it is.
        Member("ImportType", .number) { $0.number }
        Member("LocalStore", .flag) { $0.details.isLocal }.asked(.requests, \.details.isLocal)
            .seeded("localStore", about: "its LocalStore; default false", \.details.isLocal)
        Member("SupportedOperations", .object(Operation.model)) { $0.supports }.asked(.requests, \.supports)
            .seeded("supports", .operations, about: "what jobs can do in addition to inventory", \.supports)
        Member("Properties", .list(.object(Property.model))) { $0.numberedProperties }.asked(.requests, \.details.properties)
            .seeded("properties", about: "what its stores are given as Properties", \.details.properties)
        Member("PasswordOptions", .object(PasswordOptions.model)) { $0.details.passwords }.asked(.requests, \.details.passwords)
            .seeded("passwordOptions", about: "which passwords its stores have", \.details.passwords)
        Member("StorePathType", .text, optional: { $0.details.pathType }).asked(.requests, \.details.pathType)
            .seeded("pathType", about: "its StorePathType, such as MultipleChoice", \.details.pathType)
        Member("StorePathValue", .text, optional: { $0.details.pathValue }).asked(.requests, \.details.pathValue)
            .seeded("pathValue", about: "its StorePathValue", \.details.pathValue)
        Member("PrivateKeyAllowed", .word(.storeTypes)) { $0.details.privateKey }.asked(.requests, \.details.privateKey)
            .seeded("privateKey", about: "its PrivateKeyAllowed; default Optional", \.details.privateKey)
        Member("CertificateFormat", .number) { $0.details.certificateFormat }.sent { $0.traits.storeTypeValidation }
            .asked(.requests, \.details.certificateFormat)
            .seeded("certificateFormat", about: "its CertificateFormat; default 0", \.details.certificateFormat)
        Member("ServerRequired", .flag) { $0.details.needsServer }.asked(.requests, \.details.needsServer)
            .seeded("serverRequired", about: "its ServerRequired; default false", \.details.needsServer)
        Member("PowerShell", .flag) { $0.details.usesPowerShell }.asked(.requests, \.details.usesPowerShell)
            .seeded("powerShell", about: "its PowerShell; default false", \.details.usesPowerShell)
        Member("BlueprintAllowed", .flag) { $0.details.allowsBlueprints }.asked(.requests, \.details.allowsBlueprints)
            .seeded("blueprintAllowed", about: "its BlueprintAllowed; default false", \.details.allowsBlueprints)
        Member("CustomAliasAllowed", .word(.storeTypes)) { $0.details.customAlias }.asked(.requests, \.details.customAlias)
            .seeded("customAlias", about: "its CustomAliasAllowed; default Forbidden", \.details.customAlias)
        Member("EntryParameters", .list(.object(EntryParameter.model))) { $0.numberedEntryParameters }
            .asked(.requests, \.details.entryParameters)
            .seeded("entryParameters", about: "what jobs are given that put a certificate into a store", \.details.entryParameters)
        Member("JobProperties", .list(.text)) { $0.details.jobProperties }.asked(.requests, \.details.jobProperties)
            .seeded("jobProperties", about: "its JobProperties", \.details.jobProperties)
        Member("ServerRegistration", .number, optional: { $0.details.serverRegistration }).asked(.create, \.details.serverRegistration)
            .seeded("serverRegistration", about: "its ServerRegistration", \.details.serverRegistration)
        Member("InventoryEndpoint", .text, optional: { $0.details.inventoryEndpoint }).asked(.create, \.details.inventoryEndpoint)
            .seeded("inventoryEndpoint", about: "its InventoryEndpoint", \.details.inventoryEndpoint)
        jobTypes
    }

    /// The ids of the job types that work on such stores: one member for each kind that the type supports.
    private static let jobTypes: [Field<StoreType>] = [
        ("InventoryJobType", "Inventory"), ("ManagementJobType", "Management"), ("DiscoveryJobType", "Discovery"),
        ("EnrollmentJobType", "Reenrollment"),
    ].map { member, operation in
        Member<StoreType, GUID>(member, .guid, optional: { $0.jobType(operation) })
            .asked(.create, as: member + "Id") { $0.details.jobTypes[operation] = $1.value }
            .seeded(
                Seed(
                    member.prefix(1).lowercased() + member.dropFirst(), Kind.guid.shape,
                    about: "the id of its \(operation) job type; drawn from the capability if left out"
                ) { type, _, writer in
                    if let id = type.details.jobTypes[operation] { writer.member(member.prefix(1).lowercased() + member.dropFirst(), id) }
                } read: { node, type, _ in
                    type.details.jobTypes[operation] = node.text.flatMap { GUID($0) }
                }
            ).field
    }

    private static func check(_ type: inout StoreType, _ prefix: String, _ reading: Reading) throws(Refusal) {
        let limit = reading.product.traits.shortNameLimit
        try check(type.shortName, atMost: limit, "ShortName", " in Command \(reading.product.rawValue)")
        try check(type.capability, atMost: 220, "Capability")
        if type.capability.isEmpty { type.capability = type.shortName }
        try requireOwnNames(type.details.properties.map(\.name), "Properties")
        try requireOwnNames(type.details.entryParameters.map(\.name), "EntryParameters")
    }

    private static func check(_ text: String, atMost limit: Int, _ member: String, _ place: String = "") throws(Refusal) {
        let count = text.utf16.count
        guard count > limit else { return }
        throw .badArgument("\(member): expected at most \(limit) characters\(place), found \(count).", member: member)
    }

    private static func requireOwnNames(_ names: [String], _ member: String) throws(Refusal) {
        var seen: Set<String> = []
        for (index, name) in names.enumerated() where !seen.insert(name).inserted {
            throw .badArgument("\(member)[\(index)].Name: expected a name of its own, found '\(name.prefix(60))' twice.")
        }
    }

    /// The store types of an estate, and what their operations share. Assumed: whoever may read stores, also of one container, may read
    /// their types.
    static let noun = Noun(
        "/CertificateStoreTypes", model, reads: .storesRead, isReadInContainers: true, rows: \.storeTypes,
        notFound: { .storeTypeNotFound($0) })

    fileprivate var numberedProperties: [Property] {
        details.properties.enumerated().map { place, property in
            var copy = property
            (copy.storeType, copy.id) = (number, place + 1)
            return copy
        }
    }

    fileprivate var numberedEntryParameters: [EntryParameter] {
        details.entryParameters.enumerated().map { place, parameter in
            var copy = parameter
            (copy.storeType, copy.id) = (number, place + 1)
            return copy
        }
    }
}
