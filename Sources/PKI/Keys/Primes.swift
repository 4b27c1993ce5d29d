/// Published primes, any two of which make an RSA key without a search.
///
/// A prime is not kept but found again: it is a little after a start that is hashed from its number. `Tests/primes` writes how far.
enum Primes {
    /// Two primes of half the bits of a modulus, for one of as many keys as there are pairs.
    ///
    /// The seed orders the pairs. After the last, they begin again.
    ///
    /// - Parameters:
    ///   - bits: of the modulus.
    ///   - seed: the seed.
    ///   - number: which of the seed's keys.
    /// - Returns: the two, the larger first; `nil` if there are none of the size.
    static func pair(bits: Int, seed: UInt64, number: UInt64) -> (p: [UInt8], q: [UInt8])? {
        guard let offsets = offsets[bits / 2], bits % 2 == 0 else { return nil }
        let pairs = UInt64(offsets.count * (offsets.count - 1) / 2)
        let words = Derivation.bytes(8, "order of RSA \(bits)", seed: seed)
        let word = { (range: Range<Int>) in words[range].reduce(0) { $0 << 8 | UInt64($1) } }
        // A step without a factor in common with the number of pairs visits them all.
        var step = word(0..<4) % pairs
        while greatestCommonFactor(step, pairs) != 1 { step += 1 }
        let place = Int((word(4..<8) + number % pairs * step) % pairs)
        // Pair 0 is 1 and 0, then 2 with 0 and 1, and so on.
        var upper = 1
        var below = 0
        while below + upper <= place { (below, upper) = (below + upper, upper + 1) }
        let (one, other) = (prime(bits: bits / 2, upper, offsets[upper]), prime(bits: bits / 2, place - below, offsets[place - below]))
        return one.lexicographicallyPrecedes(other) ? (other, one) : (one, other)
    }

    private static func greatestCommonFactor(_ one: UInt64, _ other: UInt64) -> UInt64 {
        var (one, other) = (one, other)
        while other > 0 { (one, other) = (other, one % other) }
        return one
    }

    /// A start has its two upper bits set, so that a product of two primes has its upper bit set.
    private static func prime(bits: Int, _ number: Int, _ offset: UInt16) -> [UInt8] {
        var bytes = Derivation.stream(bits / 8, "prime \(bits) \(number)")
        bytes[0] |= 0xC0
        var carry = Int(offset)
        for index in bytes.indices.reversed() where carry > 0 {
            carry += Int(bytes[index])
            bytes[index] = UInt8(truncatingIfNeeded: carry)
            carry >>= 8
        }
        return bytes
    }
}
