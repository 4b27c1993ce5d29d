import Glibc

extension WholeFile {
    /// Writes a file whole: nobody sees a part of it, and if that fails the old one stays. Devices and FIFOs are written into.
    ///
    /// A link is followed if it is this user's or the superuser's. The file gets mode 0644 less the umask, or 0600.
    ///
    /// - Parameters:
    ///   - bytes: the content.
    ///   - path: its path.
    ///   - isSecret: whether only this user may read it.
    /// - Throws: why it cannot be written.
    public static func write(_ bytes: [UInt8], to path: String, isSecret: Bool = false) throws(FileProblem) {
        let target = try target(of: path)
        if let own = ownDescriptor(target) { return try put(bytes, into: own) }
        var status = stat()
        let exists = unsafe stat(target, &status) == 0
        if exists, isOpenFile(target) || status.st_mode & S_IFMT != S_IFREG {
            try pour(bytes, into: target, isFIFO: status.st_mode & S_IFMT == S_IFIFO)
        } else {
            try replace(target, with: bytes, isSecret: isSecret)
        }
    }

    /// Creates an ordinary file, with mode 0644 less the umask. Whatever stands at the path already, also a link, stays as it is.
    ///
    /// - Parameters:
    ///   - path: its path, in a folder that exists.
    ///   - bytes: the content.
    /// - Throws: why it cannot be created.
    public static func create(_ path: String, _ bytes: [UInt8]) throws(FileProblem) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw FileProblem(errno) }
        let problem = fill(file, bytes, mode: 0o644 & ~mask)
        close(file)
        guard let problem else { return }
        unsafe unlink(path)
        throw problem
    }

    /// Creates a folder and those that it is in, where they do not exist.
    ///
    /// - Parameter path: its path.
    /// - Throws: why that cannot be done.
    public static func createFolder(_ path: String) throws(FileProblem) {
        var status = stat()
        if unsafe stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw FileProblem(ENOTDIR) }
            return
        }
        let parent = split(path).folder
        if parent != path { try createFolder(parent) }
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { throw FileProblem(errno) }
    }

    /// Where a path leads: links in place of the file are followed by name, so that one to a file that does not exist yet leads there, too.
    static func target(of path: String) throws(FileProblem) -> String {
        var target = path
        for _ in 0..<40 {
            let (folder, name) = split(target)
            guard let absolute = unsafe realpath(folder, nil) else { throw FileProblem(errno) }
            defer { unsafe free(absolute) }
            let parent = unsafe String(cString: absolute)
            target = parent == "/" ? "/" + name : parent + "/" + name
            var status = stat()
            guard !isOpenFile(target), unsafe lstat(target, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return target }
            guard status.st_uid == geteuid() || status.st_uid == 0 else { throw .foreignLink }
            guard let link = destination(of: target) else { throw FileProblem(errno) }
            target = link.hasPrefix("/") ? link : parent + "/" + link
        }
        throw .links
    }

    /// Whether a path names what a process has opened, as `/dev/stdout` does. Such a link leads where no name does.
    static func isOpenFile(_ path: String) -> Bool { path.hasPrefix("/proc/") }

    /// The descriptor of this process that a path names. Opening it another time would begin at the beginning of the file.
    private static func ownDescriptor(_ path: String) -> Int32? {
        let folder = "/proc/\(getpid())/fd/"
        return path.hasPrefix(folder) ? Int32(path.dropFirst(folder.count)) : nil
    }

    /// A path as the folder and what is in it.
    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    private static func destination(of link: String) -> String? {
        var text = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe text.withUnsafeMutableBytes { unsafe readlink(link, $0.baseAddress!, $0.count) }
        return count < 0 ? nil : String(decoding: text[..<count], as: UTF8.self)
    }

    /// Writes a draft, whose name nobody can foresee, and renames it.
    private static func replace(_ target: String, with bytes: [UInt8], isSecret: Bool) throws(FileProblem) {
        let (folder, name) = split(target)
        guard !name.isEmpty, name != ".", name != ".." else { throw .folder }
        var draft = Array("\(folder)/.\(String(repeating: "X", count: 6))".utf8CString)
        let file = unsafe mkstemp(&draft)
        guard file >= 0 else { throw FileProblem(errno) }
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        let problem = fill(file, bytes, mode: isSecret ? 0o600 : 0o644 & ~mask)
        close(file)
        if problem == nil, unsafe rename(draft, target) == 0 { return }
        let failure = problem ?? FileProblem(errno)
        unsafe unlink(draft)
        throw failure
    }

    private static func fill(_ file: Int32, _ bytes: [UInt8], mode: mode_t) -> FileProblem? {
        do throws(FileProblem) {
            guard fchmod(file, mode) == 0 else { throw FileProblem(errno) }
            try put(bytes, into: file)
            return nil
        } catch {
            return error
        }
    }

    /// What this process takes away from the modes of new files. Reading it sets it, for a moment to what takes away most.
    private static var mask: mode_t {
        let mask = umask(0o077)
        umask(mask)
        return mask
    }

    /// Writes into what is there. Where nobody reads, that is an error after a while.
    private static func pour(_ bytes: [UInt8], into target: String, isFIFO: Bool) throws(FileProblem) {
        let (step, flags) = (Int32(20), O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        var file = unsafe open(target, flags)
        for _ in 0..<patience / step where isFIFO && file < 0 && errno == ENXIO {
            usleep(UInt32(step) * 1000)
            file = unsafe open(target, flags)
        }
        guard file >= 0 else { throw isFIFO && errno == ENXIO ? .noReader : FileProblem(errno) }
        defer { close(file) }
        try put(bytes, into: file)
    }

    private static func put(_ bytes: [UInt8], into file: Int32) throws(FileProblem) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // So many bytes go into a pipe at once when it takes any; more could make this process wait.
            guard isReady(file, POLLOUT, within: patience) else { throw .full }
            let part = rest.prefix(Int(PIPE_BUF))
            let count = unsafe part.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR, errno != EAGAIN {
                throw FileProblem(errno)
            }
        }
    }
}
