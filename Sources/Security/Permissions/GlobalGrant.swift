import Base
import Entities
import Model

/// A permission for everything, as `Area` and `Permission`: the two halves of its word, or of its path where it has no word.
struct GlobalGrant: Modelled {
    var area = ""
    var permission = ""

    static let model = Model<GlobalGrant>(
        [.shown: "GlobalPermission", .create: "GlobalPermissionRequest"], "a permission", blank: { .init() }
    ) {
        Member("Area", .text) { $0.area }.asked(.create, required: "an area such as CertificateStoreManagement", \.area)
        Member("Permission", .text) { $0.permission }.asked(.create, required: "a permission such as Read", \.permission)
    }

    init() {}

    /// A permission by its path or its word.
    init(_ permission: String) {
        let word = PermissionWords.word(permission)
        if let colon = word.firstIndex(of: ":"), !word.hasPrefix("/") {
            (area, self.permission) = (String(word[..<colon]), String(word[word.index(after: colon)...]))
        } else {
            let last = word.split(separator: "/").last.map(String.init) ?? ""
            (area, self.permission) = (String(word.dropLast(last.isEmpty ? 0 : last.count + 1)), last)
        }
    }

    /// The permission as roles keep it.
    var path: String { PermissionWords.path(area.hasPrefix("/") ? area + permission : "\(area):\(permission)") ?? "" }
}

/// What a caller may know of its own rights.
struct CallerRights: Modelled {
    let roles: [String]
    let grants: [GlobalGrant]

    /// The rights of a caller.
    init(_ caller: Caller, _ security: SecurityTables) {
        roles = caller.permissions.grantsAll ? security.roles.all.filter(\.isImmutable).map(\.name) : caller.roles
        let global = caller.permissions.paths.filter { PermissionWords.scope($0) == nil }
        let words = global.flatMap { path in
            let below = path.hasPrefix("/") ? PermissionWords.words(below: path) : []
            return below.isEmpty ? [path] : below
        }
        var seen: Set<String> = []
        grants = words.filter { seen.insert($0).inserted }.map { GlobalGrant($0) }
    }

    static let model = Model<CallerRights>([.shown: "SecurityMy"]) {
        Member("Roles", .list(.text)) { $0.roles }
        Member("GlobalPermissions", .list(.object(shownOnly: GlobalGrant.model))) { $0.grants }
    }
}
