import Base
import Entities
import Model

/// The body of `POST /CertificateStores/Schedule`.
struct ScheduleStoresRequest: Modelled {
    var stores: [GUID] = []
    var schedule = Patch<Schedule.Asked>.absent

    static let model = Model<ScheduleStoresRequest>([.create: "ScheduleStoresRequest"], blank: { .init() }) {
        Asked("StoreIds", .guids(of: "store"), required: "at least one store id", \.stores)
        Asked("Schedule", .scheduleOrOff, \.schedule)
    }

    private init() {}

    /// Reads a request by hand: it is one of the two that clients send most. A test holds this reader against the model.
    ///
    /// - Parameters:
    ///   - body: the request's body, an object.
    ///   - fidelity: decides whether unknown members are refused.
    /// - Throws: a refusal that names the member at fault.
    init(_ body: JSONValue, _ fidelity: Fidelity) throws(Refusal) {
        if fidelity.unknownMembers == .refuse { try body.refuseUnknown(["StoreIds", "Schedule"]) }
        guard let ids = body["StoreIds"], !ids.isNull else {
            throw .badArgument("StoreIds: expected at least one store id, found nothing.", member: "StoreIds")
        }
        stores = try ids.guids(at: "StoreIds", of: "store")
        guard let asked = body["Schedule"] else { return }
        schedule = asked.isNull ? .null : .value(try Schedule.read(asked, fidelity))
    }

    /// The inventory schedule asked for.
    ///
    /// - Parameter call: decides what a missing schedule means, and which kinds are right.
    /// - Throws: a refusal of a schedule that is missing or wrong.
    /// - Returns: `nil` to turn the schedule off.
    func inventorySchedule(_ call: Call) throws(Refusal) -> Schedule? {
        guard let asked = schedule.value else {
            guard call.fidelity.missingSchedule == .off else {
                throw .badArgument(
                    "Schedule: expected an object such as {\"Interval\":{\"Minutes\":60}}, or {} to turn the schedule off; found nothing.")
            }
            return nil
        }
        try asked.schedule?.requireInventory(call.product)
        return asked.schedule
    }
}
