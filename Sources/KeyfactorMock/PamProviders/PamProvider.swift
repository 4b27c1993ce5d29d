/// Where Command fetches secrets from that it does not keep itself. The mock has none: there is only a list of them, which is empty.
struct PamProvider: Sendable {
    let id: Int
    let name: String
}
