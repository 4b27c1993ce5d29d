import Base
public import Entities
public import ScenarioFormat

extension Kind where Value == Schedule {
    /// A schedule as it was set. `{}` and Off count as null.
    public static var schedule: Kind {
        var kind = Kind(Schedule.schema) { schedule, _, writer in
            schedule.write(to: &writer)
        } read: { value, place, reading throws(Refusal) in
            let asked = try Schedule.read(value, path: place, reading.fidelity)
            return asked.schedule.map { .value($0) } ?? .null
        }
        kind.shape = Schedule.shape
        kind.seed = { node, seeding in seeding.schedule(node, ofInventory: false) }
        kind.dump = { schedule, _, writer in schedule.write(to: &writer) }
        return kind
    }

    /// The schedule of inventories: scenario files may say only kinds that the release knows for these.
    public static var inventorySchedule: Kind {
        var kind = schedule
        kind.seed = { node, seeding in seeding.schedule(node, ofInventory: true) }
        return kind
    }

    /// A schedule as a later GET shows it: on the day of the GET.
    public static var scheduleOnTheDay: Kind {
        Kind(Schedule.schema) { schedule, view, writer in schedule.shown(on: view.now).write(to: &writer) }
    }
}

extension Kind where Value == Schedule.Asked {
    /// A schedule that requests set or turn off, and that answers repeat.
    public static var scheduleOrOff: Kind {
        Kind(Schedule.schema) { asked, _, writer in
            if let schedule = asked.schedule { schedule.write(to: &writer) } else { writer.object { _ in } }
        } read: { value, place, reading throws(Refusal) in
            .value(try Schedule.read(value, path: place, reading.fidelity))
        }
    }

    /// An inventory schedule: kinds that a release does not know for inventory are refused.
    public static var inventoryScheduleOrOff: Kind {
        let standard = Kind.scheduleOrOff
        return Kind(Schedule.schema, write: standard.write) { value, place, reading throws(Refusal) in
            let patch = try standard.read(value, place, reading)
            try patch.value?.schedule?.requireInventory(reading.product, path: place)
            return patch
        }
    }
}

extension Schedule {
    private static let time = Shape.Field("Time", .text("a time such as 2026-03-01T02:00:00Z"), required: true, about: "the time")

    /// What a schedule looks like in scenario files: as on the wire. Which members go together is checked by the reader of requests.
    public static let shape = Shape.object(
        "a schedule",
        fields: [
            .init("Immediate", .boolean, about: "as soon as possible, once"),
            .init(
                "Interval",
                .object("an interval", fields: [.init("Minutes", .integer(1...Int(Int32.max)), required: true, about: "how many")]),
                about: "every so many minutes"),
            .init("Daily", .object("a daily time", fields: [time]), about: "every day"),
            .init(
                "Weekly",
                .object(
                    "a weekly time", fields: [.init("Days", .list(.text("a day")), required: true, about: "Monday, … or 0–6"), time]),
                about: "on some days of the week"),
            .init(
                "Monthly",
                .object("a monthly time", fields: [.init("Day", .integer(1...27), required: true, about: "1–27"), time]),
                about: "on a day of the month"),
            .init("ExactlyOnce", .object("a moment", fields: [time]), about: "once"),
            .init("Off", .boolean, about: "never"),
        ])
}
