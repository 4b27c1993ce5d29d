public import Base
public import Entities
import MicroHTTP

/// What the usual operations of a noun share: where its rows lie, how they are described, who may see them, and how a missing one is refused.
public struct Noun<Key: PathKey, Row: Modelled & HoldsBytes>: Sendable {
    /// The path of its list, such as `/Agents`.
    let path: String
    /// Makes its model, or finds it: to list the operations makes no model.
    private let findModel: @Sendable () -> Model<Row>
    /// Finds the model of the operations' second version, where they have one.
    private let findSecondModel: (@Sendable () -> Model<Row>)?
    /// The first release in which the operations have a second version.
    let versionTwoSince: ProductVersion?
    /// The first release that has the operations.
    let since: ProductVersion
    /// What reading it needs.
    let reads: Permission
    /// Whether a permission for one container is enough to read it.
    let isReadInContainers: Bool
    /// The container that a row belongs to, where permissions are granted row by row.
    let container: (@Sendable (Row) -> Int?)?
    let rows: @Sendable (Estate) -> Table<Key, Row>
    let notFound: @Sendable (Key) -> Refusal

    /// A noun.
    ///
    /// - Parameters:
    ///   - path: the path of its list.
    ///   - model: its members.
    ///   - since: the first release that has the operations.
    ///   - second: its members in the operations' second version, where they have one.
    ///   - versionTwoSince: the first release in which they have one.
    ///   - reads: the permission that reading it needs.
    ///   - isReadInContainers: whether a permission for one container is enough to read it; so it is where rows belong to containers.
    ///   - container: the container that a row belongs to, where permissions are granted row by row.
    ///   - rows: where its rows lie.
    ///   - notFound: the refusal of an unknown id.
    public init(
        _ path: String, _ model: @autoclosure @escaping @Sendable () -> Model<Row>, since: ProductVersion = .v10,
        second: (@Sendable () -> Model<Row>)? = nil, versionTwoSince: ProductVersion? = nil, reads: Permission,
        isReadInContainers: Bool = false, container: (@Sendable (Row) -> Int?)? = nil,
        rows: @escaping @Sendable (Estate) -> Table<Key, Row>,
        notFound: @escaping @Sendable (Key) -> Refusal
    ) {
        self.path = path
        findModel = model
        findSecondModel = second
        self.versionTwoSince = versionTwoSince
        self.since = since
        self.reads = reads
        self.isReadInContainers = isReadInContainers || container != nil
        self.container = container
        self.rows = rows
        self.notFound = notFound
    }

    /// Its members.
    var model: Model<Row> { findModel() }

    /// Its members in the version that a call asks for.
    public func model(for call: Call) -> Model<Row> { call.apiVersion == 2 ? findSecondModel?() ?? model : model }

    /// What a body of it looks like, in one form, which may be another one in the second version.
    public func content(_ form: Forms, inVersionTwo second: Forms? = nil) -> Content {
        guard let findSecondModel, let versionTwoSince else { return Contents.of(findModel(), form) }
        return Contents.versions(Contents.of(findModel(), form), Contents.of(findSecondModel(), second ?? form), since: versionTwoSince)
    }

    /// What reading it needs.
    var needsToRead: Need { isReadInContainers ? .containers(reads) : .everywhere(reads) }

    /// The operation that lists it: filtered, sorted and paged. Rows that the caller may not see are left out and not counted.
    ///
    /// - Parameters:
    ///   - sortField: the field by which lists are sorted where the request does not say.
    ///   - form: the form of a row.
    ///   - second: the form of a row in the second version, if it is another one.
    ///   - filters: whether it takes a query.
    ///   - parameters: the parameters that it has in addition to those of every list.
    ///   - established: see `Operation`.
    ///   - assumed: see `Operation`.
    /// - Returns: `GET` of the noun's path.
    public func list(
        sortedBy sortField: String?, form: Forms = .shown, formInVersionTwo second: Forms? = nil, filters: Bool = true,
        also parameters: [Operation.Parameter] = [],
        established: String, assumed: String
    ) -> Operation {
        Operation(
            .get, path, since: since, versionTwoSince: versionTwoSince, needs: needsToRead,
            returns: Contents.array(content(form, inVersionTwo: second)),
            query: Operation.Parameter.list(filters: filters) + parameters, counts: true, established: established, assumed: assumed
        ) { [self] call, estate throws(Refusal) in
            let page = try page(call, estate, sortedBy: sortField, form: form, filters: filters)
            return .reply(call.list(page, model(for: call), call.apiVersion == 2 ? second ?? form : form, estate))
        }
    }

    /// The rows that a call for a list asks for.
    ///
    /// - Parameters:
    ///   - call: the request.
    ///   - estate: where the rows lie.
    ///   - sortField: the query field to sort by where the request has none; `nil` for the order of the rows.
    ///   - form: the form whose members can be asked for.
    ///   - filters: whether the call takes a query.
    /// - Throws: a refusal of the query or of the page.
    /// - Returns: the page, with the total.
    public func page(
        _ call: Call, _ estate: Estate, sortedBy sortField: String?, form: Forms = .shown, filters: Bool = true
    ) throws(Refusal) -> Page<Row> {
        let (rows, visible) = (rows(estate), container.flatMap { call.visible(reads, $0) })
        // Most lists are asked for as they lie. Here the compiler knows the table, which saves some 1,700 instructions a row.
        if visible == nil, let part = try call.plainPart() {
            return Page(rows: rows.slice(from: part.start, limit: part.limit), total: rows.count)
        }
        return try call.page(
            of: rows, fields: model.queryFields(call.view(form, estate)), defaultSort: sortField, takesQuery: filters, isVisible: visible)
    }

    /// The operation that sends one row.
    ///
    /// - Parameters:
    ///   - established: see `Operation`.
    ///   - assumed: see `Operation`.
    /// - Returns: `GET` of the noun's path and `{id}`.
    public func get(established: String, assumed: String) -> Operation {
        Operation(
            .get, path + "/{id}", since: since, versionTwoSince: versionTwoSince, needs: needsToRead, returns: content(.shown),
            id: Key.schema, established: established, assumed: assumed
        ) { [self] call, estate throws(Refusal) in
            let row = try find(call.pathKey(), reads, call, estate)
            return .reply(call.object(row, model(for: call), .shown, estate))
        }
    }

    /// A row that the caller has a permission for.
    ///
    /// - Parameters:
    ///   - key: its key.
    ///   - permission: what is to be done to it.
    ///   - call: the call.
    ///   - estate: where it lies.
    /// - Throws: the refusal of an unknown key, or a 403.
    /// - Returns: the row.
    public func find(_ key: Key, _ permission: Permission, _ call: Call, _ estate: Estate) throws(Refusal) -> Row {
        guard let row = rows(estate)[key] else { throw notFound(key).forUnknownID(call.fidelity) }
        if let container { try call.require(permission, container: container(row)) }
        return row
    }

    /// The row that `{id}` of the path names. See `find(_:_:_:_:)`.
    public func find(_ permission: Permission, _ call: Call, _ estate: Estate) throws(Refusal) -> Row {
        try find(call.pathKey(), permission, call, estate)
    }

    /// The keys of a body that is an array of keys, all of which must exist.
    ///
    /// - Parameters:
    ///   - what: what the keys name, for refusals.
    ///   - call: the call.
    ///   - estate: where the rows lie.
    /// - Throws: a refusal that names every unknown key.
    /// - Returns: each key once, in the order of first mention.
    public func keys(of what: String, _ call: Call, _ estate: Estate) throws(Refusal) -> [Key] where Key == GUID {
        let keys = try call.bodyIDs(of: what)
        let rows = rows(estate)
        let reasons = keys.filter { rows[$0] == nil }.map { notFound($0).message }
        guard reasons.isEmpty else { throw .failed(reasons.joined(separator: ". ") + ".", reasons).forUnknownID(call.fidelity) }
        return keys
    }
}

/// A key that stands in paths.
public protocol PathKey: Hashable, Sendable {
    /// What it looks like.
    static var schema: Schema { get }
    /// Reads `{id}` of a call's path.
    static func read(_ call: Call) throws(Refusal) -> Self
}

extension GUID: PathKey {
    /// A GUID as text.
    public static var schema: Schema { .guid }
    /// The GUID in `{id}`; any other text is refused.
    public static func read(_ call: Call) throws(Refusal) -> GUID { try call.guid("id") }
}

extension Int: PathKey {
    /// A whole number.
    public static var schema: Schema { .integer }
    /// The number in `{id}`; any other text is refused.
    public static func read(_ call: Call) throws(Refusal) -> Int { try call.number("id") }
}

extension Call {
    /// The key in `{id}` of the path.
    func pathKey<Key: PathKey>() throws(Refusal) -> Key { try Key.read(self) }
}
