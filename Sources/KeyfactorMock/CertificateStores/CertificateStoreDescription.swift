/// What the operations of certificate stores take and answer.
enum CertificateStoreDescription {
    static let all: [String: Description] = [
        "GET /CertificateStores": .list(of: store),
        "GET /CertificateStores/{id}": .answers(store),
        "POST /CertificateStores/Schedule": .done(
            .model("ScheduleStoresRequest", .object([.always("StoreIds", ids), .optional("Schedule", Schedule.schema)]))),
        "GET /CertificateStores/{id}/Inventory": .list(of: inventory, filters: false),
        "GET /CertificateStores/Inventory": .list(of: inventory),
        "POST /CertificateStores": .answers(store, to: CertificateStoreRequests.create),
        "PUT /CertificateStores": .answers(store, to: CertificateStoreRequests.update),
        "DELETE /CertificateStores": .done(ids),
        "DELETE /CertificateStores/{id}": .done(),
        "POST /CertificateStores/Approve": .done(.array(CertificateStoreRequests.approve)),
        "PUT /CertificateStores/Password": .done(CertificateStoreRequests.password),
        "PUT /CertificateStores/AssignContainer": .answers(.array(store), to: CertificateStoreRequests.assign),
        "POST /CertificateStores/Certificates/Add": .answers(ids, to: CertificateStoreRequests.add),
        "POST /CertificateStores/Certificates/Remove": .answers(ids, to: CertificateStoreRequests.remove),
        "POST /CertificateStores/Reenrollment": .done(CertificateStoreRequests.reenroll),
        "PUT /CertificateStores/DiscoveryJob": .done(CertificateStoreRequests.discover),
    ]

    private static let ids = Schema.array(.guid)

    /// A store as every answer shows it.
    static let store = Schema.model(
        "CertificateStoreResponse",
        .object([
            .always("Id", .guid),
            .nullable("ContainerId", .integer),
            .always("DisplayName", .text),
            .always("ClientMachine", .text),
            .always("Storepath", .text),
            .nullable("CertStoreInventoryJobId", .guid),
            .always("CertStoreType", .integer),
            .always("Approved", .boolean),
            .always("CreateIfMissing", .boolean),
            .always("Properties", .text),
            .nullable("AgentId", .guid),
            .always("AgentAssigned", .boolean),
            .nullable("ContainerName", .text),
            .nullable("InventorySchedule", Schedule.schema),
            .nullable("ReenrollmentStatus", .model("ReenrollmentStatus", reenrollment)),
            .always("SetNewPasswordAllowed", .boolean),
            .nullable("Password", .model("KeyfactorSecret", secret)),
        ]))

    private static let reenrollment = Schema.object([
        .always("Data", .boolean), .nullable("AgentId", .guid), .always("Message", .text), .always("JobProperties", .text),
        .always("CustomAliasAllowed", .integer), .always("EntryParameters", .array(.any)),
    ])

    private static let secret = Schema.object([
        .nullable("Value", .text), .always("SecretTypeGuid", .guid), .nullable("InstanceId", .integer), .nullable("InstanceGuid", .guid),
        .always("ProviderTypeParameterValues", .array(.any)), .nullable("ProviderId", .integer), .always("IsManaged", .boolean),
        .always("SecretType", .integer), .nullable("RemoteProviderName", .text), .always("HasValue", .boolean),
    ])

    private static let inventory = Schema.model(
        "InventoryResponse",
        .object([
            .always("Name", .text), .always("Certificates", .array(.model("InventoryCertificateResponse", certificate))),
            .always("Parameters", .map(.any)), .always("CertStoreId", .guid),
        ]))

    private static let certificate = Schema.object([
        .always("Id", .integer), .always("IssuedDN", .text), .always("SerialNumber", .text), .always("NotBefore", .time),
        .always("NotAfter", .time), .always("SigningAlgorithm", .text), .always("IssuerDN", .text), .always("Thumbprint", .text),
        .always("CertStoreInventoryItemId", .integer), .always("CertState", .integer), .always("Metadata", .map(.any)),
    ])
}
