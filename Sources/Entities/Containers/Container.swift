/// A group of certificate stores that share a schedule and permissions. Command 25 renames it to application.
package struct Container: Sendable {
    package var id: Int
    package var name: String
    /// The inventory schedule that stores put into it take on.
    package var schedule: Schedule?
    /// The store type it is limited to; `nil` is any, which 25 sends as -1.
    package var storeType: Int?
    /// Whether its schedule replaces that of stores which have one.
    package var overwritesSchedules: Bool

    /// The inventory schedule of a store that is put into it: its own, if it has one and the store has none or must give way.
    package func schedule(inPlaceOf schedule: Schedule?) -> Schedule? {
        self.schedule != nil && (schedule == nil || overwritesSchedules) ? self.schedule : schedule
    }

    package init(id: Int, name: String, schedule: Schedule? = nil, storeType: Int? = nil, overwritesSchedules: Bool) {
        self.id = id
        self.name = name
        self.schedule = schedule
        self.storeType = storeType
        self.overwritesSchedules = overwritesSchedules
    }
}
