/// Why something could not be read or made.
public struct PKIMistake: Error, Equatable {
    /// What was wrong, where, and what would be right: one or two sentences.
    public let message: String

    /// A mistake.
    ///
    /// - Parameter message: one or two sentences.
    public init(_ message: String) { self.message = message }
}
