/// How far two texts are apart.
public enum EditDistance {
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
