import Base
import MicroHTTP
import Model
import Worlds

/// The ids and names that a scenario has, asked from a server of it as clients ask for them.
struct KnownValues {
    /// Where the values of path parameters come from that do not stand as `Id` in the list that the path begins with.
    private static let sources: [String: (list: String, member: String)] = [
        "/Agents/{id}": ("/Agents", "AgentId"), "/CertificateStoreTypes/{id}": ("/CertificateStoreTypes", "StoreType"),
        "/CertificateStoreTypes/Name/{name}": ("/CertificateStoreTypes", "ShortName"),
        "/Certificates/Locations/{id}": ("/Certificates", "Id"), "/Certificates/IdentityAudit/{id}": ("/Certificates", "Id"),
        "/Certificates/PrivateKey/{id}": ("/Certificates", "Id"), "/Enrollment/Settings/{id}": ("/Templates", "Id"),
        "/Enrollment/AvailableRenewal/Id/{id}": ("/Certificates", "Id"),
        "/Enrollment/AvailableRenewal/Thumbprint/{thumbprint}": ("/Certificates", "Thumbprint"),
        "/Workflow/Certificates/{id}": ("/Workflow/Certificates/Pending", "Id"), "/Templates/CADetails/{id}": ("/Templates", "Id"),
        "/PamProviders/Local/{providerId}": ("/PamProviders", "Id"), "/Security/Containers/{id}": ("/CertificateStoreContainers", "Id"),
    ]

    /// Where the values of members of bodies come from, if they are not the id of what the operation is about.
    private static let members: [String: (list: String, member: String)] = [
        "AgentId": ("/Agents", "AgentId"), "AgentGuid": ("/Agents", "AgentId"), "OrchestratorIds": ("/Agents", "AgentId"),
        "AgentIds": ("/Agents", "AgentId"), "JobTypeName": ("/JobTypes/Custom", "JobTypeName"),
        "StoreIds": ("/CertificateStores", "Id"), "KeystoreIds": ("/CertificateStores", "Id"), "KeystoreId": ("/CertificateStores", "Id"),
        "CertStoreId": ("/CertificateStores", "Id"), "CertificateStoreId": ("/CertificateStores", "Id"),
        "CertStoreType": ("/CertificateStoreTypes", "StoreType"), "StoreType": ("/CertificateStoreTypes", "StoreType"),
        "Type": ("/CertificateStoreTypes", "StoreType"), "PamProviderId": ("/PamProviders", "Id"), "Template": ("/Templates", "CommonName"),
        "PermissionSetId": ("/PermissionSets", "Id"), "CertificateId": ("/Certificates", "Id"), "CertificateIds": ("/Certificates", "Id"),
        "Thumbprint": ("/Certificates", "Thumbprint"),
    ]

    private var values: [String: String] = [:]

    /// Asks for all of them.
    init(_ scenario: Scenario) {
        let server = MockServer(scenario: scenario)
        var lists: [String: JSONValue] = [:]
        for source in Array(Self.sources.values) + Array(Self.members.values) + Self.nouns.map({ ($0, "Id") }) {
            if lists[source.list] == nil { lists[source.list] = Self.rows(server, scenario.basePaths[0] + source.list) }
            let rows = lists[source.list]?.elements ?? []
            // An approved agent takes jobs.
            let preferred = rows.first { $0["Status"]?.integer == 2 && $0["AgentId"] != nil } ?? rows.first
            let value = preferred?[source.member].flatMap { $0.isNull ? nil : $0 }
            values[source.list + " " + source.member] = value.map { $0.isString ? "\"\($0.source)\"" : $0.source }
        }
    }

    /// Lists whose rows have an `Id`, which is what a path below them names.
    private static let nouns = [
        "/JobTypes/Custom", "/CertificateStores", "/CertificateStoreContainers", "/Certificates", "/CSRGeneration/Pending",
        "/MetadataFields",
        "/CertificateCollections", "/Templates", "/EnrollmentPatterns", "/CertificateAuthority",
        "/CertificateAuthority/AlertRecipients/CAHealthRecipients", "/CertificateAuthority/AlertRecipients/CAThresholdRecipients",
        "/PamProviders/Types", "/PamProviders", "/Security/Roles", "/Security/Identities", "/Security/Claims", "/PermissionSets",
    ]

    private static func rows(_ server: MockServer, _ path: String) -> JSONValue? {
        guard case .ready(let response) = server.answer(Request(.get, path, headers: [("Host", "localhost")])), response.status == 200
        else { return nil }
        return try? JSONDocument(response.body, values: .max).root
    }

    /// The value of a path parameter.
    ///
    /// - Parameters:
    ///   - path: what stands before it, as the operation writes it.
    ///   - parameter: the parameter in braces.
    /// - Returns: a value that exists, or `1`.
    func value(below path: String, parameter: String) -> String {
        let source = Self.sources[path + "/" + parameter] ?? (path, "Id")
        return values[source.list + " " + source.member]?.replacing("\"", with: "") ?? "1"
    }

    /// The value of a member of a body or of a parameter.
    ///
    /// - Parameters:
    ///   - name: its name; empty for the elements of a body that is an array.
    ///   - operation: the operation that takes it.
    /// - Returns: JSON; `nil` if nothing is known.
    func member(_ name: String, of operation: Operation) -> String? {
        switch (operation.path, name) {
        case ("/OrchestratorJobs/Custom", "JobFields"), ("/OrchestratorJobs/Custom/Bulk", "JobFields"): return #"{"ParamInt":"3"}"#
        case ("/CertificateStores/Schedule", "Schedule"): return #"{"Interval":{"Minutes":60}}"#
        default: break
        }
        if let source = Self.members[name] { return values[source.list + " " + source.member] }
        guard name.isEmpty || name == "Id" || name == "Ids", operation.method != .post || name.isEmpty else { return nil }
        let noun = Self.nouns.filter { operation.path == $0 || operation.path.hasPrefix($0 + "/") }.max { $0.count < $1.count }
        if noun == nil, operation.path.hasPrefix("/Agents") { return values["/Agents AgentId"] }
        return noun.flatMap { values[$0 + " Id"] }
    }
}
