public import Base

/// Who may do what, and where secrets come from: roles, identities, claims, permission sets, PAM providers and their types.
///
/// Names are grouped by what they hash to, so that a row is found by its name without looking at all.
public struct SecurityTables: Sendable {
    /// What has Ids that rise and are given once.
    public enum Numbered: Int, CaseIterable, Sendable {
        case role
        case identity, claim, pamProvider, pamValue, pamParameter
    }

    /// All roles by Id, also found by name without case.
    public private(set) var roles = Table<Int, SecurityRole>(
        sortedBy: { $0.id < $1.id }, groupedBy: { group($0.name) }, groupOfText: { group($0) })
    /// All identities by Id, also found by account without case.
    public private(set) var identities = Table<Int, SecurityIdentity>(
        sortedBy: { $0.id < $1.id }, groupedBy: { group($0.accountName) }, groupOfText: { group($0) })
    /// All claims by Id, also found by value without case.
    public private(set) var claims = Table<Int, SecurityClaim>(
        sortedBy: { $0.id < $1.id }, groupedBy: { group($0.value) }, groupOfText: { group($0) })
    /// All permission sets by Id, listed by name without case.
    public var permissionSets = Table<GUID, PermissionSet>(
        sortedBy: { ($0.name.lowercased(), $0.id) < ($1.name.lowercased(), $1.id) }, groupedBy: { group($0.name) },
        groupOfText: { group($0) })
    /// All types of PAM providers by Id, listed by name without case.
    public private(set) var pamTypes = Table<GUID, PamType>(
        sortedBy: { ($0.name.lowercased(), $0.id) < ($1.name.lowercased(), $1.id) }, groupedBy: { group($0.name) },
        groupOfText: { group($0) })
    /// All PAM providers by Id, listed by name without case.
    public private(set) var pamProviders = Table<Int, PamProvider>(
        sortedBy: { ($0.name.lowercased(), $0.id) < ($1.name.lowercased(), $1.id) }, groupedBy: { group($0.name) },
        groupOfText: { group($0) })
    /// The highest Id ever given, by what it was given to.
    public private(set) var given = [Int](repeating: 0, count: Numbered.allCases.count)

    /// About how many bytes all rows hold.
    var bytes: ByteCount {
        roles.bytes + identities.bytes + claims.bytes + permissionSets.bytes + pamTypes.bytes + pamProviders.bytes
    }

    private static func group(_ name: String) -> Int { name.lowercased().hashValue }

    /// Gives an Id that was never given before.
    public mutating func next(_ what: Numbered) -> Int {
        given[what.rawValue] += 1
        return given[what.rawValue]
    }

    /// Keeps Ids from being given again.
    ///
    /// - Parameter ids: the highest given so far, by what they were given to.
    public mutating func keep(given ids: [Int]) {
        for (place, id) in ids.enumerated() where place < given.count { given[place] = max(given[place], id) }
    }

    private mutating func keep(_ id: Int, _ what: Numbered) { given[what.rawValue] = max(given[what.rawValue], id) }

    /// Puts a role in, or in the place of the one with its Id.
    public mutating func put(_ role: SecurityRole) {
        keep(role.id, .role)
        roles.put(role, at: role.id)
    }

    /// Puts an identity in, or in the place of the one with its Id.
    public mutating func put(_ identity: SecurityIdentity) {
        keep(identity.id, .identity)
        identities.put(identity, at: identity.id)
    }

    /// Puts a claim in, or in the place of the one with its Id.
    public mutating func put(_ claim: SecurityClaim) {
        keep(claim.id, .claim)
        claims.put(claim, at: claim.id)
    }

    /// Puts a PAM provider in, or in the place of the one with its Id.
    public mutating func put(_ provider: PamProvider) {
        keep(provider.id, .pamProvider)
        for value in provider.values { keep(value.id, .pamValue) }
        pamProviders.put(provider, at: provider.id)
    }

    /// Puts a type of PAM providers in, or in the place of the one with its Id.
    public mutating func put(_ type: PamType) {
        for parameter in type.parameters { keep(parameter.id, .pamParameter) }
        pamTypes.put(type, at: type.id)
    }

    /// Takes a role out. Nothing happens if there is none.
    public mutating func removeRole(_ id: Int) { roles.remove(id) }

    /// Takes an identity out, also from all roles. Nothing happens if there is none.
    public mutating func removeIdentity(_ id: Int) {
        identities.remove(id)
        for role in roles.all where role.identities.contains(id) { roles.change(role.id) { $0.identities.removeAll { $0 == id } } }
    }

    /// Takes a claim out, also from all roles. Nothing happens if there is none.
    public mutating func removeClaim(_ id: Int) {
        claims.remove(id)
        for role in roles.all where role.claims.contains(id) { roles.change(role.id) { $0.claims.removeAll { $0 == id } } }
    }

    /// Takes a PAM provider out. Nothing happens if there is none.
    public mutating func removePamProvider(_ id: Int) { pamProviders.remove(id) }

    /// Takes a type of PAM providers out. Nothing happens if there is none.
    public mutating func removePamType(_ id: GUID) { pamTypes.remove(id) }
}

extension Table where Row: Named {
    /// A row by its name, without case.
    public func named(_ name: String) -> Row? {
        let name = name.lowercased()
        return rows(holding: name)?.first { $0.name.lowercased() == name }
    }
}

/// A row that is found by its name.
public protocol Named {
    /// The name.
    var name: String { get }
}

extension SecurityRole: Named {}
extension PermissionSet: Named {}
extension PamType: Named {}
extension PamProvider: Named {}
extension SecurityIdentity: Named {
    /// Its account.
    public var name: String { accountName }
}
