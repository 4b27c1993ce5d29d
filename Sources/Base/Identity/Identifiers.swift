/// Creates all GUIDs of a world: the same seed and the same requests give the same identifiers.
///
/// Identifiers of the estate depend on (seed, kind, key); those created while serving on (seed, world, kind, n).
public struct Identifiers: Sendable {
    /// What an identifier is for. Each kind has its own sequence, so that kinds do not affect each other.
    public enum Kind: UInt64, Sendable, CaseIterable {
        case agent = 1
        case store, jobType, storeJobType, job, correlation, token, certificate, secret, security
    }

    /// The scenario's seed.
    public let seed: UInt64
    private var world: UInt64
    private var counts = [UInt64](repeating: 0, count: Kind.allCases.count + 1)

    /// The identifiers of one world.
    ///
    /// - Parameters:
    ///   - seed: the scenario's seed.
    ///   - world: the world's name.
    public init(seed: UInt64, world: String) {
        self.seed = seed
        self.world = Mixing.digest(world)
    }

    /// How many identifiers of each kind have been drawn. Those of replies and tokens do not count: they name nothing in the estate.
    public var issued: [Int] {
        var counts = counts
        for kind in [Kind.correlation, .token] { counts[Int(kind.rawValue)] = 0 }
        return counts.map { Int(truncatingIfNeeded: $0) }
    }

    /// Passes over identifiers that were drawn once.
    ///
    /// - Parameter issued: how many of each kind.
    public mutating func skip(_ issued: [Int]) {
        for (kind, count) in issued.enumerated() where kind < counts.count { counts[kind] = max(counts[kind], UInt64(max(0, count))) }
    }

    /// Continues for another world: identifiers created from now on differ from those of all other worlds.
    ///
    /// - Parameter world: the name of the other world.
    public mutating func move(to world: String) {
        self.world = Mixing.digest(world)
    }

    /// The next identifier of a kind.
    ///
    /// - Parameter kind: what it is for.
    /// - Returns: an identifier that this world has not used before.
    public mutating func next(_ kind: Kind) -> GUID {
        let n = counts[Int(kind.rawValue)]
        counts[Int(kind.rawValue)] = n &+ 1
        return Self.guid(seed ^ Mixing.mix(world ^ kind.rawValue), n)
    }

    /// The identifier of an object in a scenario.
    ///
    /// - Parameters:
    ///   - kind: what it is for.
    ///   - key: what distinguishes the object from others of its kind, such as a machine's name; case-insensitive.
    ///   - seed: the scenario's seed.
    /// - Returns: the same identifier in every run and every world.
    public static func fixed(_ kind: Kind, _ key: String, seed: UInt64) -> GUID {
        guid(seed ^ Mixing.mix(kind.rawValue), Mixing.digest(lowercased: key))
    }

    /// The identifier of something that has no row of its own, or that comes with the mock. See `fixed(_:_:seed:)`.
    public func fixed(_ kind: Kind, _ key: String) -> GUID { Self.fixed(kind, key, seed: seed) }

    /// Hashes two words to a GUID that is marked as version 4 with RFC 9562's variant.
    private static func guid(_ a: UInt64, _ b: UInt64) -> GUID {
        let high = Mixing.mix(Mixing.mix(a) &+ b)
        let low = Mixing.mix(high ^ Mixing.mix(b &+ 0x9E37_79B9_7F4A_7C15))
        return GUID(high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }
}
