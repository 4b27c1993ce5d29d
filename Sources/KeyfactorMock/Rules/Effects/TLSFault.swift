import MicroHTTP

/// Handshakes that fail, and certificates that are not to be trusted.
enum TLSFault {
    static let words: [(word: String, fault: ConnectionFault)] = [
        ("expired", .expired), ("wrong-name", .wrongName), ("untrusted", .untrusted), ("cut", .cut), ("stall", .stall),
        ("old-protocol", .oldProtocol),
    ]

    /// What it looks like in a scenario.
    static let kind = EffectKind(
        key: "tls",
        variants: [
            .init(
                name: "a TLS fault",
                fields: [
                    .init("tls", .word(words.map(\.word)), required: true, about: "how the handshake goes wrong; HTTP is not concerned")
                ])
        ])

    /// The fault of a word.
    static func fault(_ word: String?) -> ConnectionFault? { words.first { $0.word == word }?.fault }
}
