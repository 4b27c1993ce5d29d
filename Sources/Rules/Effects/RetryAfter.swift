import Base
import ScenarioFormat

/// When a client may try again: `Retry-After`, in one of the two forms of RFC 9110, section 10.2.3.
struct RetryAfter: Sendable, Equatable {
    /// How it is written.
    enum Form: String, Sendable, CaseIterable {
        case seconds
        /// An HTTP date on the world's clock.
        case date
        /// No header field.
        case none
    }

    let after: Duration
    let form: Form

    /// What it looks like in a scenario: `30s`, or `{ date: 30s }`.
    static let shape = Shape.oneOf(
        [
            .duration,
            .object("a date", fields: [.init("date", .duration, required: true, about: "sent as an HTTP date on the world's clock")]),
        ],
        "a duration such as 30s, or { date: 30s } for an HTTP date")

    /// A time to wait.
    init(_ after: Duration, _ form: Form) {
        self.after = after
        self.form = form
    }

    /// Reads what fits ``shape``.
    init(_ node: YAMLNode) {
        self.init(node.duration ?? node["date"]?.duration ?? .zero, node["date"] == nil ? .seconds : .date)
    }

    /// The header field's value. A part of a second counts as a whole one.
    ///
    /// - Parameter now: the world's time.
    /// - Returns: `nil` for no field.
    func value(now: Timestamp) -> String? {
        let (seconds, rest) = after.components
        let whole = seconds + (rest > 0 ? 1 : 0)
        return switch form {
        case .seconds: String(max(0, whole))
        case .date: (now + .seconds(whole)).httpDate
        case .none: nil
        }
    }
}
