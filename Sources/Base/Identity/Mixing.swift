/// The hash functions for identifiers and chance: their results are the same in every run and on every machine.
public enum Mixing {
    /// SplitMix64's finaliser: every bit of the input affects half the bits of the output.
    public static func mix(_ word: UInt64) -> UInt64 {
        var z = word &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// The digest of a text in lower case.
    static func digest(lowercased text: String) -> UInt64 {
        let utf8 = text.utf8Span
        guard utf8.isKnownASCII else { return digest(text.lowercased()) }
        let span = utf8.span
        var digest = empty
        for place in span.indices { digest = next(digest, CaselessText.lower(span[place])) }
        return digest
    }

    /// FNV-1a, because `Hasher` differs between processes.
    public static func digest(_ text: String) -> UInt64 { text.utf8.reduce(empty, next) }

    /// The digest of an empty text.
    private static let empty: UInt64 = 0xCBF2_9CE4_8422_2325

    private static func next(_ digest: UInt64, _ byte: UInt8) -> UInt64 { (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
