import MicroHTTP

/// What can be asked of certificate store containers.
enum ContainerEndpoints {
    static let all: [Endpoint] = [
        Endpoint(.get, "/CertificateStoreContainers", needs: .containers(.storesRead), list),
        Endpoint(.get, "/CertificateStoreContainers/{id}", needs: .containers(.storesRead), get),
        Endpoint(.post, "/CertificateStoreContainers", needs: .everywhere(.storesModify), takesBody: true, create),
        Endpoint(.put, "/CertificateStoreContainers", needs: .containers(.storesModify), takesBody: true, update),
        Endpoint(.delete, "/CertificateStoreContainers/{id}", needs: .containers(.storesModify), delete),
    ]

    /// `GET /CertificateStoreContainers`. Default sort is assumed: Id. Containers out of reach are left out and not counted.
    static func list(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let page = try call.page(
            of: estate.containers, fields: ContainerFields.all, defaultSort: "Id", isVisible: call.visible(.storesRead) { $0.id })
        return .reply(call.list(page) { $1.writeListed(to: &$0, estate) })
    }

    static func get(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let container = try container(try call.number("id"), .storesRead, call, estate)
        return .reply(call.object { container.write(to: &$0, container.schedule?.shown(on: call.now), estate, on: call.now) })
    }

    static func create(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        var container = try ContainerRequest(try call.object(knowing: ContainerRequest.members), changing: nil, call, estate).container
        let (style, now) = (call.style, call.now)
        return .commit { estate in
            container.id = estate.freeContainerID
            estate.containers.put(container, at: container.id)
            return reply(container, style, estate, now)
        }
    }

    /// `PUT /CertificateStoreContainers`. Assumed: it replaces the container; its schedule reaches the stores in it at once.
    static func update(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: ContainerRequest.members)
        guard let id = try Members(body, call.fidelity).number("Id") else {
            throw .badArgument("Id: expected the id of a container, found nothing.", member: "Id")
        }
        _ = try container(id, .storesModify, call, estate)
        let request = try ContainerRequest(body, changing: id, call, estate)
        let (style, now) = (call.style, call.now)
        return .commit { estate in
            estate.containers.put(request.container, at: id)
            for store in estate.stores.rows(inGroup: id) {
                estate.takeOnContainerSchedule(store.id, orOff: request.turnsOff, now: now)
            }
            return reply(request.container, style, estate, now)
        }
    }

    /// `DELETE /CertificateStoreContainers/{id}`: the stores in it stay, with the schedules they have, in no container.
    static func delete(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let id = try container(try call.number("id"), .storesModify, call, estate).id
        return .commit { estate in
            estate.removeContainer(id)
            return Reply(204)
        }
    }

    /// The container of an id that the caller has a permission for.
    private static func container(_ id: Int, _ permission: Permission, _ call: Call, _ estate: Estate) throws(Refusal) -> Container {
        guard let container = estate.containers[id] else { throw .containerNotFound(id).forUnknownID(call.fidelity) }
        try call.require(permission, container: id)
        return container
    }

    /// Writes repeat the time that was sent, as recorded for what 25 calls applications.
    private static func reply(_ container: Container, _ style: WireStyle, _ estate: Estate, _ now: Timestamp) -> Reply {
        var writer = JSONWriter(style: style)
        container.write(to: &writer, container.schedule, estate, on: now)
        return Reply(200, writer.bytes)
    }
}
