import Glibc

/// Files that are read and written whole: certificates, scenarios, reports. Whatever stands at a path, it does not make this process wait
/// without end, and is not damaged.
public enum WholeFile {
    /// How long one end of a FIFO is given to appear, and a reader to go on reading, in milliseconds.
    static let patience: Int32 = 3000
    /// How long something that has been opened may write nothing, in milliseconds.
    private static let silence: Int32 = 60_000

    /// Reads a file, a FIFO or a device.
    ///
    /// - Parameters:
    ///   - path: its path.
    ///   - most: how many bytes it may have.
    ///   - isRegular: whether it must be an ordinary file, which can be read twice.
    /// - Throws: why it cannot be read.
    /// - Returns: its content.
    public static func read(_ path: String, most: Int, isRegular: Bool = false) throws(FileProblem) -> [UInt8] {
        // Opening a FIFO would wait for its writer, and opening a terminal might make it this process's own.
        let file = unsafe open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard file >= 0 else { throw FileProblem(errno) }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw FileProblem(errno) }
        let kind = status.st_mode & S_IFMT
        if kind == S_IFDIR { throw .folder }
        if isRegular, kind != S_IFREG { throw .notRegular }
        return try drain(file, most: most, isFIFO: kind == S_IFIFO)
    }

    /// Reads stdin until its end.
    ///
    /// - Parameter most: how many bytes it may have.
    /// - Throws: why it cannot be read.
    /// - Returns: its content.
    public static func readStandardInput(most: Int) throws(FileProblem) -> [UInt8] {
        try drain(STDIN_FILENO, most: most, isFIFO: false)
    }

    /// Removes a file if its content is still what this process has written. A link stays, as it did when the file was written.
    ///
    /// - Parameters:
    ///   - path: its path.
    ///   - bytes: the content.
    public static func remove(_ path: String, ifItContains bytes: [UInt8]) {
        guard let target = try? target(of: path), !isOpenFile(target) else { return }
        if (try? read(target, most: bytes.count, isRegular: true)) == bytes { unsafe unlink(target) }
    }

    private static func drain(_ file: Int32, most: Int, isFIFO: Bool) throws(FileProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        // A FIFO is at its end also while its writer has yet to come.
        var (hasWriter, isOverdue) = (!isFIFO, false)
        while bytes.count <= most {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes += chunk[..<count]
            } else if count == 0 {
                if hasWriter || !bytes.isEmpty { return bytes }
                if isOverdue { throw .noWriter }
                if isReady(file, POLLIN, within: patience) { hasWriter = true } else { isOverdue = true }
            } else if errno == EAGAIN {
                guard isReady(file, POLLIN, within: silence) else { throw .silent }
                hasWriter = true
            } else if errno != EINTR {
                throw FileProblem(errno)
            }
        }
        throw .large(most)
    }

    /// Waits until a descriptor can be read or written, or its other end is gone.
    static func isReady(_ file: Int32, _ events: Int32, within milliseconds: Int32) -> Bool {
        var asked = pollfd(fd: file, events: Int16(events), revents: 0)
        while true {
            let count = unsafe poll(&asked, 1, milliseconds)
            if count >= 0 || errno != EINTR { return count > 0 }
        }
    }
}
