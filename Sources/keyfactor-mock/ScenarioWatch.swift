import Base
import KeyfactorMock

/// Looks after the scenario file of a running server, and has it reloaded when it has changed.
struct ScenarioWatch: Sendable {
    /// How long to wait between two looks, in milliseconds.
    static let interval = 250

    private let running: RunningServer
    private let file: String
    private let log: Log
    /// As the file was when it was read, and at the last look.
    private var loaded, last: Process.Stamp?

    /// A watch.
    ///
    /// - Parameters:
    ///   - running: the server.
    ///   - options: its options, with the path of the file.
    ///   - stamp: as the file was before it was read.
    ///   - log: the log for the outcome.
    init(_ running: RunningServer, _ options: ServerOptions, since stamp: Process.Stamp?, _ log: Log) {
        (self.running, file, self.log) = (running, options.scenario ?? "", log)
        (loaded, last) = (stamp, stamp)
    }

    /// Has the server reload the file if it has changed and is as it was at the last look: while a file is being saved it is empty, or
    /// changes between two looks.
    mutating func look() {
        let now = Process.stamp(of: file)
        if now != loaded, now == last, now?.size != 0 {
            running.reload(log)
            loaded = now
        }
        last = now
    }
}
