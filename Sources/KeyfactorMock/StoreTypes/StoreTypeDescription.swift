/// What the operations of store types take and answer.
enum StoreTypeDescription {
    static let all = [
        "GET /CertificateStoreTypes": .list(of: storeType),
        "GET /CertificateStoreTypes/{id}": .answers(storeType),
        "GET /CertificateStoreTypes/Name/{name}": .answers(.array(storeType)),
        "POST /CertificateStoreTypes": .answers(storeType, to: .model("StoreTypeCreateRequest", .object(asked + askedOnce))),
        "PUT /CertificateStoreTypes": .answers(
            storeType, to: .model("StoreTypeUpdateRequest", .object([.always("StoreType", .integer)] + asked))),
        "DELETE /CertificateStoreTypes/{id}": Description.done(),
        "DELETE /CertificateStoreTypes": .done(.array(.integer)),
    ].mapValues(\.withNumber)

    private static let presence = Schema.word(StoreType.Presence.self, \.name)
    private static let valueType = Schema.word(StoreType.ValueType.self, \.name)
    private static let style = Schema.word(StoreType.PasswordOptions.Style.self, \.name)
    private static let operations = StoreType.Operation.allCases.map(\.wireName)
    private static let numbers = Schema.object(StoreType.EntryParameter.validationMembers.map { .always($0, .integer) })
    private static let truths = Schema.object(StoreType.EntryParameter.requiredWhenMembers.map { .always($0, .boolean) })

    /// 25 sends ids and validation options, releases before RequiredWhen.
    private static let storeType = Schema.model(
        "StoreTypeResponse",
        .object(
            [
                .always("Name", .text), .always("ShortName", .text), .always("Capability", .text), .always("StoreType", .integer),
                .always("ImportType", .integer), .always("LocalStore", .boolean),
                .always("SupportedOperations", .object(operations.map { .always($0, .boolean) })),
                .always("Properties", .array(property)),
                .always(
                    "PasswordOptions",
                    .object([.always("EntrySupported", .boolean), .always("StoreRequired", .boolean), .always("Style", style)])),
                .optional("StorePathType", .text), .optional("StorePathValue", .text), .always("PrivateKeyAllowed", presence),
                .optional("CertificateFormat", .integer), .always("ServerRequired", .boolean), .always("PowerShell", .boolean),
                .always("BlueprintAllowed", .boolean), .always("CustomAliasAllowed", presence),
                .always("EntryParameters", .array(entryParameter)), .always("JobProperties", .array(.text)),
                .optional("ServerRegistration", .integer), .optional("InventoryEndpoint", .text),
            ] + StoreType.jobTypeMembers.map { .optional($0.0, .guid) }))

    private static let property = Schema.object([
        .optional("Id", .integer), .always("StoreTypeId", .integer), .always("Name", .text), .optional("DisplayName", .text),
        .always("Type", valueType), .optional("DependsOn", .text), .optional("DefaultValue", .text), .always("Required", .boolean),
        .optional("ValidationOptions", .object([.always("OnCreation", .integer)])),
    ])

    private static let entryParameter = Schema.object([
        .always("StoreTypeId", .integer), .always("Name", .text), .optional("DisplayName", .text), .always("Type", valueType),
        .optional("RequiredWhen", truths), .optional("ValidationOptions", numbers), .optional("DependsOn", .text),
        .optional("DefaultValue", .text), .optional("Options", .text), .optional("Id", .integer),
    ])

    private static let asked: [Schema.Member] = [
        .always("Name", .text), .always("ShortName", .text), .nullable("Capability", .text), .nullable("LocalStore", .boolean),
        .nullable("SupportedOperations", .object(operations.map { .nullable($0, .boolean) })),
        .nullable("Properties", .array(askedProperty)),
        .nullable(
            "PasswordOptions",
            .object([
                .nullable("EntrySupported", .boolean), .nullable("StoreRequired", .boolean), .nullable("Style", style),
                .nullable("StorePassword", .any),
            ])),
        .nullable("StorePathType", .text), .nullable("StorePathValue", .text), .nullable("PrivateKeyAllowed", presence),
        .nullable("CertificateFormat", .integer), .nullable("ServerRequired", .boolean), .nullable("PowerShell", .boolean),
        .nullable("BlueprintAllowed", .boolean), .nullable("CustomAliasAllowed", presence),
        .nullable("EntryParameters", .array(askedParameter)), .nullable("JobProperties", .array(.text)),
    ]

    /// What only the creation of a type says.
    private static let askedOnce: [Schema.Member] =
        [.nullable("ServerRegistration", .integer), .nullable("InventoryEndpoint", .text)]
        + StoreType.jobTypeMembers.map { .nullable($0.0 + "Id", .guid) }

    private static let common: [Schema.Member] = [
        .nullable("Id", .integer), .nullable("StoreTypeId", .integer), .always("Name", .text), .nullable("DisplayName", .text),
        .nullable("Type", valueType), .nullable("DependsOn", .text), .nullable("DefaultValue", .either([.text, .integer, .boolean])),
    ]

    private static let askedProperty = Schema.object(
        common + [.nullable("Required", .boolean), .nullable("ValidationOptions", .object([.nullable("OnCreation", .integer)]))])

    private static let askedParameter = Schema.object(
        common + [
            .nullable("Options", .text),
            .nullable("ValidationOptions", .object(StoreType.EntryParameter.validationMembers.map { .nullable($0, .integer) })),
            .nullable("RequiredWhen", .object(StoreType.EntryParameter.requiredWhenMembers.map { .nullable($0, .boolean) })),
        ])
}
