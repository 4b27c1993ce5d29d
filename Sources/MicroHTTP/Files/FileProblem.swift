import Glibc

/// Why a file cannot be read or written, and what to do about it.
public struct FileProblem: Error, Equatable, CustomStringConvertible {
    /// The reason and the advice, without the file's name: `No space left on device. Make room there.`
    public let description: String

    init(_ description: String) { self.description = description }

    /// What the system says, with advice.
    ///
    /// - Parameter number: the value of `errno`.
    init(_ number: Int32) {
        let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        let advice: String? =
            switch number {
            case ENOENT: "Check that it, or the folder it is to be in, exists."
            case EACCES, EPERM, EROFS: "Check that this user may use it and its folder."
            case EISDIR, ENOTDIR: "Give the path of a file."
            case ENAMETOOLONG: "Choose a shorter name."
            case ENOSPC, EDQUOT: "Make room there."
            case EFBIG: "Raise the limit on the size of files, 'ulimit -f'."
            case EBUSY: "If it is mounted, mount its folder instead."
            case EPIPE: "Its reader has closed it."
            default: nil
            }
        self.init(reason + "." + (advice.map { " " + $0 } ?? ""))
    }

    static let folder = FileProblem(EISDIR)
    static let noWriter = FileProblem("It is a FIFO that nobody writes into. Start its writer, or give the path of a file.")
    static let noReader = FileProblem("It is a FIFO that nobody reads. Start its reader, or give the path of a file.")
    static let silent = FileProblem("What writes into it has written nothing for a minute. Give the path of a file.")
    static let full = FileProblem("Its reader has stopped reading. Give the path of a file.")
    static let notRegular = FileProblem("It is no ordinary file. Give the path of one.")
    static let foreignLink = FileProblem("It is a symbolic link of another user. Give the path that it leads to.")
    static let links = FileProblem(ELOOP)

    /// A file is larger than what is read.
    ///
    /// - Parameter most: how much that is, in bytes.
    /// - Returns: the problem.
    static func large(_ most: Int) -> FileProblem { FileProblem("It is larger than \(most >> 20) MiB. Give the path of a smaller file.") }
}
