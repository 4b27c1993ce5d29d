import MicroHTTP
import ScenarioFormat

/// A handshake that fails, or a certificate that is not to be trusted.
enum TLSFault: Effect {
    static let words: [(word: String, fault: ConnectionFault)] = [
        ("expired", .expired), ("wrong-name", .wrongName), ("untrusted", .untrusted), ("cut", .cut), ("stall", .stall),
        ("old-protocol", .oldProtocol),
    ]

    static let form = EffectForm(
        key: "tls", use: .connections,
        variants: [
            .init(
                name: "a TLS fault",
                fields: [
                    .init("tls", .word(words.map(\.word)), required: true, about: "how the handshake fails; HTTP is not affected")
                ])
        ])

    static func action(_ node: YAMLNode, for subject: OperationPattern.Subject) throws(Mistake) -> Action {
        guard let fault = fault(node["tls"]?.text) else { throw .notForConnections(node) }
        return .failConnection(fault)
    }

    /// The fault that a word names.
    static func fault(_ word: String?) -> ConnectionFault? { words.first { $0.word == word }?.fault }
}
