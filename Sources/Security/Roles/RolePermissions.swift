import Base
import Entities
import MicroHTTP
import Model

/// What a role grants, part by part: everywhere, and in single collections, containers and PAM providers.
enum RolePermissions {
    static let operations: [Operation] =
        [ofContainer, setOfContainer, everything, list(global), change(.post, global), change(.put, global)]
        + [Scoped(.collections), Scoped(.containers), Scoped(.pamProviders)].flatMap { part in
            part.scope.segment == "PamProviders"
                ? [list(part), change(.put, part)] : [list(part), change(.post, part), change(.put, part)]
        }

    private static let global = Global()

    private static let everything = Operation(
        .get, "/Security/Roles/{id}/Permissions", needs: .everywhere(.securityRead),
        returns: Contents.array(Contents.of(AreaGrant.model, .shown)), id: .integer, established: "members (documented)",
        assumed: "permission; `Type` is Global, Collections, Containers or PamProviders, and `Area` the name or Id of a single object"
    ) { call, estate throws(Refusal) in
        let permissions = PermissionWords.expanded(try SecurityRole.noun.find(.securityRead, call, estate).permissions)
        return .reply(call.bareList(permissions.map { AreaGrant($0, estate) }, AreaGrant.model, estate))
    }

    private static let ofContainer = Operation(
        .get, "/Security/Containers/{id}/Roles", needs: .everywhere(.securityRead),
        returns: Contents.array(Contents.of(RoleOfContainer.model, .shown)), id: .integer, established: "members (documented)",
        assumed: "permission; the roles that grant something for this container alone"
    ) { call, estate throws(Refusal) in .reply(roles(of: try container(call, estate), call, estate)) }

    private static let setOfContainer = Operation(
        .post, "/Security/Containers/{id}/Roles", needs: .everywhere(.securityModify),
        takes: Contents.array(Contents.of(RoleOfContainer.model, .create)),
        returns: Contents.array(Contents.of(RoleOfContainer.model, .shown)), id: .integer, established: "members (documented)",
        assumed: "permission; of each role that is sent, it replaces what was granted for the container; 400 for an immutable role"
    ) { call, estate throws(Refusal) in
        let id = try container(call, estate)
        var changed: [Int: SecurityRole] = [:]
        for asked in try call.objects(RoleOfContainer.model) {
            var role = try SecurityRole.noun.find(asked.role, .securityModify, call, estate)
            if role.isImmutable { throw .roleImmutable(role.name) }
            guard changed[role.id] == nil else {
                throw .badArgument("SecurityRoleId: expected each role once, found \(role.id) again.", member: "SecurityRoleId")
            }
            role.permissions.removeAll { RoleScope.containers.grant($0)?.number == id }
            role.permissions = (role.permissions + RoleScope.containers.paths(ScopedGrant(id: id, actions: asked.actions))).distinct
            changed[role.id] = try role.limited()
        }
        let all = changed
        return .commit { estate in
            for role in all.values { estate.security.put(role) }
            return roles(of: id, call, estate)
        }
    }

    private static func container(_ call: Call, _ estate: Estate) throws(Refusal) -> Int {
        let id = try call.number("id")
        guard estate.containers[id] != nil else { throw .containerNotFound(id).forUnknownID(call.fidelity) }
        return id
    }

    private static func roles(of container: Int, _ call: Call, _ estate: Estate) -> Reply {
        let rows = estate.security.roles.all.compactMap { role -> RoleOfContainer? in
            let actions = role.permissions.compactMap { RoleScope.containers.grant($0) }.filter { $0.number == container }.map(\.action)
            return actions.isEmpty ? nil : RoleOfContainer(role: role.id, name: role.name, actions: actions)
        }
        return call.bareList(rows, RoleOfContainer.model, estate)
    }

    private static func list(_ part: some Part) -> Operation {
        Operation(
            .get, part.path, needs: .everywhere(.securityRead), returns: part.returns, id: .integer, established: part.established,
            assumed: "permission" + part.assumed
        ) { call, estate throws(Refusal) in
            .reply(part.reply(try SecurityRole.noun.find(.securityRead, call, estate).permissions, call, estate))
        }
    }

    /// A POST adds to what is granted, a PUT puts something else in its place.
    private static func change(_ method: Method, _ part: some Part) -> Operation {
        Operation(
            method, part.path, needs: .everywhere(.securityModify), takes: part.takes, returns: part.returns, id: .integer,
            established: part.established,
            assumed: "permission; "
                + (method == .post ? "what is sent is added" : "what is sent replaces what was there") + "; 400 for an immutable role"
                + part.assumed
        ) { call, estate throws(Refusal) in
            var role = try SecurityRole.noun.find(.securityModify, call, estate)
            let asked = try part.read(call, estate)
            if role.isImmutable { throw .roleImmutable(role.name) }
            if method == .put { role.permissions.removeAll(where: part.holds) }
            role.permissions = (role.permissions + asked).distinct
            let changed = try role.limited()
            return .commit { estate in
                estate.security.put(changed)
                return part.reply(changed.permissions, call, estate)
            }
        }
    }

    /// A part of what a role grants.
    private protocol Part: Sendable {
        var path: String { get }
        var takes: Content { get }
        var returns: Content { get }
        var established: String { get }
        var assumed: String { get }
        /// Whether a permission belongs to it.
        func holds(_ permission: String) -> Bool
        /// The permissions that a request names.
        func read(_ call: Call, _ estate: Estate) throws(Refusal) -> [String]
        func reply(_ permissions: [String], _ call: Call, _ estate: Estate) -> Reply
    }

    /// What is granted everywhere.
    private struct Global: Part {
        let path = "/Security/Roles/{id}/Permissions/Global"
        let takes = Contents.array(Contents.of(GlobalGrant.model, .create))
        let returns = Contents.array(Contents.of(GlobalGrant.model, .shown))
        let established = "members (documented)"
        let assumed = ""

        func holds(_ permission: String) -> Bool { PermissionWords.scope(permission) == nil }

        func read(_ call: Call, _ estate: Estate) throws(Refusal) -> [String] { try call.objects(GlobalGrant.model).map(\.path) }

        func reply(_ permissions: [String], _ call: Call, _ estate: Estate) -> Reply {
            call.bareList(PermissionWords.expanded(permissions).filter(holds).map { GlobalGrant($0) }, GlobalGrant.model, estate)
        }
    }

    /// What is granted for single objects.
    private struct Scoped: Part {
        let scope: RoleScope

        init(_ scope: RoleScope) { self.scope = scope }

        var path: String { "/Security/Roles/{id}/Permissions/" + scope.segment }
        var takes: Content { Contents.array(Contents.of(scope.model, .create)) }
        var returns: Content { Contents.array(Contents.of(scope.model, .shown)) }
        let established = "members (documented)"
        var assumed: String { scope.notFound == nil ? "; any Id is taken, and Name is null" : "; 404 for an unknown Id" }

        func holds(_ permission: String) -> Bool { scope.grant(permission) != nil }

        func read(_ call: Call, _ estate: Estate) throws(Refusal) -> [String] {
            let grants = try call.objects(scope.model)
            for grant in grants where scope.name(grant.id, estate) == nil {
                if let refusal = scope.notFound?(grant.id) { throw refusal.forUnknownID(call.fidelity) }
            }
            return grants.flatMap { scope.paths($0) }
        }

        func reply(_ permissions: [String], _ call: Call, _ estate: Estate) -> Reply {
            call.bareList(scope.grants(in: permissions, estate), scope.model, estate)
        }
    }
}

extension Call {
    /// The body as an array of objects; an empty one will do.
    fileprivate func objects<Row>(_ model: Model<Row>) throws(Refusal) -> [Row] where Row: Modelled, Row.Draft == Row {
        guard let root = body?.root, root.isArray else {
            let found = body.map { "is \($0.root.kindName)" } ?? "is empty"
            throw .badArgument("The request body \(found); expected a JSON array of objects.", member: "$")
        }
        var rows: [Row] = []
        for (index, element) in root.elements.enumerated() {
            var row = model.blank()
            try model.read(element, at: "[\(index)]", reading(.create), into: &row)
            rows.append(row)
        }
        return rows
    }
}
