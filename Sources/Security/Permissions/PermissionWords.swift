import Base
import Model
import ScenarioFormat

/// The two ways to name a permission: a word, `AgentManagement:Read`, up to release 10 and in the first version of roles, and a path,
/// `/agents/management/read/`, from release 11 on. Roles keep paths; a word that has no path here is kept as it is, such as `API:Read`.
///
/// Assumed: which word is which path. The words are those of the documentation of 10, the paths those of 11.
enum PermissionWords {
    private static let pairs: KeyValuePairs<String, Permission> = [
        "AgentManagement:Read": .agentsRead, "AgentManagement:Modify": .agentsModify, "Certificates:Read": .certificatesRead,
        "Certificates:EditMetadata": .certificatesMetadata, "Certificates:Recover": .certificatesRecover,
        "Certificates:Revoke": .certificatesRevoke, "Certificates:Delete": .certificatesDelete, "Certificates:Import": .certificatesImport,
        "CertificateMetadataTypes:Read": .metadataRead, "CertificateMetadataTypes:Modify": .metadataModify,
        "WorkflowManagement:Participate": .requestsManage, "CertificateEnrollment:EnrollPFX": .enrollPFX,
        "CertificateEnrollment:CsrGeneration": .csrGeneration, "CertificateEnrollment:EnrollCSR": .enrollCSR,
        "PrivilegedAccessManagement:Read": .pamRead,
        "PrivilegedAccessManagement:Modify": .pamModify, "SecuritySettings:Read": .securityRead,
        "SecuritySettings:Modify": .securityModify, "CertificateStoreManagement:Read": .storesRead,
        "CertificateStoreManagement:Modify": .storesModify, "CertificateStoreManagement:Schedule": .storesSchedule,
    ]
    private static let paths = Dictionary(uniqueKeysWithValues: pairs.map { ($0.key.lowercased(), $0.value.rawValue) })
    private static let words = Dictionary(uniqueKeysWithValues: pairs.map { ($0.value.rawValue, $0.key) })

    /// A permission as roles keep it.
    ///
    /// - Parameter text: a path, with or without its last slash, or a word, perhaps with blanks around the colon.
    /// - Returns: `nil` if it is neither.
    static func path(_ text: String) -> String? {
        if text == "*" { return "/" }
        if text.hasPrefix("/") { return text.hasSuffix("/") ? text : text + "/" }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map { String($0).trimmed }
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        let word = "\(parts[0]):\(parts[1])"
        return paths[word.lowercased()] ?? word
    }

    /// A permission as the first version of roles shows it: a word where there is one.
    static func word(_ path: String) -> String { words[path] ?? path }

    /// All permissions that lie below a path and have a word: of `/`, all.
    static func words(below path: String) -> [String] { pairs.filter { $0.value.rawValue.hasPrefix(path) }.map(\.key) }

    /// Permissions as answers list them: in place of `/`, which grants everything, each that there is.
    static func expanded(_ permissions: [String]) -> [String] {
        permissions.contains("/") ? (Permission.allCases.map(\.rawValue) + permissions.filter { $0 != "/" }).distinct : permissions
    }

    /// What a permission for one container, collection or provider is for.
    ///
    /// - Parameter path: a path such as `/certificate_stores/read/3/`.
    /// - Returns: the path without the number, and the number; `nil` for a permission that is for everything.
    static func scope(_ path: String) -> (base: Substring, number: Int)? {
        guard path.hasPrefix("/"), let last = path.split(separator: "/").last, let number = Int(last) else { return nil }
        return (path.dropLast(last.count + 1), number)
    }
}

extension Kind where Value == String {
    /// A permission, which requests may name by its path or by its word.
    ///
    /// - Parameter isWord: whether answers have the word.
    /// - Returns: the kind.
    static func permission(asWord isWord: Bool = false) -> Kind {
        let text = Kind.text("a permission such as /agents/management/read/", length: 1...256)
        var kind = Kind(.text) { path, _, writer in
            writer.value(isWord ? PermissionWords.word(path) : path)
        } read: { value, place, reading throws(Refusal) in
            guard let word = try text.read(value, place, reading).value else { return .absent }
            guard let path = PermissionWords.path(word) else {
                throw .badArgument(
                    "\(place): expected a permission such as /certificates/collections/read/ or Certificates:Read, found '\(word.prefix(60))'.",
                    member: place)
            }
            return .value(path)
        }
        kind.shape = text.shape
        kind.seed = { node, _ in node.text.map { PermissionWords.path($0) ?? $0 } }
        kind.dump = text.dump
        return kind
    }
}
