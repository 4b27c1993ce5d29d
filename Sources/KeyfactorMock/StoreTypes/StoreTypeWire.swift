extension StoreType {
    /// Writes the store type as a GET sends it (CertificateStoreTypeResponse).
    ///
    /// Unlike other models it leaves out members without a value, as recorded.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - product: 25 also sends ids and validation options.
    func write(to writer: inout JSONWriter, _ product: ProductVersion) {
        let details = details
        let validates = product.traits.storeTypeValidation
        writer.object { writer in
            writer.member("Name", name)
            writer.member("ShortName", shortName)
            writer.member("Capability", capability)
            writer.member("StoreType", number)
            // Assumed: no source says what it is.
            writer.member("ImportType", number)
            writer.member("LocalStore", details.isLocal)
            writer.name("SupportedOperations")
            writer.object { writer in
                for operation in Operation.allCases { writer.member(operation.wireName, supports.contains(operation)) }
            }
            writer.name("Properties")
            writer.array(details.properties.enumerated()) { $1.element.write(to: &$0, number, id: validates ? $1.offset + 1 : nil) }
            writer.name("PasswordOptions")
            writer.object { writer in
                writer.member("EntrySupported", details.passwords.entrySupported)
                writer.member("StoreRequired", details.passwords.storeRequired)
                writer.named("Style", details.passwords.style.rawValue, name: details.passwords.style.name)
            }
            writer.present("StorePathType", details.pathType)
            writer.present("StorePathValue", details.pathValue)
            writer.named("PrivateKeyAllowed", details.privateKey.rawValue, name: details.privateKey.name)
            if validates { writer.member("CertificateFormat", details.certificateFormat) }
            writer.member("ServerRequired", details.needsServer)
            writer.member("PowerShell", details.usesPowerShell)
            writer.member("BlueprintAllowed", details.allowsBlueprints)
            writer.named("CustomAliasAllowed", details.customAlias.rawValue, name: details.customAlias.name)
            writer.name("EntryParameters")
            writer.array(details.entryParameters.enumerated()) { $1.element.write(to: &$0, number, id: validates ? $1.offset + 1 : nil) }
            writer.name("JobProperties")
            writer.array(details.jobProperties) { $0.value($1) }
            if let registration = details.serverRegistration { writer.member("ServerRegistration", registration) }
            writer.present("InventoryEndpoint", details.inventoryEndpoint)
            let operations = operations
            for (member, operation) in Self.jobTypeMembers where operations.contains(operation) {
                writer.member(member, jobType(operation))
            }
        }
    }

    /// The members that hold ids of job types, each with the operation of the type.
    static let jobTypeMembers = [
        ("InventoryJobType", "Inventory"), ("ManagementJobType", "Management"), ("DiscoveryJobType", "Discovery"),
        ("EnrollmentJobType", "Reenrollment"),
    ]
}

extension StoreType.Operation {
    /// The name of the member of `SupportedOperations`.
    var wireName: String {
        switch self {
        case .add: "Add"
        case .create: "Create"
        case .discovery: "Discovery"
        case .enrollment: "Enrollment"
        case .remove: "Remove"
        }
    }
}

extension StoreType.Property {
    /// Writes the property; 25 adds an id, whose value is assumed, and what must be given on creation.
    fileprivate func write(to writer: inout JSONWriter, _ type: Int, id: Int?) {
        writer.object { writer in
            if let id { writer.member("Id", id) }
            writer.member("StoreTypeId", type)
            writer.member("Name", name)
            writer.present("DisplayName", displayName)
            writer.named("Type", self.type.rawValue, name: self.type.name)
            writer.present("DependsOn", dependsOn)
            writer.present("DefaultValue", defaultValue)
            writer.member("Required", isRequired)
            guard id != nil else { return }
            writer.name("ValidationOptions")
            writer.object { $0.member("OnCreation", isRequired ? 1 : 0) }
        }
    }
}

extension StoreType.EntryParameter {
    /// When a parameter is needed, as 25 and as the releases before call it.
    static let validationMembers = ["HasPrivateKey", "OnAdd", "OnRemove", "OnODKG"]
    static let requiredWhenMembers = ["HasPrivateKey", "OnAdd", "OnRemove", "OnReenrollment"]

    fileprivate func write(to writer: inout JSONWriter, _ type: Int, id: Int?) {
        writer.object { writer in
            writer.member("StoreTypeId", type)
            writer.member("Name", name)
            writer.present("DisplayName", displayName)
            writer.named("Type", self.type.rawValue, name: self.type.name)
            writer.name(id == nil ? "RequiredWhen" : "ValidationOptions")
            writer.object { writer in
                for (index, isNeeded) in needed.enumerated() {
                    if id == nil {
                        writer.member(Self.requiredWhenMembers[index], isNeeded)
                    } else {
                        writer.member(Self.validationMembers[index], isNeeded ? 1 : 0)
                    }
                }
            }
            writer.present("DependsOn", dependsOn)
            writer.present("DefaultValue", defaultValue)
            writer.present("Options", options)
            if let id { writer.member("Id", id) }
        }
    }
}

extension JSONWriter {
    /// Writes a string under a name, or nothing where there is none, whatever the world says about nulls.
    fileprivate mutating func present(_ name: String, _ text: String?) {
        if let text { member(name, text) }
    }
}

/// What `GET /CertificateStoreTypes` can be filtered and sorted by. Assumed: no source names the fields.
enum StoreTypeFields {
    static let all: [QueryField<StoreType>] = [
        QueryField("StoreType", .number, aliases: ["Id"], isKey: true) { .number($0.number) },
        QueryField("Name", .text) { .text($0.name) },
        QueryField("ShortName", .text) { .text($0.shortName) },
        QueryField("Capability", .text) { .text($0.capability) },
    ]
}
