/// Bytes that follow from a seed. Whoever knows the seed knows them: they keep nothing secret.
enum Derivation {
    /// Derives bytes.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - purpose: what they are for; each purpose has its own.
    ///   - seed: the seed.
    ///   - number: which of those with the purpose.
    /// - Returns: the same bytes for the same parameters, on every machine.
    static func bytes(_ count: Int, _ purpose: String, seed: UInt64, number: UInt64 = 0) -> [UInt8] {
        stream(count, "\(purpose) \(seed) \(number)")
    }

    /// SHA-256 of a text with a number after it, for 0 and the numbers that follow until there are enough bytes.
    static func stream(_ count: Int, _ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var block = 0
        while bytes.count < count {
            bytes += Cryptography.sha256(Array("\(text) \(block)".utf8))
            block += 1
        }
        return Array(bytes.prefix(count))
    }

    /// A number for a curve of NIST: above zero, and below the order of the curve, since its upper bit is not set.
    static func scalar(bits: Int, _ purpose: String, seed: UInt64, number: UInt64 = 0) -> [UInt8] {
        var bytes = bytes((bits + 7) / 8, purpose, seed: seed, number: number)
        bytes[0] &= UInt8(1 << ((bits - 1) % 8) - 1)
        bytes[bytes.count - 1] |= 1
        return bytes
    }
}
