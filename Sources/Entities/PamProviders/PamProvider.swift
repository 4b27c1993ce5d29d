/// Where Command fetches secrets from that it does not keep itself.
public struct PamProvider: Sendable {
    public var id: Int
    public var name: String

    public init(id: Int, name: String) {
        self.id = id
        self.name = name
    }
}
