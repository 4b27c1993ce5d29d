extension Mistakes {
    /// How many mistakes are shown before `and N more`.
    static let drawnAtMost = 20

    /// Shows the mistakes with the lines that they are in.
    ///
    /// - Parameters:
    ///   - file: the name of the file.
    ///   - source: the text of the file.
    /// - Returns: up to three lines for each mistake (place and message, the line, the caret with the hint), at most 20 mistakes,
    ///   then `and N more`. No line break at the end.
    public func drawn(file: String, source: [UInt8]) -> String {
        let bytes = source.starts(with: YAMLNode.byteOrderMark) ? source.dropFirst(3) : source[...]
        let lines = String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var drawings = all.prefix(Self.drawnAtMost).map { mistake in
            let line = lines.indices.contains(mistake.line - 1) ? lines[mistake.line - 1] : ""
            return mistake.drawn(file: file, line: Array(line.unicodeScalars))
        }
        if all.count > Self.drawnAtMost {
            drawings.append("and \(all.count - Self.drawnAtMost) more")
        }
        return drawings.joined(separator: "\n")
    }
}

extension Mistake {
    /// How many characters of a line are shown, and how many of them before the caret if the line is truncated.
    private static let (drawnWidth, drawnBefore) = (100, 40)

    /// Shows one mistake with its line.
    ///
    /// - Parameters:
    ///   - file: the file's name.
    ///   - source: the whole line, without its line break.
    /// - Returns: three lines without a line break at the end.
    fileprivate func drawn(file: String, line source: [Unicode.Scalar]) -> String {
        let caret = min(max(column - 1, 0), source.count)
        let start = source.count <= Self.drawnWidth ? 0 : max(0, min(caret - Self.drawnBefore, source.count - Self.drawnWidth))
        let end = min(source.count, start + Self.drawnWidth)
        let shown = (start > 0 ? "…" : "") + Self.printable(source[start..<end]) + (end < source.count ? "…" : "")
        let before = (start > 0 ? " " : "") + source[start..<caret].map { $0 == "\t" ? "\t" : " " }.joined()
        let tail = String(repeating: "~", count: max(0, min(width, end - caret) - 1))
        let number = String(line)
        let gutter = String(repeating: " ", count: max(5, number.count))
        let margin = gutter.dropFirst(number.count) + number
        let place = "\(file):\(line):\(column): \(message)"
        return "\(place)\n\(margin) | \(shown)\n\(gutter) | \(before)^\(tail)" + (hint.map { " " + $0 } ?? "")
    }
}
