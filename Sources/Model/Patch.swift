/// What a request or a file says of a member: nothing, null, or a value.
public enum Patch<Value: Sendable>: Sendable {
    case absent
    case null
    case value(Value)

    /// The value that holds afterwards: a member that is absent keeps the old value, null clears it.
    ///
    /// - Parameter old: the value before.
    /// - Returns: the value after.
    public func applied(to old: Value?) -> Value? {
        switch self {
        case .absent: old
        case .null: nil
        case .value(let new): new
        }
    }

    /// The value, if there is one.
    public var value: Value? { applied(to: nil) }
}
