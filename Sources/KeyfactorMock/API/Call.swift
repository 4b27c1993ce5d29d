import MicroHTTP

/// One request to one endpoint, with all that its work may know: no socket, no lock, no clock.
struct Call: Sendable {
    let request: Request
    /// What stands in the path's holes, decoded.
    let parameters: [(name: String, value: String)]
    let query: QueryParameters
    /// The body, if the endpoint takes one and the request has one.
    let body: JSONDocument?
    let caller: Caller
    let now: Timestamp
    let product: ProductVersion
    let fidelity: Fidelity

    /// How JSON is written in this world.
    var style: WireStyle { fidelity.wireStyle(product) }

    /// A GUID in the path.
    ///
    /// - Parameter name: the hole's name.
    /// - Throws: a refusal if it is no GUID.
    /// - Returns: the GUID.
    func guid(_ name: String) throws(Refusal) -> GUID {
        let text = parameters.first { $0.name == name }?.value ?? ""
        guard let id = GUID(text) else {
            throw .badArgument(
                "\(name): expected a GUID such as 00000000-0000-0000-0000-000000000000, found '\(text.prefix(60))'.", member: name)
        }
        return id
    }

    /// The body as an object.
    ///
    /// - Parameter members: the model's members; others are ignored, as Command does, or refused where the world says so.
    /// - Throws: a refusal if there is no body, or it is no object.
    /// - Returns: the object.
    func object(knowing members: [String]) throws(Refusal) -> JSONValue {
        guard let root = body?.root else { throw .badArgument("The request body is empty; expected a JSON object.", member: "$") }
        guard root.isObject else { throw .badArgument("The request body is \(root.kindName); expected a JSON object.", member: "$") }
        if fidelity.unknownMembers == .refuse { try root.refuseUnknown(members) }
        return root
    }

    /// The body as a bare array of GUIDs, each counted once.
    ///
    /// - Parameter what: what they name, for refusals.
    /// - Throws: a refusal if there is no body, or it is no array of at least one GUID.
    /// - Returns: the GUIDs in the order of their first mention.
    func bodyIDs(of what: String) throws(Refusal) -> [GUID] {
        guard let root = body?.root else {
            throw .badArgument("The request body is empty; expected a JSON array of \(what) ids.", member: "$")
        }
        return try root.guids(of: what)
    }

    /// The body as an array.
    ///
    /// - Parameter what: what it is an array of, for refusals: "store ids".
    /// - Throws: a refusal if there is no body, or it is no array, or an empty one.
    /// - Returns: at least one element.
    func array(of what: String) throws(Refusal) -> [JSONValue] {
        guard let root = body?.root else { throw .badArgument("The request body is empty; expected a JSON array of \(what).", member: "$") }
        guard root.isArray else {
            throw .badArgument("The request body is \(root.kindName); expected a JSON array of \(what).", member: "$")
        }
        let elements = root.elements
        guard !elements.isEmpty else { throw .badArgument("The request body is an empty array; expected at least one of \(what).") }
        return elements
    }

    /// A parameter of the query that is true or false, without case.
    ///
    /// - Parameter name: the parameter's name as the documentation spells it.
    /// - Throws: a refusal if it is something else.
    /// - Returns: false if it was not sent, or is empty.
    func flag(_ name: String) throws(Refusal) -> Bool {
        switch query[name.lowercased()]?.lowercased() {
        case nil, "", "false": return false
        case "true": return true
        case let text?: throw .badArgument("\(name): expected true or false, found '\(text.prefix(60))'.", member: name)
        }
    }

    /// Refuses a caller without a permission, global or for one container.
    ///
    /// - Parameters:
    ///   - permission: what is needed.
    ///   - container: the container concerned, `nil` for something that is in none.
    /// - Throws: the 403 that Command sends.
    func require(_ permission: Permission, container: Int?) throws(Refusal) {
        guard !caller.permissions.allow(permission, container: container) else { return }
        throw .forbidden(caller.name, permission.text(container: container))
    }

    /// A reply with one JSON object.
    ///
    /// - Parameter write: writes it.
    /// - Returns: a reply with status 200.
    func object(_ write: (inout JSONWriter) -> Void) -> Reply {
        var writer = JSONWriter(style: style)
        write(&writer)
        return Reply(200, writer.bytes)
    }

    /// A reply with a page of a list.
    ///
    /// - Parameters:
    ///   - page: the rows of the page, and how many there are in all.
    ///   - write: writes one row.
    /// - Returns: a reply with status 200 and the total.
    func list<Row>(_ page: Page<Row>, _ write: (inout JSONWriter, Row) -> Void) -> Reply {
        var writer = JSONWriter(style: style, capacity: 64 + page.rows.count * 640)
        writer.array(page.rows, write)
        return Reply(200, writer.bytes, total: page.total)
    }
}
