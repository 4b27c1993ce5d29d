/// The names that a world's store types declare to be secret and that nothing else gives away: `region_code`, of type Secret.
struct SecretNames: Sendable {
    private let names: Set<String>

    /// No names.
    static let none = SecretNames([])

    /// - Parameter declared: the names, in lower case.
    init(_ declared: Set<String>) {
        names = Set(declared.lazy.filter { !Secrets.isSecret(name: $0) }.map { Secrets.plain($0) })
    }

    var isEmpty: Bool { names.isEmpty }

    /// Whether a name is one of them. Case, `_`, `-` and `.` do not matter.
    func contains(_ name: String) -> Bool { !names.isEmpty && names.contains(Secrets.plain(name)) }
}
