/// How JSON is written. The release of Command and the fidelity switches determine it.
public struct WireStyle: Sendable, Equatable {
    /// How times are written.
    public var times: TimeStyle = .utc
    /// Whether members without a value are omitted instead of being sent as `null`.
    public var omitsNulls = false
    /// The enums that are written as numbers; the others are written as names.
    public var numbers: EnumGroup = [.jobHistory, .agents]

    /// Enums that are written alike, each group with a switch of its own.
    public struct EnumGroup: OptionSet, Sendable {
        /// One bit for each group.
        public let rawValue: UInt8

        /// The weekdays of schedules.
        public static let weekdays = EnumGroup(rawValue: 1)
        /// The enums of store types.
        public static let storeTypes = EnumGroup(rawValue: 2)
        /// Results and states of jobs, and the field types of custom job types.
        public static let jobHistory = EnumGroup(rawValue: 4)
        /// Status and platform of agents.
        public static let agents = EnumGroup(rawValue: 8)

        /// The key retention of templates.
        public static let templates = EnumGroup(rawValue: 16)

        /// Groups by their bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }
    }

    /// The style of the newest release.
    public init() {}
}
