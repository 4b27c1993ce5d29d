import Base

internal import Glibc

/// A rule's stream of random draws: draw n depends only on (seed, world, rule, n), so no other rule, thread or world changes it.
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

    /// Draw n: a number from the lognormal distribution.
    ///
    /// - Parameters:
    ///   - n: the draw's number.
    ///   - median: half of the numbers are below it.
    ///   - sigma: the standard deviation of their logarithm.
    /// - Returns: more than 0.
    func lognormal(_ n: Int, median: Double, sigma: Double) -> Double { median * exp(sigma * normal(n)) }
}

/// A rule's stream and how far it has been read.
struct Draws: Sendable {
    private let stream: Draw
    /// The number of the next draw.
    private(set) var next: Int

    /// A stream from some draw on.
    init(_ stream: Draw, next: Int) { (self.stream, self.next) = (stream, next) }

    /// Skips draws, which are taken later from a copy made before.
    mutating func skip(_ count: Int) { next += count }

    /// The next draw: a number from 0 up to but not including 1.
    mutating func fraction() -> Double {
        defer { next += 1 }
        return stream.fraction(next)
    }

    /// The next draw: a number of the lognormal distribution; see ``Draw/lognormal(_:median:sigma:)``.
    mutating func lognormal(median: Double, sigma: Double) -> Double {
        defer { next += 1 }
        return stream.lognormal(next, median: median, sigma: sigma)
    }

    /// The next draw: bytes.
    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { next += 1 }
        return stream.bytes(next, count: count)
    }
}
