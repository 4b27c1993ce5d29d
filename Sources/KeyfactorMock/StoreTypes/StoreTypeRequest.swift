/// The body of `POST` and `PUT /CertificateStoreTypes`, read and checked for itself; what other types have is not looked at here.
struct StoreTypeRequest {
    /// The members of the creation model and the update model of every release.
    static let members = [
        "StoreType", "Name", "ShortName", "Capability", "LocalStore", "SupportedOperations", "Properties", "PasswordOptions",
        "StorePathType",
        "StorePathValue", "PrivateKeyAllowed", "CertificateFormat", "ServerRequired", "PowerShell", "BlueprintAllowed",
        "CustomAliasAllowed",
        "ServerRegistration", "InventoryEndpoint", "InventoryJobTypeId", "ManagementJobTypeId", "DiscoveryJobTypeId", "EnrollmentJobTypeId",
        "EntryParameters", "JobProperties",
    ]

    /// The type as asked for.
    let type: StoreType

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - body: the body, an object.
    ///   - known: the type that a PUT changes; it keeps what the update model lacks.
    ///   - call: decides how long a short name may be.
    /// - Throws: a refusal that names the member at fault.
    init(_ body: JSONValue, changing known: StoreType?, _ call: Call) throws(Refusal) {
        let members = Members(body, call.fidelity)
        let name = try members.requiredText("Name")
        let shortName = try members.requiredText("ShortName")
        let capability = try members.text("Capability")
        try Self.check(shortName, atMost: call.product.traits.shortNameLimit, "ShortName", " in Command \(call.product.rawValue)")
        if let capability { try Self.check(capability, atMost: 220, "Capability") }
        var supports: Set<StoreType.Operation> = []
        if let operations = try members.object("SupportedOperations", knowing: StoreType.Operation.allCases.map(\.wireName)) {
            for operation in StoreType.Operation.allCases where try operations.flag(operation.wireName) ?? false {
                supports.insert(operation)
            }
        }
        type = StoreType(
            number: known?.number ?? 0, name: name, shortName: shortName,
            capability: capability.flatMap { $0.isEmpty ? nil : $0 } ?? known?.capability ?? shortName, supports: supports,
            details: try Self.details(members, known?.details))
    }

    private static func check(_ text: String, atMost limit: Int, _ member: String, _ place: String = "") throws(Refusal) {
        let count = text.utf16.count
        guard count > limit else { return }
        throw .badArgument("\(member): expected at most \(limit) characters\(place), found \(count).", member: member)
    }

    private static func details(_ members: Members, _ known: StoreType.Details?) throws(Refusal) -> StoreType.Details {
        var details = StoreType.Details()
        details.isLocal = try members.flag("LocalStore") ?? false
        details.properties = try properties(members)
        details.entryParameters = try entryParameters(members)
        if let options = try members.object("PasswordOptions", knowing: ["EntrySupported", "StoreRequired", "Style", "StorePassword"]) {
            details.passwords.entrySupported = try options.flag("EntrySupported") ?? false
            details.passwords.storeRequired = try options.flag("StoreRequired") ?? false
            details.passwords.style = try options.word("Style", StoreType.PasswordOptions.Style.self) ?? .standard
        }
        details.pathType = try members.text("StorePathType")
        details.pathValue = try members.text("StorePathValue")
        details.privateKey = try members.word("PrivateKeyAllowed", StoreType.Presence.self) ?? .forbidden
        details.customAlias = try members.word("CustomAliasAllowed", StoreType.Presence.self) ?? .forbidden
        details.certificateFormat = try members.number("CertificateFormat") ?? 0
        details.needsServer = try members.flag("ServerRequired") ?? false
        details.usesPowerShell = try members.flag("PowerShell") ?? false
        details.allowsBlueprints = try members.flag("BlueprintAllowed") ?? false
        details.jobProperties = try jobProperties(members)
        if let known {
            details.serverRegistration = known.serverRegistration
            details.inventoryEndpoint = known.inventoryEndpoint
            details.jobTypes = known.jobTypes
        } else {
            details.serverRegistration = try members.number("ServerRegistration")
            details.inventoryEndpoint = try members.text("InventoryEndpoint")
            for (member, operation) in StoreType.jobTypeMembers {
                if let id = try members.guid(member + "Id"), id != .empty { details.jobTypes[operation] = id }
            }
        }
        return details
    }

    private static func properties(_ members: Members) throws(Refusal) -> [StoreType.Property] {
        let known = [
            "Id", "StoreTypeId", "Name", "DisplayName", "Type", "DependsOn", "DefaultValue", "Required", "ValidationOptions",
        ]
        var all: [StoreType.Property] = []
        for item in try members.objects("Properties", knowing: known) {
            var property = StoreType.Property(name: try item.requiredText("Name"))
            guard !all.contains(where: { $0.name == property.name }) else {
                throw .badArgument("\(item.place("Name")): expected a name of its own, found '\(property.name.prefix(60))' twice.")
            }
            property.displayName = try item.text("DisplayName")
            property.type = try item.word("Type", StoreType.ValueType.self) ?? .string
            property.dependsOn = try item.text("DependsOn")
            property.defaultValue = try item.scalar("DefaultValue")
            let onCreation = try item.object("ValidationOptions", knowing: ["OnCreation"])?.number("OnCreation") ?? 0
            property.isRequired = try item.flag("Required") ?? (onCreation != 0)
            all.append(property)
        }
        return all
    }

    private static func entryParameters(_ members: Members) throws(Refusal) -> [StoreType.EntryParameter] {
        let known = [
            "StoreTypeId", "Name", "DisplayName", "Type", "ValidationOptions", "RequiredWhen", "DependsOn", "DefaultValue", "Options", "Id",
        ]
        var all: [StoreType.EntryParameter] = []
        for item in try members.objects("EntryParameters", knowing: known) {
            var parameter = StoreType.EntryParameter(name: try item.requiredText("Name"))
            guard !all.contains(where: { $0.name == parameter.name }) else {
                throw .badArgument("\(item.place("Name")): expected a name of its own, found '\(parameter.name.prefix(60))' twice.")
            }
            parameter.displayName = try item.text("DisplayName")
            parameter.type = try item.word("Type", StoreType.ValueType.self) ?? .string
            parameter.dependsOn = try item.text("DependsOn")
            parameter.defaultValue = try item.scalar("DefaultValue")
            parameter.options = try item.text("Options")
            if let options = try item.object("ValidationOptions", knowing: StoreType.EntryParameter.validationMembers) {
                for (index, member) in StoreType.EntryParameter.validationMembers.enumerated() {
                    parameter.needed[index] = try options.number(member) ?? 0 != 0
                }
            } else if let when = try item.object("RequiredWhen", knowing: StoreType.EntryParameter.requiredWhenMembers) {
                for (index, member) in StoreType.EntryParameter.requiredWhenMembers.enumerated() {
                    parameter.needed[index] = try when.flag(member) ?? false
                }
            }
            all.append(parameter)
        }
        return all
    }

    private static func jobProperties(_ members: Members) throws(Refusal) -> [String] {
        guard let value = members.value["JobProperties"], !value.isNull else { return [] }
        guard value.isArray else {
            throw .badArgument("JobProperties: expected an array of strings, found \(value.shortSource).", member: "JobProperties")
        }
        var all: [String] = []
        for (index, element) in value.elements.enumerated() {
            guard let text = element.text else {
                throw .badArgument("JobProperties[\(index)]: expected a string, found \(element.shortSource).", member: "JobProperties")
            }
            all.append(text)
        }
        return all
    }
}
