public import Base

/// The release of Keyfactor Command that is simulated. What differs between releases stands in `traits`, one line each.
public enum ProductVersion: String, Sendable, CaseIterable, Comparable {
    case v10 = "10.5"
    case v11 = "11.6"
    case v12 = "12.3"
    case v24 = "24.4"
    case v25 = "25.4"

    /// What a release does differently from others.
    public struct Traits: Sendable {
        /// The value of `X-Keyfactor-Product-Version`: recorded as `25.4.1+` and 40 hexadecimal digits.
        public var header: String
        /// Times with `Z`: recorded for 25.4.1; 10.x sent neither zone nor fraction (job history, 2023).
        public var times: TimeStyle = .utc
        /// Numbers instead of names for results, states and field types: established for 10 (names) and 25 (numbers).
        public var numbers = true
        /// `AgentResponse.JobTypes`: from 25.x on.
        public var agentJobTypes = false
        /// Whether inventory may be scheduled weekly and monthly: reference guides of 10.5, 11.3 (no) and 24.4 (yes).
        public var weeklyInventory = true
        /// Whether `POST /CertificateStores/Approve` has an InventorySchedule: 25 only, by the descriptions.
        public var approvalSchedules = false
        /// The most characters of a store type's ShortName: descriptions of 10 (10) and 25 (64).
        public var shortNameLimit = 64
        /// What store types say of properties and entry parameters: RequiredWhen (descriptions of 10 and 11), or ValidationOptions and ids,
        /// and the certificates' format (25). 24.4 is not known and taken to be as 11.
        public var storeTypeValidation = false
    }

    /// What this release does differently. 12.3 has no recording: it is interpolated between 11 and 24.
    public var traits: Traits {
        switch self {
        case .v10: Traits(header: "10.5.0.0", times: .bare, numbers: false, weeklyInventory: false, shortNameLimit: 10)
        case .v11: Traits(header: "11.6.0.0", numbers: false, weeklyInventory: false)
        case .v12: Traits(header: "12.3.0.0", numbers: false)
        case .v24: Traits(header: "24.4.0.0")
        case .v25:
            Traits(
                header: "25.4.1+6b6579666163746f722d6d6f636b2e2e2e2e2e2e", agentJobTypes: true, approvalSchedules: true,
                storeTypeValidation: true)
        }
    }

    /// Its place among all releases, the oldest first.
    var index: Int {
        switch self {
        case .v10: 0
        case .v11: 1
        case .v12: 2
        case .v24: 3
        case .v25: 4
        }
    }

    /// Whether one release came before another.
    public static func < (left: ProductVersion, right: ProductVersion) -> Bool { left.index < right.index }
}
