/// How far texts are from one text.
public struct EditDistance: Sendable {
    private let text: [UInt8]
    /// Where each byte stands in the text, a bit a place; empty for a text with more bytes than bits.
    private let places: [UInt64]

    /// The distances from a text in UTF-8.
    public init(from text: [UInt8]) {
        self.text = text
        guard (1...UInt64.bitWidth).contains(text.count) else {
            places = []
            return
        }
        var places = [UInt64](repeating: 0, count: 256)
        for (place, byte) in text.enumerated() { places[Int(byte)] |= 1 << UInt64(place) }
        self.places = places
    }

    /// How many bytes must be inserted, removed or replaced to turn the text into another (Levenshtein), by Myers's algorithm: a few
    /// operations a byte, all cells of a column at once.
    ///
    /// - Parameter other: a text in UTF-8.
    /// - Returns: 0 for an equal text.
    public func to(_ other: [UInt8]) -> Int {
        guard !places.isEmpty else { return Self.between(text, other) }
        var (rises, falls, distance) = (~UInt64(0), UInt64(0), text.count)
        let last: UInt64 = 1 << UInt64(text.count - 1)
        for byte in other {
            let same = places[Int(byte)]
            let across = (((same & rises) &+ rises) ^ rises) | same
            let (up, down) = (falls | ~(across | rises), rises & across)
            if up & last != 0 { distance += 1 } else if down & last != 0 { distance -= 1 }
            let (next, below) = (up << 1 | 1, same | falls)
            rises = down << 1 | ~(below | next)
            falls = next & below
        }
        return distance
    }

    /// How many bytes must be inserted, removed or replaced to turn one text into the other (Levenshtein). O(length × length).
    ///
    /// - Parameters:
    ///   - one: a text in UTF-8.
    ///   - other: another one.
    /// - Returns: 0 for equal texts.
    public static func between(_ one: [UInt8], _ other: [UInt8]) -> Int {
        guard one != other else { return 0 }
        var row = Array(0...other.count)
        for (i, a) in one.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in other.enumerated() {
                let replaced = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[other.count]
    }
}
