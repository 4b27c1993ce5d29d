extension CertificateStore {
    /// Writes the store as a GET sends it (CertificateStoreResponse).
    ///
    /// The member is `Storepath` in answers and `StorePath` in requests; both are recorded.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - estate: where its container's name comes from.
    ///   - now: the day on which daily, weekly and monthly schedules are shown.
    func write(to writer: inout JSONWriter, _ estate: Estate, on now: Timestamp) {
        writer.object { writer in
            writer.member("Id", id)
            writer.member("ContainerId", container)
            writer.member("DisplayName", "\(machine) - \(path)")
            writer.member("ClientMachine", machine)
            writer.member("Storepath", path)
            writer.member("CertStoreInventoryJobId", inventoryJob)
            writer.member("CertStoreType", type)
            writer.member("Approved", isApproved)
            writer.member("CreateIfMissing", createsIfMissing)
            writer.member("Properties", properties)
            writer.member("AgentId", agent)
            writer.member("AgentAssigned", agent != nil)
            writer.member("ContainerName", container.flatMap { estate.containers[$0]?.name })
            if let schedule {
                writer.name("InventorySchedule")
                schedule.shown(on: now).write(to: &writer)
            } else {
                writer.null("InventorySchedule")
            }
            writer.name("ReenrollmentStatus")
            writer.object { writer in
                writer.member("Data", false)
                writer.null("AgentId")
                writer.member("Message", "Key generation is not supported by the agent for this store.")
                writer.member("JobProperties", "")
                writer.member("CustomAliasAllowed", 0)
                writer.name("EntryParameters")
                writer.array([Int]()) { $0.value($1) }
            }
            writer.member("SetNewPasswordAllowed", false)
            writer.null("Password")
        }
    }
}

/// What `GET /CertificateStores` can be filtered and sorted by, as documented; CertStoreType is used by scripts and works.
enum CertificateStoreFields {
    static func all(_ estate: Estate) -> [QueryField<CertificateStore>] {
        [
            QueryField("ClientMachine", .text) { .text($0.machine) },
            QueryField("StorePath", .text) { .text($0.path) },
            QueryField("Category", .number, aliases: ["CertStoreType"]) { .number($0.type) },
            QueryField("Approved", .boolean) { .boolean($0.isApproved) },
            QueryField("AgentId", .guid) { $0.agent.map { .guid($0) } ?? .null },
            QueryField("AgentAvailable", .boolean) { store in
                .boolean(store.agent.flatMap { estate.agents[$0] }?.status == .approved)
            },
            QueryField("ContainerId", .number) { $0.container.map { .number($0) } ?? .null },
            QueryField("Container", .text, aliases: ["ContainerName"]) { store in
                store.container.flatMap { estate.containers[$0] }.map { .text($0.name) } ?? .null
            },
            QueryField("HasInventoryScheduled", .boolean) { .boolean($0.schedule != nil) },
            QueryField("AddSupported", .boolean) { .boolean(estate.storeTypes[$0.type]?.supports.contains(.add) ?? false) },
            QueryField("RemoveSupported", .boolean) { .boolean(estate.storeTypes[$0.type]?.supports.contains(.remove) ?? false) },
            QueryField("PrivateKeyAllowed", .words(["forbidden": 0, "optional": 1, "required": 2])) {
                .number((estate.storeTypes[$0.type]?.details.privateKey ?? .optional).rawValue)
            },
            QueryField("Id", .guid, aliases: ["CertStoreId"], isKey: true) { .guid($0.id) },
            QueryField("DisplayName", .text) { .text("\($0.machine) - \($0.path)") },
        ]
    }
}
