import CListener

/// The bytes that the connections of one or several listeners may hold together, and how many they do hold: bodies that are being read
/// or whose requests are worked on, and replies that their clients have not read.
@safe public final class ConnectionBudget: @unchecked Sendable {
    /// The most bytes.
    public let limit: Int
    /// Counts atomically, so it is safe to share. `nil` where memory is short: then nothing is counted.
    let raw: OpaquePointer?

    /// A budget.
    ///
    /// - Parameter limit: the most bytes.
    public init(_ limit: Int) {
        self.limit = limit
        unsafe raw = listener_budget_make(limit)
    }

    deinit {
        if let raw = unsafe raw { unsafe listener_budget_free(raw) }
    }

    /// The bytes that are held.
    public var used: Int {
        guard let raw = unsafe raw else { return 0 }
        return unsafe Int(listener_budget_used(raw))
    }

    /// The longest reply.
    var longestReply: Int { limit / 2 }
}
