/// Where every GUID of a world comes from: the same seed and the same run give the same identifiers.
///
/// Identifiers of the estate depend on (seed, kind, key); those made while serving on (seed, world, kind, n).
package struct Identifiers: Sendable {
    /// What an identifier names. Each kind has a sequence of its own, so that more of one changes none of another.
    package enum Kind: UInt64, Sendable, CaseIterable {
        case agent = 1
        case store, jobType, storeJobType, job, correlation, token, certificate, secret
    }

    private let seed: UInt64
    private let world: UInt64
    private var counts = [UInt64](repeating: 0, count: Kind.allCases.count + 1)

    /// The identifiers of one world.
    ///
    /// - Parameters:
    ///   - seed: the scenario's seed.
    ///   - world: the world's name.
    package init(seed: UInt64, world: String) {
        self.seed = seed
        self.world = Self.digest(world)
    }

    /// The next identifier of a kind.
    ///
    /// - Parameter kind: what it will name.
    /// - Returns: an identifier that this world has not had before.
    package mutating func next(_ kind: Kind) -> GUID {
        let n = counts[Int(kind.rawValue)]
        counts[Int(kind.rawValue)] = n &+ 1
        return Self.guid(seed ^ Self.mix(world ^ kind.rawValue), n)
    }

    /// The identifier of something that a seed describes.
    ///
    /// - Parameters:
    ///   - kind: what it names.
    ///   - key: what tells it from others of its kind, such as a machine's name; case does not matter.
    ///   - seed: the scenario's seed.
    /// - Returns: the same identifier in every run and every world.
    package static func fixed(_ kind: Kind, _ key: String, seed: UInt64) -> GUID {
        guid(seed ^ mix(kind.rawValue), digest(key.lowercased()))
    }

    /// Two words mixed into a GUID that says of itself: version 4, RFC 9562's variant.
    private static func guid(_ a: UInt64, _ b: UInt64) -> GUID {
        let high = mix(mix(a) &+ b)
        let low = mix(high ^ mix(b &+ 0x9E37_79B9_7F4A_7C15))
        return GUID(high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// SplitMix64's finaliser: every bit of the input moves half the bits of the output.
    private static func mix(_ word: UInt64) -> UInt64 {
        var z = word &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// FNV-1a, since `Hasher` differs from process to process.
    private static func digest(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
