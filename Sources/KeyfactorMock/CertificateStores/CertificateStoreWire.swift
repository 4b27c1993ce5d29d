extension CertificateStore {
    /// For whom a store is written.
    enum Occasion {
        /// As a GET shows it.
        case shown
        /// As the answer to a write shows it; an empty schedule is repeated.
        case written(emptySchedule: Bool)
    }

    /// Writes the store (CertificateStoreResponse).
    ///
    /// Recorded of the answer to a POST: the schedule as it was sent, secrets among the properties as identifiers, and neither
    /// ReenrollmentStatus nor Password.
    ///
    /// The member is `Storepath` in answers and `StorePath` in requests; both are recorded.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - estate: where its container's name comes from.
    ///   - now: the day on which daily, weekly and monthly schedules are shown.
    ///   - occasion: what is answered.
    func write(to writer: inout JSONWriter, _ estate: Estate, on now: Timestamp, as occasion: Occasion = .shown) {
        var repeatsEmptySchedule: Bool?
        if case .written(let isEmpty) = occasion { repeatsEmptySchedule = isEmpty }
        let isWritten = repeatsEmptySchedule != nil
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
            writer.member("Properties", isWritten ? StoreProperties.answered(properties) : properties)
            writer.member("AgentId", agent)
            writer.member("AgentAssigned", agent != nil)
            writer.member("ContainerName", container.flatMap { estate.containers[$0]?.name })
            if let schedule {
                writer.name("InventorySchedule")
                (isWritten ? schedule : schedule.shown(on: now)).write(to: &writer)
            } else if repeatsEmptySchedule == true {
                writer.name("InventorySchedule")
                writer.object { _ in }
            } else {
                writer.null("InventorySchedule")
            }
            if isWritten { writer.null("ReenrollmentStatus") } else { writeReenrollmentStatus(to: &writer, estate) }
            writer.member("SetNewPasswordAllowed", false)
            if isWritten || !hasPassword {
                writer.null("Password")
            } else {
                writer.name("Password")
                Secret.write(to: &writer, isPresent: true)
            }
        }
    }

    /// Recorded where it is not supported. Assumed: it is where the store's type has it and the agent is approved.
    private func writeReenrollmentStatus(to writer: inout JSONWriter, _ estate: Estate) {
        let agent = agent.flatMap { estate.agents[$0] }.flatMap { $0.status == .approved ? $0 : nil }
        let isSupported = agent != nil && estate.storeTypes[type]?.supports.contains(.enrollment) == true
        writer.name("ReenrollmentStatus")
        writer.object { writer in
            writer.member("Data", isSupported)
            writer.member("AgentId", isSupported ? agent?.id : nil)
            writer.member("Message", isSupported ? "" : "Key generation is not supported by the agent for this store.")
            writer.member("JobProperties", "")
            writer.member("CustomAliasAllowed", 0)
            writer.name("EntryParameters")
            writer.array([Int]()) { $0.value($1) }
        }
    }
}

/// What `GET /CertificateStores` can be filtered and sorted by, as documented; CertStoreType is used by scripts and works.
enum CertificateStoreFields {
    static func all(_ estate: Estate) -> [QueryField<CertificateStore>] {
        [
            QueryField("ClientMachine", .text, isKey: true) { .text($0.machine) },
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
            // A store holds many: one of them must fit.
            QueryField("CertificateId", .list) { .list($0.inventory.flatMap { $0.certificates.map(String.init) }) },
            QueryField("CertStoreInventoryJobId", .guid, sortsOnly: true) { $0.inventoryJob.map { .guid($0) } ?? .null },
            QueryField("CreateIfMissing", .boolean, sortsOnly: true) { .boolean($0.createsIfMissing) },
            QueryField("Properties", .text, sortsOnly: true) { .text($0.properties) },
            QueryField("AgentAssigned", .boolean, sortsOnly: true) { .boolean($0.agent != nil) },
            QueryField("SetNewPasswordAllowed", .boolean, sortsOnly: true) { _ in .boolean(false) },
        ]
    }
}
