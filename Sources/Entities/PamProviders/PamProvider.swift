public import Base

/// Where Command fetches secrets from that it does not keep itself.
public struct PamProvider: Sendable {
    /// Its Id, unique among providers.
    public var id: Int
    /// What people call it; lists are sorted by it.
    public var name: String

    /// A provider by its parts.
    public init(id: Int, name: String) {
        self.id = id
        self.name = name
    }
}

extension PamProvider: HoldsBytes {
    /// Its name.
    public var heldBytes: Int { name.heldBytes }
}
