import Glibc

/// Temporary folders, file changes, and addresses that the process can listen on.
extension Process {
    /// Creates a folder in `TMPDIR` that only this user can access.
    ///
    /// - Returns: its absolute path, or `nil` if it could not be created; and its parent folder.
    static func makeTemporaryFolder() -> (path: String?, parent: String) {
        let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(parent)/keyfactor-mock-\(String(repeating: "X", count: 6))".utf8CString)
        guard unsafe mkdtemp(&template) != nil, let path = unsafe realpath(template, nil) else { return (nil, parent) }
        defer { unsafe free(path) }
        return unsafe (String(cString: path), parent)
    }

    /// Removes a folder and its contents. Links are removed, not followed.
    ///
    /// - Parameter folder: its path.
    static func removeFolder(_ folder: String) {
        for entry in entries(of: folder) {
            let path = folder + "/" + entry
            if unsafe unlink(path) != 0, errno == EISDIR || errno == EPERM { removeFolder(path) }
        }
        unsafe rmdir(folder)
    }

    /// The names in a folder; empty if it cannot be read.
    static func entries(of folder: String) -> [String] {
        guard let listing = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(listing) }
        var names: [String] = []
        while let entry = unsafe readdir(listing) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Why the process cannot listen on an address.
    enum Obstacle {
        case taken
        /// The port is reserved for the superuser.
        case forbidden
        case other(String)
    }

    /// Checks whether the process can listen on an address, without doing so.
    ///
    /// - Parameters:
    ///   - host: a numeric IPv4 address.
    ///   - port: the port.
    /// - Returns: `nil` if it can.
    static func obstacle(toListeningOn host: String, port: UInt16) -> Obstacle? {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        var (on, address) = (Int32(1), sockaddr_in())
        unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        unsafe inet_pton(AF_INET, host, &address.sin_addr)
        let outcome = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        switch outcome == 0 ? 0 : errno {
        case 0: return nil
        case EADDRINUSE: return .taken
        case EACCES, EPERM: return .forbidden
        case let number: return .other(unsafe String(cString: strerror(number)))
        }
    }

    /// A version of a file.
    struct Stamp: Equatable {
        var seconds: Int
        var nanoseconds: Int
        var inode: UInt64
        /// In bytes.
        var size: Int
    }

    /// Identifies the current version of a file by its modification time, inode and size.
    ///
    /// - Parameter path: its path.
    /// - Returns: a value that changes when the file changes; `nil` if the file does not exist.
    static func stamp(of path: String) -> Stamp? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        let time = status.st_mtim
        return Stamp(seconds: time.tv_sec, nanoseconds: time.tv_nsec, inode: UInt64(status.st_ino), size: Int(status.st_size))
    }
}
