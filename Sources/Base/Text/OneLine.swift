extension String {
    /// This text for a log or a terminal: what would end the line, change its direction or control the terminal is shown as `?`.
    public var inOneLine: String {
        // Nearly all texts are ASCII. To look every character up in Unicode's tables takes tens of thousands of instructions.
        if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
        return String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "?"
                    default: scalar
                    }
                }))
    }
}
