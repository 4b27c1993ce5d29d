import Base
public import Entities

extension Schedule {
    /// The short form in which Command stores schedules, and shows them in the list of containers: `D_23:30`.
    ///
    /// The prefixes are documented (job history's ScheduleType) and `D_23:30` is recorded; what follows the other prefixes is assumed.
    /// Immediate has none: `nil`.
    public var compact: String? {
        switch self {
        case .immediate: nil
        case .interval(let minutes): "I_\(minutes)"
        case .daily(let time): "D_\(Self.clock(time))"
        case .weekly(let days, let time): "W_\(days.map { String($0.rawValue) }.joined(separator: ","))_\(Self.clock(time))"
        case .monthly(let day, let time): "M_\(day)_\(Self.clock(time))"
        case .exactlyOnce(let time): "O_\(time.iso)"
        }
    }

    private static func clock(_ time: Timestamp) -> String {
        String(time.iso.dropFirst(11).prefix(5))
    }
}
