import Base
public import Entities

extension Schedule {
    /// KeyfactorSchedule: one member or, for no schedule, none.
    public static let schema: Schema = {
        let time = Schema.object([.always("Time", .time)])
        return .model(
            "KeyfactorSchedule",
            .object([
                .optional("Immediate", .boolean),
                .optional("Interval", .object([.always("Minutes", .integer)])),
                .optional("Daily", time),
                .optional("Weekly", .object([.always("Days", .array(.word(Weekday.self, \.name))), .always("Time", .time)])),
                .optional("Monthly", .object([.always("Day", .integer), .always("Time", .time)])),
                .optional("ExactlyOnce", time),
                .optional("Off", .boolean),
            ]))
    }()
}
