import Foundation

@testable import MicroHTTP

/// A command-line tool that runs.
///
/// Foundation's `Process` cannot be used here: it keeps descriptors after the tool has ended, which tests count, and with more than
/// a thousand open it reads past the end of a buffer.
struct Tool {
    struct Result {
        var status: Int32
        var output: String
    }

    struct CannotRun: Error { let name: String }

    private let id: pid_t
    private let input: Int32
    private let output: Int32
    /// One is started at a time, so that none inherits another's pipes. It is a number because ThreadSanitizer mistakes the use of a
    /// value without a size for a change of the lock's own memory.
    private static let starting = Lock(0)

    /// Starts a tool found by `PATH`. Its input stays open until it is waited for.
    init(_ arguments: String...) throws { try self.init(arguments) }

    private init(_ arguments: [String]) throws {
        guard let tool = Self.starting.withLock({ _ in Self.start(arguments) }) else { throw CannotRun(name: arguments[0]) }
        (id, input, output) = tool
    }

    private static func start(_ arguments: [String]) -> (pid_t, Int32, Int32)? {
        var (toTool, fromTool) = ([Int32](repeating: -1, count: 2), [Int32](repeating: -1, count: 2))
        guard pipe(&toTool) == 0, pipe(&fromTool) == 0 else { return nil }
        for end in toTool + fromTool { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, toTool[0], 0)
        for stream: Int32 in [1, 2] { posix_spawn_file_actions_adddup2(&actions, fromTool[1], stream) }
        let words = arguments.map { strdup($0) } + [nil]
        var id: pid_t = 0
        let failure = posix_spawnp(&id, arguments[0], &actions, nil, words, environ)
        posix_spawn_file_actions_destroy(&actions)
        for word in words { free(word) }
        close(toTool[0])
        close(fromTool[1])
        return failure == 0 ? (id, toTool[1], fromTool[0]) : nil
    }

    /// Closes its input, and waits until it has ended. Only once.
    ///
    /// - Returns: its exit status, 128 and the signal's number if one ended it, and what it wrote, errors included.
    @discardableResult
    func wait() -> Result {
        close(input)
        var (bytes, piece) = ([UInt8](), [UInt8](repeating: 0, count: 65536))
        while case let count = read(output, &piece, piece.count), count > 0 { bytes += piece[..<count] }
        close(output)
        var status: Int32 = 0
        waitpid(id, &status, 0)
        return Result(status: status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F, output: String(decoding: bytes, as: UTF8.self))
    }

    /// Runs a tool found by `PATH` to its end, without input.
    static func run(_ arguments: String...) throws -> Result { try Tool(arguments).wait() }
}

/// A new folder, removed when this object is released.
final class Folder: Sendable {
    let path: String
    init() {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("micro-http-" + UUID().uuidString).path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}
