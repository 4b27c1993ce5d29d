/// What the operations of certificate store containers take and answer.
enum ContainerDescription {
    static let all = [
        "GET /CertificateStoreContainers": .list(of: listed),
        "GET /CertificateStoreContainers/{id}": .answers(container),
        "POST /CertificateStoreContainers": .answers(container, to: .model("ContainerCreateRequest", .object(asked))),
        "PUT /CertificateStoreContainers": .answers(
            container, to: .model("ContainerUpdateRequest", .object([.always("Id", .integer)] + asked))),
        "DELETE /CertificateStoreContainers/{id}": Description.done(),
    ].mapValues(\.withNumber)

    private static let listed = Schema.model(
        "ContainerListResponse",
        .object([
            .always("Id", .integer),
            .always("Name", .text),
            .always("OverwriteSchedules", .boolean),
            .nullable("Schedule", .text),
            .always("CertStoreType", .integer),
            .always("StoreCount", .integer),
        ]))

    private static let container = Schema.model(
        "ContainerResponse",
        .object([
            .always("Id", .integer),
            .always("Name", .text),
            .nullable("Schedule", Schedule.schema),
            .always("CertStoreType", .integer),
            .always("CertificateStores", .array(CertificateStoreDescription.store)),
        ]))

    private static let asked: [Schema.Member] = [
        .always("Name", .text), .nullable("OverwriteSchedules", .boolean), .nullable("Schedule", Schedule.schema),
        .nullable("CertStoreType", .integer), .optional("CertificateStores", .any),
    ]
}
