/// What the operations of PAM providers answer.
enum PamProviderDescription {
    static let all: [String: Description] = [
        "GET /PamProviders": .list(of: .model("PamProvider", .object([.always("Id", .integer), .always("Name", .text)])))
    ]
}
