/// What the mock reports about itself: lines on stderr. No secret is logged; of a request, only method and path are.
public struct Log: Sendable {
    /// The log level.
    public enum Level: String, Sendable, CaseIterable, Comparable {
        case debug, info, warning, error, off

        /// Whether one level is less severe than another.
        public static func < (left: Level, right: Level) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// The format of a line.
    public enum Format: String, Sendable, CaseIterable {
        case text, json
    }

    private let least: Level
    private let format: Format
    private let time: TimeSource
    private let write: @Sendable (String) -> Void

    /// A log.
    ///
    /// - Parameters:
    ///   - least: the lowest level that is logged.
    ///   - format: the format of a line.
    ///   - time: where its time comes from.
    ///   - write: writes a line, which ends with a line feed.
    public init(_ least: Level, _ format: Format = .text, time: TimeSource = .system, write: @escaping @Sendable (String) -> Void) {
        self.least = least
        self.format = format
        self.time = time
        self.write = write
    }

    /// Logs nothing.
    public static let silent = Log(.off) { _ in }

    /// Whether a level is logged, so that no line is composed for nothing.
    public func tells(_ level: Level) -> Bool { level >= least && least != .off }

    /// Logs a line.
    ///
    /// - Parameters:
    ///   - level: its level.
    ///   - message: one line; what would end it or control a terminal is shown as `?`.
    public func callAsFunction(_ level: Level, _ message: String) {
        guard tells(level) else { return }
        let clean = message.inOneLine
        switch format {
        case .text: write("\(time.now().inMilliseconds.iso) \(level.rawValue.uppercased()) \(clean)\n")
        case .json:
            var writer = JSONWriter(capacity: 96 + clean.utf8.count)
            writer.object { writer in
                writer.member("time", time.now().inMilliseconds)
                writer.member("level", level.rawValue)
                writer.member("message", clean)
            }
            write(String(decoding: writer.bytes, as: UTF8.self) + "\n")
        }
    }
}
