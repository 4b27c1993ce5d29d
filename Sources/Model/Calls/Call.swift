public import Base
public import Entities
public import MicroHTTP

/// One request to one endpoint, with all that its work may know: no socket, no lock, no clock.
public struct Call: Sendable {
    /// The request as it came.
    public let request: Request
    /// What the path's parameters are, decoded.
    public let parameters: [(name: String, value: String)]
    /// The parameters after `?`, decoded.
    public let query: QueryParameters
    /// The body, if the endpoint takes one and the request has one.
    public var body: JSONDocument?
    /// Who makes the request, and what they may do.
    public let caller: Caller
    /// The world's time.
    public let now: Timestamp
    /// The release of Command that answers.
    public let product: ProductVersion
    /// The switches of the scenario.
    public let fidelity: Fidelity

    /// The version of the operation that is asked for: 1, or 2 where the release has a second one.
    public let apiVersion: Int

    /// How JSON is written in this world.
    public var style: WireStyle { fidelity.wireStyle(product) }

    /// A GUID in the path, in any form of .NET.
    ///
    /// - Parameter name: the path parameter's name.
    /// - Throws: a refusal if it is no GUID.
    /// - Returns: the GUID.
    public func guid(_ name: String) throws(Refusal) -> GUID {
        let text = parameters.first { $0.name == name }?.value ?? ""
        guard let id = GUID(dotNet: text) else { throw .notAGUID(name, "'\(text.prefix(60))'") }
        return id
    }

    /// A whole number in the path.
    ///
    /// - Parameter name: the path parameter's name.
    /// - Throws: a refusal if it is no number of 32 bits.
    /// - Returns: the number.
    public func number(_ name: String) throws(Refusal) -> Int {
        let text = parameters.first { $0.name == name }?.value ?? ""
        guard let number = Int32(text) else {
            throw .badArgument("\(name): expected a whole number, found '\(text.prefix(60))'.", member: name)
        }
        return Int(number)
    }

    /// Reads the body, which must be an object, into a draft.
    ///
    /// - Parameters:
    ///   - model: its members; others are ignored, as Command does, or refused where the world says so.
    ///   - form: which request it is.
    ///   - draft: receives what is said.
    /// - Throws: a refusal if there is no body, it is no object, or a member is wrong.
    public func read<Row>(_ model: Model<Row>, _ form: Forms = .create, into draft: inout Row.Draft) throws(Refusal) {
        try model.read(try object(), reading(form), into: &draft)
    }

    /// Reads the body, which must be an object, into a new draft. See `read(_:_:into:)`.
    public func read<Row>(_ model: Model<Row>, _ form: Forms = .create) throws(Refusal) -> Row.Draft {
        var draft = model.blank()
        try read(model, form, into: &draft)
        return draft
    }

    /// The body as an object.
    ///
    /// - Throws: a refusal if there is no body, or it is no object.
    public func object() throws(Refusal) -> JSONValue {
        guard let root = body?.root else { throw .badArgument("The request body is empty; expected a JSON object.", member: "$") }
        guard root.isObject else { throw .badArgument("The request body is \(root.kindName); expected a JSON object.", member: "$") }
        return root
    }

    /// Under which rules a request is read.
    public func reading(_ form: Forms) -> Reading { Reading(form: form, product: product, fidelity: fidelity) }

    /// For whom and when an answer is written.
    public func view(_ form: Forms, _ estate: Estate) -> View {
        View(form, estate, product: product, now: now, fidelity, inclusions: query.inclusions)
    }

    /// The body as a bare array of GUIDs, each counted once.
    ///
    /// - Parameter what: what they name, for refusals.
    /// - Throws: a refusal if there is no body, or it is no array of at least one GUID.
    /// - Returns: the GUIDs in the order of first mention.
    public func bodyIDs(of what: String) throws(Refusal) -> [GUID] {
        guard let root = body?.root else {
            throw .badArgument("The request body is empty; expected a JSON array of \(what) ids.", member: "$")
        }
        return try root.guids(at: nil, of: what)
    }

    /// The body as a bare array of whole numbers, each counted once. See `bodyIDs(of:)`.
    public func numbers(of what: String) throws(Refusal) -> [Int] {
        guard let root = body?.root else {
            throw .badArgument("The request body is empty; expected a JSON array of \(what) ids.", member: "$")
        }
        return try root.integers(at: nil, of: what)
    }

    /// A text in the path.
    public func text(_ name: String) -> String { parameters.first { $0.name == name }?.value ?? "" }

    /// The body as an array.
    ///
    /// - Parameter what: what it is an array of, for refusals: "store ids".
    /// - Throws: a refusal if there is no body, or it is no array, or an empty one.
    /// - Returns: at least one element.
    public func array(of what: String) throws(Refusal) -> [JSONValue] {
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
    public func flag(_ name: String) throws(Refusal) -> Bool {
        switch query.trimmed(name.lowercased())?.lowercased() {
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
    public func require(_ permission: Permission, container: Int?) throws(Refusal) {
        guard !caller.permissions.allow(permission, container: container) else { return }
        throw .forbidden(caller.name, permission.text(container: container))
    }

    /// A reply with one JSON object.
    ///
    /// - Parameter write: writes it.
    /// - Returns: a reply with status 200.
    public func object(_ write: (inout JSONWriter) -> Void) -> Reply {
        var writer = JSONWriter(style: style)
        write(&writer)
        return Reply(200, writer.bytes)
    }

    /// A reply with one row.
    public func object<Row>(_ row: Row, _ model: Model<Row>, _ form: Forms, _ estate: Estate) -> Reply {
        var view: View?
        return object { model.write(row, form, self, estate, &view, to: &$0) }
    }

    /// A reply with a page of a list.
    ///
    /// - Parameters:
    ///   - page: the rows of the page, and how many there are in all.
    ///   - model: the members of a row.
    ///   - form: the form of a row.
    ///   - estate: where the rows lie.
    /// - Returns: a reply with status 200 and the total.
    public func list<Row>(_ page: Page<Row>, _ model: Model<Row>, _ form: Forms, _ estate: Estate) -> Reply {
        var writer = JSONWriter(style: style, capacity: 64 + page.rows.count * 1_152)
        var view: View?
        writer.array(page.rows) { model.write($1, form, self, estate, &view, to: &$0) }
        return Reply(200, writer.bytes, total: page.total)
    }

    /// A call by its parts.
    public init(
        request: Request, parameters: [(name: String, value: String)], query: QueryParameters, body: JSONDocument?, caller: Caller,
        now: Timestamp, product: ProductVersion, fidelity: Fidelity, apiVersion: Int = 1
    ) {
        self.request = request
        self.parameters = parameters
        self.query = query
        self.body = body
        self.caller = caller
        self.now = now
        self.product = product
        self.fidelity = fidelity
        self.apiVersion = apiVersion
    }
}
