import Base
import Entities
import Orchestrators

extension Estate {
    /// An id above all that containers ever had.
    var freeContainerID: Int { max(highestContainer, containers.lastKey ?? 0) + 1 }

    /// Deletes a container. Its stores are in none then and keep their schedules (assumed).
    mutating func removeContainer(_ id: Int) {
        for store in stores.rows(inGroup: id) { stores.change(store.id) { $0.container = nil } }
        highestContainer = max(highestContainer, containers.lastKey ?? 0)
        containers.remove(id)
    }

    /// Lets a store take on the schedule of the container it is in: always if it has none, else if the container overwrites schedules.
    ///
    /// Assumed: a store that could not be scheduled itself, unapproved or without an agent, takes on nothing.
    ///
    /// - Parameters:
    ///   - id: the store; nothing happens if there is none, or if it is in no container.
    ///   - orOff: whether a container without a schedule turns the store's off, where it overwrites.
    ///   - now: the world's time.
    mutating func takeOnContainerSchedule(_ id: GUID, orOff: Bool = false, now: Timestamp) {
        guard let store = stores[id], store.canBeScheduled, let container = store.container.flatMap({ containers[$0] }) else { return }
        let turnsOff = orOff && container.schedule == nil && container.overwritesSchedules
        let wanted = turnsOff ? nil : container.schedule(inPlaceOf: store.schedule)
        guard wanted != store.schedule else { return }
        scheduleInventory(of: id, wanted, now: now)
    }
}
