extension Mistakes {
    /// How many mistakes are shown before `and N more`.
    static let drawnAtMost = 20
    /// The longest text, in bytes, that is read again to tell secrets by their places; of a longer one, by the looks of its lines.
    private static let readAgain = 1 << 20

    /// Shows the mistakes with the lines that they are in.
    ///
    /// - Parameters:
    ///   - file: the name of the file.
    ///   - source: the text of the file.
    ///   - redaction: which values are redacted.
    /// - Returns: up to three lines for each mistake (place and message, the line, the caret with the hint), at most 20 mistakes,
    ///   then `and N more`. No line break at the end.
    public func drawn(file: String, source: [UInt8], _ redaction: Redaction) -> String {
        let bytes = source.starts(with: YAMLNode.byteOrderMark) ? source.dropFirst(3) : source[...]
        let lines = String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let spans = source.count <= Self.readAgain ? YAMLNode.tree(of: source).map { redaction.spans(in: $0) } : nil
        var drawings = all.prefix(Self.drawnAtMost).map { mistake in
            let number = mistake.line - 1
            let line = lines.indices.contains(number) ? Array(lines[number].unicodeScalars) : []
            let hidden =
                spans.map { $0.compactMap { $0.columns(inLine: mistake.line, of: line.count) } }
                ?? [redaction.columns(ofLine: number, in: lines)].compactMap { $0 }
            return mistake.without(spans ?? []).drawn(file: file, line: line, hiding: hidden)
        }
        if all.count > Self.drawnAtMost {
            drawings.append("and \(all.count - Self.drawnAtMost) more")
        }
        return drawings.joined(separator: "\n")
    }

    /// Shows the mistakes of a text without secrets.
    func drawn(file: String, source: [UInt8]) -> String { drawn(file: file, source: source, .none) }
}

extension Mistake {
    /// How many characters of a line are shown, and how many of them before the caret if the line is truncated.
    private static let (drawnWidth, drawnBefore) = (100, 40)

    /// The mistake without what it quotes of values that are not shown.
    fileprivate func without(_ spans: [Redaction.Span]) -> Mistake {
        guard let span = spans.first(where: { $0.start.line == line && $0.start.column == column }), !span.text.isEmpty else { return self }
        var message = message
        for quote in ["'", "\""] {
            message = message.replacing(quote + Self.shortened(span.text) + quote, with: Redaction.mark)
        }
        return Mistake(Mark(line: Int32(clamping: line), column: Int32(clamping: column), width: Int32(clamping: width)), message)
    }

    /// Shows one mistake with its line.
    ///
    /// - Parameters:
    ///   - file: the file's name.
    ///   - whole: the whole line, without its line break.
    ///   - columns: what is redacted in it, in order.
    /// - Returns: three lines without a line break at the end.
    fileprivate func drawn(file: String, line whole: [Unicode.Scalar], hiding columns: [Range<Int>]) -> String {
        var (source, caret, width) = (whole, min(max(column - 1, 0), whole.count), width)
        for hidden in columns.reversed() {
            source.replaceSubrange(hidden, with: Redaction.mark.unicodeScalars)
            if caret >= hidden.upperBound {
                caret += Redaction.mark.count - hidden.count
            } else if caret >= hidden.lowerBound {
                (caret, width) = (hidden.lowerBound, Redaction.mark.count)
            } else {
                width = min(width, max(1, hidden.lowerBound - caret))
            }
        }
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
