import Base
public import Entities
public import Model
import ScenarioFormat

extension Container: Modelled {
    /// What a request says of a container.
    public struct Draft: Sendable {
        var id = 0
        var name = ""
        var schedule = Patch<Schedule.Asked>.absent
        var storeType: Int?
        var overwritesSchedules = false
    }

    /// A container, whose schedule the list shows as the compact text (CertificateStoreContainerListResponse) and other operations as an
    /// object (CertificateStoreContainerResponse). Writes repeat the time that was sent, as recorded for what 25 calls applications.
    /// Query fields as documented.
    public static let model = Model<Container>(
        [
            .listed: "ContainerListResponse", .shown: "ContainerResponse", .written: "ContainerResponse",
            .create: "ContainerCreateRequest", .update: "ContainerUpdateRequest",
        ], "a container", blank: { .init() }, check: check
    ) {
        Member("Id", .given()) { $0.id }.filtered(aliases: ["ContainerId"], isKey: true)
            .asked(.update, required: "the id of a container", \.id)
            .seeded("id", about: "its Id; the next free one if left out", \.id)
        Member("Name", .text("a name", length: 1...128)) { $0.name }.filtered()
            .asked(.requests, kind: .nonEmptyText.limited(to: 128), required: "at least one character", \.name)
            .seeded("name", required: true, about: "its name", \.name)
        Member("OverwriteSchedules", .flag) { $0.overwritesSchedules }.only(in: .listed)
            .asked(.requests, \.overwritesSchedules)
            .seeded(
                "overwriteSchedules", about: "whether its schedule replaces that of stores which have one; default false",
                \.overwritesSchedules)
        Member("Schedule", .text, nullable: { $0.schedule?.compact }).only(in: .listed)
        Member("HasSchedule", .flag) { $0.schedule != nil }.queryOnly()
        Member("Schedule", .scheduleOrOff, nullable: { $0.schedule.map { .set($0) } }).only(in: .written)
            .asked(.requests, \.schedule)
            .seeded(Seed("schedule", .inventorySchedule, about: "the inventory schedule of the stores in it", \.schedule))
        Member(
            "Schedule", .containerSchedule,
            nullable: { container, view in
                // Immediate has no compact text.
                view.fidelity.containerSchedule == .text && container.schedule?.compact == nil ? nil : container.schedule
            }
        ).only(in: .shown)
        // -1 is any type: recorded from 25, assumed for earlier releases.
        Member("CertStoreType", .storeType(null: -1)) { $0.storeType ?? -1 }.filtered()
            .asked(.requests) { $0.storeType = $1.value }
            .seeded(.storeType("storeType", about: "the short name of the store type it is limited to", \.storeType))
        Member("StoreCount", .number) { container, view in view.estate.stores.count(inGroup: container.id) }.only(in: .listed)
        Member("CertificateStores", .list(.object(shownOnly: CertificateStore.model))) { container, view in
            view.estate.stores.rows(inGroup: container.id)
        }.only(in: [.shown, .written])
        // Assumed: it says nothing.
        Asked(ignored: "CertificateStores", in: .requests)
    }

    private static func check(_ draft: inout Draft, _ prefix: String, _ reading: Reading) throws(Refusal) {
        guard let schedule = draft.schedule.value?.schedule, !reading.product.traits.weeklyInventory else { return }
        try schedule.require([.interval, .daily], for: "a container of Command \(reading.product.rawValue)")
    }

    /// The containers of an estate, and what their operations share.
    static let noun = Noun(
        "/CertificateStoreContainers", model, reads: .storesRead, container: { $0.id }, rows: \.containers,
        notFound: { .containerNotFound($0) })
}

extension Kind where Value == Schedule {
    /// The schedule of one container: an object, or for some clients the compact text that the list has.
    fileprivate static var containerSchedule: Kind {
        let object = Kind.scheduleOnTheDay
        return Kind(.either([Schedule.schema, .text])) { schedule, view, writer in
            if view.fidelity.containerSchedule == .text, let text = schedule.compact {
                writer.value(text)
            } else {
                object.write(schedule, view, &writer)
            }
        }
    }
}

extension Seed {
    /// A key that names a store type by its short name, or null for none.
    static func storeType(_ key: String, about: String, _ path: any WritableKeyPath<Row, Int?> & Sendable) -> Seed {
        Seed(key, .orNull(.text()), about: about) { row, estate, writer in
            writer.member(key, row[keyPath: path].flatMap { estate.storeTypes[$0]?.shortName })
        } read: { node, row, seeding in
            row[keyPath: path] = node.isNull ? nil : seeding.find(node, in: seeding.storeTypes, "store type")
        }
    }
}
