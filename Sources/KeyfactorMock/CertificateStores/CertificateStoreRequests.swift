/// The bodies that the operations of certificate stores read, as the description of the API shows them.
enum CertificateStoreRequests {
    private static let secret = Schema.model(
        "KeyfactorAPISecret",
        .object([.nullable("SecretValue", .text), .nullable("Provider", .integer), .nullable("Parameters", .map(.any))]))

    /// What creation, update and approval share.
    private static let common: [Schema.Member] = [
        .nullable("ContainerId", .integer), .nullable("Properties", .text), .nullable("Password", secret),
        .nullable("InventorySchedule", Schedule.schema),
    ]

    static let create = Schema.model(
        "CertificateStoreCreateRequest",
        .object(
            [
                .always("ClientMachine", .text), .always("StorePath", .text), .always("CertStoreType", .integer),
                .nullable("CreateIfMissing", .boolean), .nullable("AgentId", .guid), .optional("AgentAssigned", .any),
            ] + common))

    static let update = Schema.model(
        "CertificateStoreUpdateRequest",
        .object([.always("Id", .guid), .nullable("CreateIfMissing", .boolean), .nullable("AgentId", .guid)] + common))

    static let approve = Schema.model(
        "CertificateStoreApproveRequest", .object([.always("Id", .guid), .nullable("CertStoreType", .integer)] + common))

    static let password = Schema.model(
        "StorePasswordRequest", .object([.always("CertStoreId", .guid), .always("NewPassword", .either([secret, .text]))]))

    /// A container that there is, or the name of a new one.
    static let assign = Schema.model(
        "AssignContainerRequest",
        .object([
            .nullable("CertStoreContainerId", .integer), .nullable("NewContainerName", .text), .nullable("NewContainerType", .integer),
            .always("KeystoreIds", .array(.guid)),
        ]))

    static let add = Schema.model(
        "AddCertificateRequest",
        .object([
            .always("CertificateId", .integer),
            .always(
                "CertificateStores",
                .array(
                    .object([
                        .always("CertificateStoreId", .guid), .nullable("Alias", .text), .nullable("JobFields", .map(.any)),
                        .nullable("Overwrite", .boolean), .nullable("EntryPassword", secret),
                        .nullable("PfxPassword", .either([secret, .text])), .nullable("IncludePrivateKey", .boolean),
                    ]))),
            .always("Schedule", Schedule.schema), .nullable("CollectionId", .integer),
        ]))

    static let remove = Schema.model(
        "RemoveCertificateRequest",
        .object([
            .always(
                "CertificateStores",
                .array(.object([.always("CertificateStoreId", .guid), .always("Alias", .text), .nullable("JobFields", .map(.any))]))),
            .always("Schedule", Schedule.schema), .nullable("CollectionId", .integer),
        ]))

    /// The members from `EnrollmentPatternId` on are read since 11, and dropped.
    static let reenroll = Schema.model(
        "ReenrollmentRequest",
        .object(
            [
                .always("KeystoreId", .guid), .always("SubjectName", .text), .nullable("AgentGuid", .guid), .nullable("Alias", .text),
                .nullable("JobProperties", .map(.any)),
            ]
                + [
                    "CertificateAuthority", "CertificateTemplate", "EnrollmentPatternId", "SANs", "Overwrite", "Metadata",
                    "AdditionalEnrollmentFields", "OwnerRoleId", "OwnerRoleName",
                ].map { .optional($0, .any) }))

    static let discover = Schema.model(
        "DiscoveryJobRequest",
        .object(
            [.always("AgentId", .guid), .always("Type", .integer), .nullable("JobExecutionTimestamp", .time)]
                + ["ClientMachine", "Dirs", "IgnoredDirs", "Extensions", "NamePatterns"].map { .nullable($0, .text) }
                + ["SymLinks", "Compatibility", "ServerUseSsl"].map { .nullable($0, .boolean) }
                + ["ServerUsername", "ServerPassword"].map { .nullable($0, secret) }))
}
