public import Foundation

/// Texts that tests expect word for word, kept in files. Set `KFMOCK_RECORD=1` to write them again, then read the difference.
public enum Golden {
    /// The project's folder.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// What is wrong with a text, or nil if it is as expected.
    ///
    /// - Parameters:
    ///   - text: what came.
    ///   - path: the golden's path below the project's folder.
    /// - Returns: what is wrong, to be shown.
    public static func difference(_ text: String, _ path: String) -> String? {
        let file = root.appending(path: path)
        if ProcessInfo.processInfo.environment["KFMOCK_RECORD"] == "1" {
            try? FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try? Data(text.utf8).write(to: file)
            return nil
        }
        guard let data = try? Data(contentsOf: file) else { return "\(path) is missing; run the tests with KFMOCK_RECORD=1" }
        let expected = String(decoding: data, as: UTF8.self)
        return expected == text ? nil : "\(path) expects:\n\(expected)\nfound:\n\(text)"
    }
}
