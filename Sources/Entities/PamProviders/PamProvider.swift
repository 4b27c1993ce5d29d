/// Where Command fetches secrets from that it does not keep itself.
package struct PamProvider: Sendable {
    package var id: Int
    package var name: String

    package init(id: Int, name: String) {
        self.id = id
        self.name = name
    }
}
