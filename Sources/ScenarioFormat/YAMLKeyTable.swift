/// The keys of one mapping with their lines: an array while they are few, a dictionary when they are many.
struct KeyTable {
    private var few: [(key: String, line: Int32)] = []
    private var many: [String: Int32] = [:]

    /// Adds a key.
    ///
    /// - Returns: the line of an earlier key of this name, or nil if it is new.
    mutating func insert(_ key: String, line: Int32) -> Int32? {
        if many.isEmpty {
            if let first = few.first(where: { $0.key == key }) { return first.line }
            few.append((key, line))
            guard few.count > 12 else { return nil }
            many = Dictionary(uniqueKeysWithValues: few.map { ($0.key, $0.line) })
            return nil
        }
        if let first = many[key] { return first }
        many[key] = line
        return nil
    }
}
