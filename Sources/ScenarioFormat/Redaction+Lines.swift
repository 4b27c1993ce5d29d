/// Lines of a text that is not YAML, so that keys and values are known by their looks alone.
extension Redaction {
    /// What a line does not show.
    ///
    /// - Parameters:
    ///   - number: the line's number, from 0.
    ///   - lines: all lines.
    /// - Returns: the columns, from 0; `nil` if all of it is shown.
    func columns(ofLine number: Int, in lines: [Substring]) -> Range<Int>? {
        guard lines.indices.contains(number) else { return nil }
        let line = Line(lines[number])
        let all = line.indent..<max(line.indent, line.scalars.count)
        if line.isLong { return all }
        let before = linesBefore(number, in: lines).filter { !$0.isBlank }
        var above: [String] = []
        var indent = line.level
        for other in before.reversed() where other.level < indent {
            above = other.keys.map(\.name) + above
            indent = other.level
        }
        // A line that is not as deep as the text above it may have been meant as a part of it.
        let deeper = before.reversed().prefix { $0.level > line.level } + before.suffix(1)
        if looksSecret(String(lines[number])) || deeper.contains(where: { isOpen($0, above) }) { return all.isEmpty ? nil : all }
        if line.keys.isEmpty, let last = above.last, hides(last, above.dropLast(), Self.text) { return all.isEmpty ? nil : all }
        for (place, key) in line.keys.enumerated() where hides(key.name, above + line.keys[..<place].map(\.name), line.value(of: key)) {
            return key.end < line.scalars.count ? key.end..<line.scalars.count : nil
        }
        return nil
    }

    private func linesBefore(_ number: Int, in lines: [Substring]) -> [Line] {
        var room = Self.bytesBefore
        let near = lines[..<number].suffix(Self.linesBefore).reversed().prefix { line in
            room -= line.utf8.count
            return room >= 0
        }
        return near.reversed().map { Line($0) }
    }

    /// How far up the keys above a line are looked for, in lines and in bytes.
    private static let (linesBefore, bytesBefore) = (2_000, 50_000)
    fileprivate static let text = YAMLNode(content: .scalar("?", quoted: false), mark: Mark(line: 1, column: 1, width: 1))

    /// Whether the value of a line's last key continues in the next line, and is not shown.
    private func isOpen(_ line: Line, _ above: [String]) -> Bool {
        guard let key = line.keys.last, hides(key.name, above + line.keys.dropLast().map(\.name), Self.text) else { return false }
        let value = String(String.UnicodeScalarView(line.scalars[key.end...])).drop { $0 == " " || $0 == "\t" }
        guard let first = value.first else { return true }
        return first == "|" || first == ">" || "\"'".contains(first) && value.count(where: { $0 == first }) == 1
    }
}

/// A line with the keys that it seems to have.
private struct Line {
    let scalars: [Unicode.Scalar]
    /// How many blanks it begins with.
    let indent: Int
    /// How deep it lies; an item of a list lies deeper than its `- `.
    let level: Int
    /// Each key, with the column after its colon.
    let keys: [(name: String, end: Int)]

    var isBlank: Bool { indent == scalars.count }
    /// Whether it is too long for its keys to be looked for.
    var isLong: Bool { scalars.count > Self.longest }

    private static let longest = 10_000

    init(_ text: Substring) {
        let scalars = Array(text.unicodeScalars)
        self.scalars = scalars
        indent = scalars.prefix { $0 == " " || $0 == "\t" }.count
        level = indent + (indent < scalars.count && scalars[indent] == "-" ? 1 : 0)
        keys = scalars.prefix(Self.longest).indices.compactMap { place in
            guard scalars[place] == ":", place > 0 else { return nil }
            let isQuoted = scalars[place - 1] == "\"" || scalars[place - 1] == "'"
            guard isQuoted || place + 1 == scalars.count || " \t".unicodeScalars.contains(scalars[place + 1]) else { return nil }
            let before = scalars[..<(isQuoted ? place - 1 : place)]
            let ends: String = isQuoted ? String(scalars[place - 1]) : " \t{[,'\""
            let start = before.lastIndex { ends.unicodeScalars.contains($0) }.map { $0 + 1 } ?? 0
            let name = before[start...]
            return name.isEmpty ? nil : (String(String.UnicodeScalarView(name)), place + 1)
        }
    }

    /// A value such as a key seems to have: a mapping if one begins there, else a text.
    func value(of key: (name: String, end: Int)) -> YAMLNode {
        let first = scalars[key.end...].first { $0 != " " && $0 != "\t" }
        guard first == nil || first == "{" || first == "[" else { return Redaction.text }
        return YAMLNode(content: .mapping([YAMLEntry(key: Redaction.text, value: Redaction.text)]), mark: Redaction.text.mark)
    }
}
