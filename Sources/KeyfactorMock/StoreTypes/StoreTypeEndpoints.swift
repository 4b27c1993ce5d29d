import MicroHTTP

/// What can be asked of store types. Assumed: whoever may read stores, also of one container, may read their types.
enum StoreTypeEndpoints {
    static let all: [Endpoint] = [
        Endpoint(.get, "/CertificateStoreTypes", needs: .containers(.storesRead), list),
        Endpoint(.get, "/CertificateStoreTypes/{id}", needs: .containers(.storesRead), get),
        Endpoint(.get, "/CertificateStoreTypes/Name/{name}", needs: .containers(.storesRead), getByName),
        Endpoint(.post, "/CertificateStoreTypes", needs: .everywhere(.storesModify), takesBody: true, create),
        Endpoint(.put, "/CertificateStoreTypes", needs: .everywhere(.storesModify), takesBody: true, update),
        Endpoint(.delete, "/CertificateStoreTypes/{id}", needs: .everywhere(.storesModify), delete),
        Endpoint(.delete, "/CertificateStoreTypes", needs: .everywhere(.storesModify), takesBody: true, deleteMany),
    ]

    /// `GET /CertificateStoreTypes`. Default sort is assumed: StoreType.
    static func list(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let page = try call.page(of: estate.storeTypes, fields: StoreTypeFields.all, defaultSort: "StoreType")
        return .reply(call.list(page) { $1.write(to: &$0, call.product) })
    }

    static func get(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let type = try type(try call.number("id"), call, estate)
        return .reply(call.object { type.write(to: &$0, call.product) })
    }

    /// `GET /CertificateStoreTypes/Name/{name}`: by short name, an array of one, without X-Total-Count, as recorded.
    static func getByName(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let name = call.parameters.first { $0.name == "name" }?.value ?? ""
        guard let type = estate.storeType(shortName: name) else { throw .storeTypeNotFound(named: name).forUnknownID(call.fidelity) }
        var reply = call.list(Page(rows: [type], total: 1)) { $1.write(to: &$0, call.product) }
        reply.total = nil
        return .reply(reply)
    }

    static func create(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        var type = try StoreTypeRequest(try call.object(knowing: StoreTypeRequest.members), changing: nil, call).type
        try requireOwnNames(type, estate)
        let (style, product) = (call.style, call.product)
        return .commit { estate in
            type.number = estate.nextStoreTypeNumber()
            estate.storeTypes.put(type, at: type.number)
            return reply(type, style, product)
        }
    }

    /// `PUT /CertificateStoreTypes`. Assumed: it replaces all that the update model has; what a request leaves out is as after a POST.
    static func update(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: StoreTypeRequest.members)
        guard let number = try Members(body, call.fidelity).number("StoreType") else {
            throw .badArgument("StoreType: expected the number of a store type, found nothing.", member: "StoreType")
        }
        let type = try StoreTypeRequest(body, changing: try type(number, call, estate), call).type
        try requireOwnNames(type, estate)
        let (style, product) = (call.style, call.product)
        return .commit { estate in
            estate.storeTypes.put(type, at: number)
            return reply(type, style, product)
        }
    }

    /// `DELETE /CertificateStoreTypes/{id}`. Assumed: a type that stores or containers are of is refused.
    static func delete(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let type = try type(try call.number("id"), call, estate)
        if let users = estate.users(ofStoreType: type.number) {
            throw .inUse("The certificate store type '\(type.shortName)'", by: users)
        }
        return .commit { estate in
            estate.removeStoreType(type.number)
            return Reply(204)
        }
    }

    /// `DELETE /CertificateStoreTypes`: an array of numbers. Documented: what cannot be deleted is passed over, the rest is deleted.
    static func deleteMany(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let numbers = try numbers(call.body?.root)
        return .commit { estate in
            for number in numbers where estate.users(ofStoreType: number) == nil { estate.removeStoreType(number) }
            return Reply(204)
        }
    }

    private static func type(_ number: Int, _ call: Call, _ estate: Estate) throws(Refusal) -> StoreType {
        guard let type = estate.storeTypes[number] else { throw .storeTypeNotFound(number).forUnknownID(call.fidelity) }
        return type
    }

    /// Names and short names are compared without case, which is assumed.
    private static func requireOwnNames(_ type: StoreType, _ estate: Estate) throws(Refusal) {
        let (name, shortName) = (type.name.lowercased(), type.shortName.lowercased())
        for other in estate.storeTypes.all where other.number != type.number {
            if other.shortName.lowercased() == shortName {
                throw .alreadyExists("certificate store type", "ShortName", type.shortName)
            }
            if other.name.lowercased() == name { throw .alreadyExists("certificate store type", "Name", type.name) }
        }
    }

    private static func numbers(_ body: JSONValue?) throws(Refusal) -> [Int] {
        guard let body, body.isArray else {
            let found = body.map { "is \($0.kindName)" } ?? "is empty"
            throw .badArgument("The request body \(found); expected a JSON array of store types' numbers.", member: "$")
        }
        var numbers: [Int] = []
        for (index, element) in body.elements.enumerated() {
            guard let number = element.integer else {
                throw .badArgument("[\(index)]: expected a whole number, found \(element.shortSource).", member: "[\(index)]")
            }
            numbers.append(number)
        }
        guard !numbers.isEmpty else { throw .badArgument("The request body: expected at least one store type's number, found none.") }
        return numbers
    }

    private static func reply(_ type: StoreType, _ style: WireStyle, _ product: ProductVersion) -> Reply {
        var writer = JSONWriter(style: style)
        type.write(to: &writer, product)
        return Reply(200, writer.bytes)
    }
}
