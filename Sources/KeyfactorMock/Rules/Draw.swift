internal import Glibc

/// A rule's stream of chance: draw n depends on (seed, world, rule, n) alone, so that no other rule, thread or world changes it.
struct Draw: Sendable {
    private let base: UInt64

    /// The stream of one rule in one world.
    ///
    /// - Parameters:
    ///   - seed: the scenario's seed.
    ///   - world: the world's name.
    ///   - rule: the rule's name.
    init(seed: UInt64, world: String, rule: String) {
        base = Mixing.mix(Mixing.mix(seed) ^ Mixing.digest(world)) ^ Mixing.mix(Mixing.digest(rule))
    }

    /// Draw n: any 64-bit word, all equally likely.
    func word(_ n: Int) -> UInt64 { Mixing.mix(base &+ Mixing.mix(UInt64(bitPattern: Int64(n)))) }

    /// Draw n: a number from 0 up to but not including 1.
    func fraction(_ n: Int) -> Double { Self.fraction(word(n)) }

    /// Draw n: from the normal distribution of mean 0 and deviation 1 (Box and Muller, 1958).
    func normal(_ n: Int) -> Double {
        let word = word(n)
        let radius = sqrt(-2 * log(1 - Self.fraction(word)))
        return radius * cos(2 * .pi * Self.fraction(Mixing.mix(~word)))
    }

    /// Draw n: bytes.
    func bytes(_ n: Int, count: Int) -> [UInt8] {
        var state = word(n)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count {
            state = Mixing.mix(state)
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: state >> UInt64(shift))) }
        }
        return Array(bytes.prefix(count))
    }

    private static func fraction(_ word: UInt64) -> Double { Double(word >> 11) * 0x1p-53 }

    /// A number of the lognormal distribution.
    ///
    /// - Parameters:
    ///   - n: the draw.
    ///   - median: half of the numbers are below it.
    ///   - sigma: the deviation of their logarithm.
    /// - Returns: more than 0.
    func lognormal(_ n: Int, median: Double, sigma: Double) -> Double { median * exp(sigma * normal(n)) }
}
