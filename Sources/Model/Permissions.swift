/// A permission of Command 11 and later, such as `/agents/management/read/`.
public enum Permission: String, Sendable, CaseIterable {
    case agentsRead = "/agents/management/read/"
    case agentsModify = "/agents/management/modify/"
    case certificatesRead = "/certificates/collections/read/"
    case enrollCSR = "/certificates/enrollment/csr/"
    case pamRead = "/pam/read/"
    case pamModify = "/pam/modify/"
    case securityRead = "/security/read/"
    case securityModify = "/security/modify/"
    case storesRead = "/certificate_stores/read/"
    case storesModify = "/certificate_stores/modify/"
    case storesSchedule = "/certificate_stores/schedule/"

    /// What it can be granted for in place of everything.
    var part: String { self == .certificatesRead ? "collection" : "container" }

    /// The permission as it is granted: for everything, or for what is in one container.
    ///
    /// - Parameter container: `nil` for everything.
    /// - Returns: the path of the permission.
    func text(container: Int?) -> String {
        container.map { "\(rawValue)\($0)/" } ?? rawValue
    }
}

/// What an endpoint requires of its caller before its work begins.
public enum Need: Sendable, Equatable {
    /// Nothing beyond being admitted.
    case nothing
    /// A permission for everything.
    case everywhere(Permission)
    /// A permission for everything or for some container; the work checks again for each store.
    case containers(Permission)
    /// Each of several.
    indirect case all([Need])

    /// The permission to read agents.
    public static let agentsRead = Need.everywhere(.agentsRead)
    /// The permission to change agents.
    public static let agentsModify = Need.everywhere(.agentsModify)
    /// Both permissions, to read and to change agents.
    public static let agentsReadAndModify = Need.all([.agentsRead, .agentsModify])
}

/// What a caller may do. A permission grants everything below it: `/agents/` grants `/agents/management/read/`, `/` and `*` all.
public struct Permissions: Sendable, Equatable {
    /// Whether everything is granted.
    public let grantsAll: Bool
    private let granted: [String]

    /// Everything.
    public static let all = Permissions(["*"])

    /// The permissions of a list.
    ///
    /// - Parameter granted: paths such as `/certificate_stores/schedule/3/`, or `*`.
    public init(_ granted: [String]) {
        grantsAll = granted.contains { $0 == "*" || $0 == "/" }
        self.granted = granted.map { $0.hasSuffix("/") ? $0 : $0 + "/" }
    }

    /// The paths of what is granted; `/` is everything.
    public var paths: [String] { grantsAll ? ["/"] : granted }

    /// Whether any operation asks for one of them.
    public var grantsSomething: Bool {
        grantsAll || granted.contains { one in Permission.allCases.contains { $0.rawValue.hasPrefix(one) || one.hasPrefix($0.rawValue) } }
    }

    /// Whether something is allowed, for everything or for what is in a container.
    ///
    /// - Parameters:
    ///   - permission: what is to be done.
    ///   - container: the container of what it is to be done to; `nil` if that is in none.
    /// - Returns: whether one of the granted permissions covers it.
    public func allow(_ permission: Permission, container: Int?) -> Bool {
        guard !grantsAll else { return true }
        let needed = permission.text(container: container)
        return granted.contains { needed.hasPrefix($0) }
    }

    /// Whether an endpoint's work may begin.
    public func allow(_ need: Need) -> Bool {
        switch need {
        case .nothing: true
        case .all(let needs): needs.allSatisfy { allow($0) }
        case .everywhere(let permission): allow(permission, container: nil)
        case .containers(let permission):
            allow(permission, container: nil) || granted.contains { $0.hasPrefix(permission.rawValue) }
        }
    }
}

/// Who makes a request.
public struct Caller: Sendable {
    /// As the server names the caller in a refusal: user name or client id.
    public var name: String
    /// What the caller may do.
    public var permissions: Permissions
    /// The names of the roles that a scenario gives the caller.
    public var roles: [String] = []
    /// Whether the caller gave the name.
    public var isNamed = true
    /// The name by which rules know the caller: as the scenario spells it, however the request does.
    public var known: String?

    /// An anonymous caller, who may do everything.
    public static let anyone = Caller(name: "anonymous", permissions: .all, isNamed: false)

    /// The same caller with more permissions.
    public func with(_ more: [String]) -> Caller {
        var copy = self
        copy.permissions = Permissions(permissions.paths + more)
        return copy
    }

    /// A caller by the name in refusals, the permissions and the roles.
    public init(name: String, permissions: Permissions, roles: [String] = [], isNamed: Bool = true, known: String? = nil) {
        self.name = name
        self.permissions = permissions
        self.roles = roles
        self.isNamed = isNamed
        self.known = known
    }
}

extension Need {
    /// What is needed, as `X-Mock-Why` shows it.
    public var text: String {
        switch self {
        case .nothing: "nothing"
        case .all(let needs): needs.map(\.text).joined(separator: " and ")
        case .everywhere(let permission): permission.rawValue
        case .containers(let permission):
            "\(permission.rawValue), or \(permission.rawValue)N/ for a \(permission.part) N"
        }
    }
}
