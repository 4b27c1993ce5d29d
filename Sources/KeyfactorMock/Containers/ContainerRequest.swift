/// The body of `POST` and `PUT /CertificateStoreContainers`, read and checked.
struct ContainerRequest {
    /// The members of the model. `CertificateStores` may be sent and says nothing, which is assumed.
    static let members = ["Id", "Name", "OverwriteSchedules", "Schedule", "CertStoreType", "CertificateStores"]

    /// The container as asked for; a new one has the id 0.
    let container: Container
    /// Whether the request turns the schedule off, rather than leaving it out.
    let turnsOff: Bool

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - body: the body, an object.
    ///   - id: the container that a PUT changes.
    ///   - call: decides which schedules are right.
    ///   - estate: its store types and containers.
    /// - Throws: a refusal that names the member at fault.
    init(_ body: JSONValue, changing id: Int?, _ call: Call, _ estate: Estate) throws(Refusal) {
        let members = Members(body, call.fidelity)
        let name = try members.requiredText("Name")
        let lowercased = name.lowercased()
        guard !estate.containers.all.contains(where: { $0.id != id && $0.name.lowercased() == lowercased }) else {
            throw .alreadyExists("certificate store container", "Name", name)
        }
        var schedule: Schedule?
        let asked = try Schedule.read(body["Schedule"], call.fidelity)
        if case .set(let set) = asked {
            if !call.product.traits.weeklyInventory {
                try set.require([.interval, .daily], for: "a container of Command \(call.product.rawValue)")
            }
            schedule = set
        }
        turnsOff = asked == .off
        container = Container(
            id: id ?? 0, name: name, schedule: schedule, storeType: try Self.storeType(members, call, estate),
            overwritesSchedules: try members.flag("OverwriteSchedules") ?? false)
        guard let id, let type = container.storeType, let other = estate.stores.rows(inGroup: id).first(where: { $0.type != type }) else {
            return
        }
        throw .badArgument(
            "CertStoreType: expected the store type of all stores in the container, found \(type); the store with id '\(other.id.text)' is of \(other.type).",
            member: "CertStoreType")
    }

    /// A store type's number; -1 or nothing is any type.
    private static func storeType(_ members: Members, _ call: Call, _ estate: Estate) throws(Refusal) -> Int? {
        guard let number = try members.number("CertStoreType"), number != -1 else { return nil }
        guard estate.storeTypes[number] != nil else { throw .storeTypeNotFound(number).forUnknownID(call.fidelity) }
        return number
    }
}
