/// An ordered list of keys, stored in chunks: insertion and removal move at most a few hundred keys, however long the list is.
struct KeyList<Key: Hashable & Sendable>: Sendable {
    /// The maximum number of keys in a chunk; larger chunks are split.
    private static var chunkLimit: Int { 512 }

    /// No chunk is empty.
    private var chunks: [[Key]] = []
    /// How many keys there are.
    private(set) var count = 0

    /// A list of keys that are already in order.
    init(_ keys: [Key] = []) {
        count = keys.count
        chunks = stride(from: 0, to: keys.count, by: Self.chunkLimit / 2).map {
            Array(keys[$0..<min($0 + Self.chunkLimit / 2, keys.count)])
        }
    }

    /// The last key.
    var last: Key? { chunks.last?.last }

    /// A part of the list.
    ///
    /// - Parameters:
    ///   - start: the number of keys to skip; may be past the end.
    ///   - limit: the maximum number of keys.
    /// - Returns: the keys in order.
    func slice(from start: Int, limit: Int) -> [Key] {
        var (keys, skip): ([Key], Int) = ([], start)
        keys.reserveCapacity(max(0, min(limit, count - start)))
        for chunk in chunks {
            if keys.count >= limit { break }
            if skip < chunk.count { keys += chunk[skip...].prefix(limit - keys.count) }
            skip = max(0, skip - chunk.count)
        }
        return keys
    }

    /// The keys in a contiguous part of the list; see `Table.stretch`.
    func stretch(from isReached: (Key) -> Bool, while belongs: (Key) -> Bool) -> [Key] {
        let chunk = Self.first(in: 0..<chunks.count) { isReached(chunks[$0][chunks[$0].count - 1]) }
        guard chunk < chunks.count else { return [] }
        let place = Self.first(in: 0..<chunks[chunk].count) { isReached(chunks[chunk][$0]) }
        var keys: [Key] = []
        for (index, list) in chunks[chunk...].enumerated() {
            for key in list.dropFirst(index == 0 ? place : 0) {
                guard belongs(key) else { return keys }
                keys.append(key)
            }
        }
        return keys
    }

    /// Visits keys in order or backwards, until the visitor returns false.
    func walk(backwards: Bool, _ visit: (Key) -> Bool) {
        guard backwards else {
            for chunk in chunks {
                for key in chunk where !visit(key) { return }
            }
            return
        }
        for chunk in chunks.reversed() {
            for key in chunk.reversed() where !visit(key) { return }
        }
    }

    /// Appends a key.
    mutating func append(_ key: Key) {
        if let last = chunks.indices.last, chunks[last].count < Self.chunkLimit {
            chunks[last].append(key)
        } else {
            chunks.append([key])
        }
        count += 1
    }

    /// Inserts a key in order.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - follows: whether an existing key comes after the new one; must be false for a prefix of the list and true for the rest.
    mutating func insert(_ key: Key, before follows: (Key) -> Bool) {
        let chunk = Self.first(in: 0..<chunks.count) { follows(chunks[$0][chunks[$0].count - 1]) }
        guard chunk < chunks.count else { return append(key) }
        let place = Self.first(in: 0..<chunks[chunk].count) { follows(chunks[chunk][$0]) }
        chunks[chunk].insert(key, at: place)
        count += 1
        guard chunks[chunk].count > Self.chunkLimit else { return }
        let rest = Array(chunks[chunk][(Self.chunkLimit / 2)...])
        chunks[chunk].removeLast(rest.count)
        chunks.insert(rest, at: chunk + 1)
    }

    /// Removes a key.
    ///
    /// - Parameters:
    ///   - key: the key, which must be in the list.
    ///   - precedes: whether another key comes before it; must be true for a prefix of the list and false for the rest.
    mutating func remove(_ key: Key, after precedes: (Key) -> Bool) {
        let chunk = Self.first(in: 0..<chunks.count) { !precedes(chunks[$0][chunks[$0].count - 1]) }
        guard chunk < chunks.count, let place = chunks[chunk].firstIndex(of: key) else { return }
        chunks[chunk].remove(at: place)
        count -= 1
        if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    }

    /// Binary search: the first index for which the predicate holds, if it then holds for all later ones; the end if there is none.
    private static func first(in range: Range<Int>, where fits: (Int) -> Bool) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if fits(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
