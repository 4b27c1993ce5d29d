/// Finds the word that was probably meant, by case-insensitive edit distance (swapping neighbours counts as one edit).
///
/// - Parameters:
///   - word: the word as written.
///   - words: the valid words.
/// - Returns: the nearest word, or the first of several equally near ones; nil if more than a third of the word would change (at most
///   3 edits; words of two or more letters may always have one edit).
public func nearestWord(to word: String, among words: some Sequence<String>) -> String? {
    let written = Array(word.prefix(65).lowercased().unicodeScalars.prefix(65))
    guard (1...64).contains(written.count) else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in words {
        let limit = min((best?.distance ?? 4) - 1, written.count == 1 ? 0 : max(1, written.count / 3))
        if let distance = editDistance(written, Array(candidate.lowercased().unicodeScalars), limit: limit) {
            best = (candidate, distance)
        }
    }
    return best?.word
}

/// The number of edits (insert, delete, replace, swap neighbours) between two words, or nil if it exceeds the limit.
private func editDistance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar], limit: Int) -> Int? {
    guard limit >= 0, abs(one.count - other.count) <= limit else { return nil }
    var beforeLast: [Int] = []
    var last = Array(0...other.count)
    for i in 0..<one.count {
        var row = [i + 1]
        for j in 0..<other.count {
            var distance = min(last[j] + (one[i] == other[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
                distance = min(distance, beforeLast[j - 1] + 1)
            }
            row.append(distance)
        }
        (beforeLast, last) = (last, row)
    }
    return last[other.count] <= limit ? last[other.count] : nil
}
