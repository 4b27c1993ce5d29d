import Base
import Entities
import Model
import ScenarioFormat
import Security

/// Roles and what surrounds them, and PAM providers: those that come with the mock, and those of files.
///
/// Merged by name, identities by account, claims by type, value and scheme.
extension EstateBuilder {
    /// What every Command has: the role Administrator, the permission set Global, and three types of PAM providers (recorded).
    mutating func addBuiltInSecurity() {
        put(PermissionSet(id: estate.identifiers.fixed(.security, "permission set global"), name: "Global", permissions: ["/"]))
        var administrator = role(1, "Administrator", "May do everything.", ["/"])
        administrator.isImmutable = true
        estate.security.put(administrator)
        for (name, parameters) in [
            ("CyberArk", ["Safe", "Folder", "Object", "AppId"]),
            ("Thycotic", ["SecretServerUrl", "RuleName", "SecretId", "RuleKey"]), ("Command Secret Provider", ["SecretName"]),
        ] {
            put(
                PamType(
                    id: estate.identifiers.fixed(.security, "PAM type \(name.lowercased())"), name: name,
                    parameters: parameters.map { parameter in
                        var made = PamType.Parameter(id: estate.security.next(.pamParameter), name: parameter, displayName: "")
                        made.isInstanceLevel = ["Folder", "Object", "SecretId", "SecretName"].contains(parameter)
                        if parameter == "RuleKey" { made.dataType = .secret }
                        return made
                    }))
        }
    }

    /// Two roles, an identity that has none, and one that reads certificates.
    mutating func addSmallSecurity() {
        estate.security.put(role(2, "Certificate Readers", "May read certificates.", ["/certificates/collections/read/"]))
        estate.security.put(role(3, "Certificate Owners", "May own certificates.", ["/certificates/collections/read/"]))
        estate.security.put(SecurityIdentity(id: 1, accountName: "EXAMPLE\\guest"))
    }

    private func role(_ id: Int, _ name: String, _ description: String, _ permissions: [String]) -> SecurityRole {
        var role = SecurityRole(id: id, name: name)
        role.description = description
        role.permissions = permissions
        role.permissionSet = seeding.permissionSets["global"]
        return role
    }

    private mutating func put(_ set: PermissionSet) {
        seeding.permissionSets[set.name.lowercased()] = set.id
        estate.security.permissionSets.put(set, at: set.id)
    }

    private mutating func put(_ type: PamType) {
        seeding.pamTypes[type.name.lowercased()] = type.id
        estate.put(type)
    }

    /// What a file says of all of these, in the order in which one refers to another.
    mutating func addSecurity(_ node: YAMLNode?) {
        for item in node?["permissionSets"]?.items ?? [] { addPermissionSet(item) }
        for item in node?["identities"]?.items ?? [] { addIdentity(item) }
        for item in node?["claims"]?.items ?? [] { addClaim(item) }
        for item in node?["roles"]?.items ?? [] { addRole(item) }
        for item in node?["pamTypes"]?.items ?? [] { addPamType(item) }
        for item in node?["pamProviders"]?.items ?? [] { addPamProvider(item) }
    }

    private mutating func addPermissionSet(_ node: YAMLNode) {
        let name = node["name"]?.text ?? ""
        let known = estate.security.permissionSets.named(name)
        var set =
            known
            ?? PermissionSet(
                id: estate.identifiers.fixed(.security, "permission set \(name.lowercased())"), name: name, permissions: [])
        PermissionSet.model.seed(node, into: &set, &seeding)
        guard isOwn(set.id, of: known?.id, in: estate.security.permissionSets, "permission set", node) else { return }
        put(set)
    }

    private mutating func addIdentity(_ node: YAMLNode) {
        let account = node["account"]?.text ?? ""
        let known = estate.security.identities.named(account)
        var identity = known ?? SecurityIdentity(id: 0, accountName: account)
        SecurityIdentity.model.seed(node, into: &identity, &seeding)
        if identity.id == 0 { identity.id = estate.security.next(.identity) }
        guard isOwn(identity.id, of: known?.id, in: estate.security.identities, "identity", node) else { return }
        estate.security.put(identity)
    }

    private mutating func addClaim(_ node: YAMLNode) {
        var claim = SecurityClaim(id: 0, kind: .user, value: "", description: "", scheme: "")
        SecurityClaim.model.seed(node, into: &claim, &seeding)
        let known = estate.security.claims.rows(holding: claim.value)?.first { $0.isSame(as: claim) }
        if claim.id == 0 { claim.id = known?.id ?? estate.security.next(.claim) }
        if node["description"] == nil, let known { claim.description = known.description }
        guard isOwn(claim.id, of: known?.id, in: estate.security.claims, "claim", node) else { return }
        estate.security.put(claim)
    }

    private mutating func addRole(_ node: YAMLNode) {
        let name = node["name"]?.text ?? ""
        let known = estate.security.roles.named(name)
        var role = known ?? self.role(0, name, "", [])
        SecurityRole.model.seed(node, into: &role, &seeding)
        if role.id == 0 { role.id = estate.security.next(.role) }
        guard isOwn(role.id, of: known?.id, in: estate.security.roles, "role", node) else { return }
        for (id, item) in zip(role.identities, node["identities"]?.items ?? []) where estate.security.identities[id] == nil {
            seeding.note(item, "there is no identity with the id \(id)")
        }
        for (id, item) in zip(role.claims, node["claims"]?.items ?? []) where estate.security.claims[id] == nil {
            seeding.note(item, "there is no claim with the id \(id)")
        }
        estate.security.put(role)
    }

    private mutating func addPamType(_ node: YAMLNode) {
        let name = node["name"]?.text ?? ""
        let known = estate.security.pamTypes.named(name)
        var type = known ?? PamType(id: estate.identifiers.fixed(.security, "PAM type \(name.lowercased())"), name: name, parameters: [])
        PamType.model.seed(node, into: &type, &seeding)
        for index in type.parameters.indices where type.parameters[index].id == 0 {
            type.parameters[index].id = estate.security.next(.pamParameter)
        }
        guard isOwn(type.id, of: known?.id, in: estate.security.pamTypes, "type of PAM providers", node) else { return }
        put(type)
    }

    private mutating func addPamProvider(_ node: YAMLNode) {
        let name = node["name"]?.text ?? ""
        let known = estate.security.pamProviders.named(name)
        var provider = known ?? PamProvider(id: 0, name: name)
        PamProvider.model.seed(node, into: &provider, &seeding)
        if provider.id == 0 { provider.id = estate.security.next(.pamProvider) }
        guard isOwn(provider.id, of: known?.id, in: estate.security.pamProviders, "PAM provider", node) else { return }
        let type = provider.type.flatMap { estate.security.pamTypes[$0] }
        for (index, value) in provider.values.enumerated() {
            guard let parameter = type?.parameter(named: value.parameter) else {
                let place = node["values"]?.items.dropFirst(index).first?["parameter"]
                seeding.note(place ?? node, "the provider's type has no parameter '\(Mistake.shortened(value.parameter))'")
                continue
            }
            if parameter.dataType == .secret { provider.values[index].text = nil }
            if value.id == 0 { provider.values[index].id = estate.security.next(.pamValue) }
        }
        estate.security.put(provider)
    }

    /// Whether a row may have its Id: one that is there keeps the Id that it has, and no other has it.
    private mutating func isOwn<Key, Row>(_ id: Key, of known: Key?, in table: Table<Key, Row>, _ what: String, _ node: YAMLNode) -> Bool {
        guard known.map({ $0 != id }) ?? (table[id] != nil) else { return true }
        seeding.note(node["id"] ?? node, "the id of each \(what) is given once, and this one has another, or another has it")
        return false
    }
}
