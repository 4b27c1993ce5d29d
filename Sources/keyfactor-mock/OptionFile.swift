import ArgumentParser
import MicroHTTP

/// Files that options name.
enum OptionFile {
    /// Writes a file, if that is possible.
    ///
    /// - Parameters:
    ///   - text: the content.
    ///   - path: the file's path.
    ///   - option: the option that named it.
    ///   - isSecret: whether only this user may read it.
    /// - Returns: why it cannot be written, with exit code 69; `nil` if it was.
    static func write(_ text: String, to path: String, _ option: String, isSecret: Bool = false) -> Stop? {
        do throws(FileProblem) {
            try WholeFile.write(Array(text.utf8), to: path, isSecret: isSecret)
            return nil
        } catch {
            return Stop(code: .unavailable, description: "Cannot write \(option) \(path.abbreviated): \(error)")
        }
    }

    /// Reads what a server has written about itself. What is in a FIFO or a device is for others.
    ///
    /// - Parameter path: the file's path.
    /// - Returns: its content; `nil` if there is no such file.
    static func read(_ path: String) -> [UInt8]? { try? WholeFile.read(path, most: 1 << 20, isRegular: true) }
}
