import Base
public import Entities
public import Model

extension CertificateStore: Modelled {
    /// What a request that creates, updates or approves a store says.
    public struct Draft: Sendable {
        var id = GUID.empty
        var machine = ""
        var path = ""
        var type: Int?
        var container = Patch<Int>.absent
        var agent = Patch<GUID>.absent
        var schedule = Patch<Schedule.Asked>.absent
        var createsIfMissing: Bool?
        var properties: StoreProperties?
        var password = Secret.unchanged
    }

    /// A store (CertificateStoreResponse). The member is `Storepath` in answers and `StorePath` in requests; both are recorded.
    ///
    /// Recorded of the answer to a POST: the schedule as it was sent, secrets among the properties as identifiers, and neither
    /// ReenrollmentStatus nor Password. Query fields as documented; CertStoreType is used by scripts and works.
    public static let model = Model<CertificateStore>(
        [
            .shown: "CertificateStoreResponse", .written: "CertificateStoreResponse", .create: "CertificateStoreCreateRequest",
            .update: "CertificateStoreUpdateRequest", .approve: "CertificateStoreApproveRequest",
        ], "a certificate store", blank: { .init() }, byHand: { $0.isWritten($1, $2, to: &$3) }
    ) {
        Member("Id", .guid) { $0.id }.filtered(aliases: ["CertStoreId"], isKey: true)
            .asked([.update, .approve], required: "a store's id", \.id)
        Member("ContainerId", .number(null: 0), nullable: { $0.container }).filtered().asked(.requests, \.container)
        Member("DisplayName", .text) { $0.machine + " - " + $0.path }.filtered()
        Member("ClientMachine", .text("a machine's name", length: 1...256)) { $0.machine }.filtered(isKey: true)
            .asked(.create, required: "a machine's name", \.machine)
        Member("Storepath", .text) { $0.path }.filtered("StorePath")
            .asked(.create, as: "StorePath", kind: .storePath, required: "a path of 1 to 722 characters", \.path)
        Member("CertStoreInventoryJobId", .guid, nullable: { $0.inventoryJob }).sorted()
        Member("CertStoreType", .storeType()) { $0.type }.filtered("Category", aliases: ["CertStoreType"])
            .asked(.create, required: "the number of a certificate store type") { $0.type = $1.value }
            .asked(.approve) { $0.type = $1.value }
        Member("Approved", .flag) { $0.isApproved }.filtered()
        Member("CreateIfMissing", .flag) { $0.createsIfMissing }.sorted()
            .asked([.create, .update]) { $0.createsIfMissing = $1.value }
        Member("Properties", .text) { store, view in
            view.form == .written ? StoreProperties.answered(store.properties) : store.properties
        }.sorted()
        Asked("Properties", .storeProperties, in: .requests, \.properties)
        Member("AgentId", .guid, nullable: { $0.agent }).filtered().asked([.create, .update], \.agent)
        Member("AgentAssigned", .flag) { $0.agent != nil }.sorted()
        Asked(ignored: "AgentAssigned")
        Member("ContainerName", .text, nullable: { store, view in store.container.flatMap { view.estate.containers[$0]?.name } })
            .filtered("Container", aliases: ["ContainerName"])
        Member("InventorySchedule", .scheduleOnTheDay, nullable: { $0.schedule }).only(in: .shown)
        Member(
            "InventorySchedule", .inventoryScheduleOrOff,
            nullable: { store, view in
                store.schedule.map { .set($0) } ?? (view.repeatsEmptySchedule ? .off : nil)
            }
        ).only(in: .written).asked([.create, .update], \.schedule)
            .asked(.approve, of: { $0.traits.approvalSchedules }) { $0.schedule = $1 }
        Member(
            "ReenrollmentStatus", .object(shownOnly: ReenrollmentStatus.model),
            nullable: { store, view in
                view.form == .written ? nil : ReenrollmentStatus(of: store, in: view)
            })
        Member("SetNewPasswordAllowed", .flag) { _ in false }.sorted()
        Member(
            "Password", .object(shownOnly: KeyfactorSecret.model),
            nullable: { store, view in
                view.form == .shown && store.hasPassword ? KeyfactorSecret(isPresent: true) : nil
            })
        Asked("Password", .secret, in: .requests, \.password)
        queryOnly
        seeds
    }

    /// What stores are asked about that no answer holds.
    @FieldBuilder<CertificateStore> private static var queryOnly: [Field<CertificateStore>] {
        Member("AgentAvailable", .flag) { store, view in
            store.agent.flatMap { view.estate.agents[$0] }?.status == .approved
        }.queryOnly()
        Member("HasInventoryScheduled", .flag) { $0.schedule != nil }.queryOnly()
        Member("AddSupported", .flag) { store, view in view.estate.storeTypes[store.type]?.supports.contains(.add) ?? false }.queryOnly()
        Member("RemoveSupported", .flag) { store, view in
            view.estate.storeTypes[store.type]?.supports.contains(.remove) ?? false
        }.queryOnly()
        Member("PrivateKeyAllowed", .word(.storeTypes)) { store, view in
            view.estate.storeTypes[store.type]?.details.privateKey ?? .optional
        }.queryOnly()
        // A store holds many: one of them must fit.
        Member("CertificateId", .list(.text)) { $0.inventory.flatMap { $0.certificates.map(String.init) } }.queryOnly()
    }

    /// The stores of an estate, and what their operations share.
    static let noun = Noun(
        "/CertificateStores", model, reads: .storesRead, container: { $0.container }, rows: \.stores, notFound: { .storeNotFound($0) })
}

extension Kind where Value == String {
    /// Where on a machine a store lies.
    fileprivate static var storePath: Kind {
        let text = Kind.text
        var kind = Kind(.text, write: text.write) { value, place, reading throws(Refusal) in
            let patch = try text.read(value, place, reading)
            let length = patch.value?.unicodeScalars.count ?? 0
            guard length <= 722 else { throw .badArgument("\(place): expected a path of 1 to 722 characters, found \(length).") }
            return patch
        }
        kind.isEmpty = text.isEmpty
        return kind
    }
}

/// Whether a store can be reenrolled. Recorded where it is not supported. Assumed: it is where the store's type has it and the agent is
/// approved.
struct ReenrollmentStatus: Modelled {
    let agent: GUID?

    init(of store: CertificateStore, in view: View) {
        agent = Self.agent(of: store, view.estate)
    }

    /// The agent that would reenroll a store; `nil` where that is not supported.
    static func agent(of store: CertificateStore, _ estate: Estate) -> GUID? {
        guard let id = store.agent, estate.storeTypes[store.type]?.isReenrolled == true else { return nil }
        return estate.agents[id]?.status == .approved ? id : nil
    }

    /// What is said where it is not supported.
    static let unsupported: StaticString = "Key generation is not supported by the agent for this store."

    static let model = Model<ReenrollmentStatus>([.shown: "ReenrollmentStatus"]) {
        Member("Data", .flag) { $0.agent != nil }
        Member("AgentId", .guid, nullable: { $0.agent })
        Member("Message", .text) { $0.agent == nil ? "\(unsupported)" : "" }
        Member("JobProperties", .text) { _ in "" }
        Member("CustomAliasAllowed", .number) { _ in 0 }
        Member("EntryParameters", .json(.array(.any))) { _ in "[]" }
    }
}
