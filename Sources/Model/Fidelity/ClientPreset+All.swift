extension ClientPreset {
    /// Every preset, in the order of the documentation.
    public static let all: [ClientPreset] = [
        .init(
            "kfutil", "kfutil 1.8.0, on keyfactor-go-client 3",
            [
                containerText, storeTypeNames, agentNumbers, keysForAll,
                .init(
                    key: "paging", value: "vendor", reason: "It asks for the next page of stores until a page is empty.",
                    source: "client: keyfactor-go-client 3, store.go"),
            ]),
        .init(
            "terraform", "Keyfactor's Terraform provider 2.1.11, on keyfactor-go-client 2",
            [
                containerText, storeTypeNames, agentNumbers, keysForAll,
                .init(
                    key: "paging", value: "vendor", reason: "It asks for the next page of an inventory until a page is empty.",
                    source: "client: keyfactor-go-client 2, store.go"),
            ]),
        .init("go-sdk", "keyfactor-go-client-sdk 2.0.0, generated from the API description", [numbers, scheduleLeftOut, containerObject]),
        .init(
            "python-sdk-11", "keyfactor-command-sdk 11.0.0a1 from PyPI, generated from the API description",
            [
                noNulls, numbers, scheduleLeftOut, containerObject,
                .init(
                    key: "headers", value: "off", reason: "Its asynchronous calls send no x-keyfactor-requested-with.",
                    source: "client: seen on the wire"),
            ]),
        .init(
            "python-sdk-1", "keyfactor-v-1-client 1.0.3 from PyPI, generated from the API description",
            [noNulls, numbers, scheduleLeftOut, containerObject]),
        .init(
            "java-sdk", "keyfactor-java-client-sdk 1.0.0, generated from the API description",
            [
                .init(
                    key: "product", value: ProductVersion.v24.rawValue,
                    reason:
                        "It throws at members that it does not know, and 25.4 has some: JobTypes of agents, CertificateFormat of store types.",
                    source: "client: JobResponse.java and its like refuse unknown members"),
                numbers, scheduleLeftOut, containerObject,
                .init(
                    key: "timestampTypo", value: "false", reason: "It throws at the misspelt member.",
                    source: "client: JobResponse.java refuses unknown members"),
            ]),
        .init(
            "vault", "Keyfactor's secrets engine for HashiCorp Vault",
            [
                .init(
                    key: "json", value: "lenient",
                    reason: "Its revocation closes the JSON object early, and its CSR has raw line feeds in a string.",
                    source: "client: hashicorp-vault-secretsengine, path_certs.go")
            ]),
        .init(
            "cert-manager", "Keyfactor's Command issuer for cert-manager",
            [
                .init(
                    key: "enums", value: "numbers", reason: "It is built on the Go SDK, which reads every enum as a number.",
                    source: "assumed: its source was not looked at")
            ]),
    ]

    private static let containerText = Setting(
        key: "containerSchedule", value: "text", reason: "It reads the schedule of one container as a text and fails at an object.",
        source: "client: seen with keyfactor-go-client 2 and 3, store_container_models.go")
    private static let containerObject = Setting(
        key: "containerSchedule", value: "object", reason: "It reads the schedule of one container as an object.",
        source: "documented: the API description that it is generated from")
    private static let storeTypeNames = Setting(
        key: "enumsOfStoreTypes", value: "names", reason: "It reads PrivateKeyAllowed, CustomAliasAllowed and Style as texts.",
        source: "client: keyfactor-go-client, store_type_models.go")
    private static let agentNumbers = Setting(
        key: "enumsOfAgents", value: "numbers", reason: "It reads Status and AgentPlatform as numbers.",
        source: "client: keyfactor-go-client, agent_models.go")
    private static let keysForAll = Setting(
        key: "missingKeys", value: "ignore", reason: "It asks for the private key of every certificate that it puts into a store.",
        source: "client: seen with keyfactor-go-client")
    private static let noNulls = Setting(
        key: "nulls", value: "omit", reason: "It crashes at a null where it expects an object or a time.",
        source: "client: seen on the wire")
    private static let numbers = Setting(
        key: "enums", value: "numbers", reason: "It reads every enum as a number; names fail, or leave the object empty without an error.",
        source: "documented: the API description that it is generated from; client: seen with weekdays and job results")
    private static let scheduleLeftOut = Setting(
        key: "missingSchedule", value: "off", reason: "It cannot send an empty schedule: it turns one off by leaving it out.",
        source: "client: seen on the wire")
}
