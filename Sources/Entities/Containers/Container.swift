public import Base

/// A group of certificate stores that share a schedule and permissions. Command 25 renames it to application.
public struct Container: Sendable {
    /// Its Id, rising and never given twice.
    public var id: Int
    /// What people call it.
    public var name: String
    /// The inventory schedule that stores put into it take on.
    public var schedule: Schedule?
    /// The store type it is limited to; `nil` is any, which 25 sends as -1.
    public var storeType: Int?
    /// Whether its schedule replaces that of stores which have one.
    public var overwritesSchedules: Bool

    /// The inventory schedule of a store that is put into it: its own, if it has one and the store has none or must give way.
    public func schedule(inPlaceOf schedule: Schedule?) -> Schedule? {
        self.schedule != nil && (schedule == nil || overwritesSchedules) ? self.schedule : schedule
    }

    /// A container by its parts; without a schedule it leaves those of its stores alone.
    public init(id: Int, name: String, schedule: Schedule? = nil, storeType: Int? = nil, overwritesSchedules: Bool) {
        self.id = id
        self.name = name
        self.schedule = schedule
        self.storeType = storeType
        self.overwritesSchedules = overwritesSchedules
    }
}

extension Container: HoldsBytes {
    /// Its name.
    public var heldBytes: Int { name.heldBytes }
}
