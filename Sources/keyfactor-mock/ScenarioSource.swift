import MicroHTTP

/// Where a scenario comes from, as `--scenario`, `lint` and `explain` name it.
enum ScenarioSource: Equatable {
    case file(String)
    case standardInput
    /// The scenario itself.
    case text(String)

    /// Decides what the value of an option means: `-` is stdin. Text that begins with `{`, has several lines, or has `: ` in it and is
    /// not the path of a file, is a scenario. Everything else is a path.
    ///
    /// - Parameters:
    ///   - value: the value of the option.
    ///   - exists: whether a path exists.
    init(_ value: String, exists: (String) -> Bool = { Process.stamp(of: $0) != nil }) {
        let start = value.unicodeScalars.first { !$0.properties.isWhitespace && $0 != "\u{FEFF}" }
        if value == "-" {
            self = .standardInput
        } else if start == "{" || value.contains(where: \.isNewline) {
            self = .text(value)
        } else if value.contains(": ") || value.contains(":\t") || value.hasSuffix(":"), !exists(value) {
            self = .text(value)
        } else {
            self = .file(value)
        }
    }

    /// The name to show with mistakes.
    var name: String {
        switch self {
        case .file(let path): path
        case .standardInput: "stdin"
        case .text: "scenario"
        }
    }

    /// Reads the scenario.
    ///
    /// - Parameter isWatched: whether it must be a file that can be read again.
    /// - Throws: why it cannot be read.
    /// - Returns: its bytes.
    func read(isWatched: Bool = false) throws(FileProblem) -> [UInt8] {
        switch self {
        case .file(let path): try WholeFile.read(path, most: Process.mostBytes, isRegular: isWatched)
        case .standardInput: try WholeFile.readStandardInput(most: Process.mostBytes)
        case .text(let text): Array(text.utf8)
        }
    }
}
