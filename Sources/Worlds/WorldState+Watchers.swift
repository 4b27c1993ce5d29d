public import Base
public import MicroHTTP

/// Those who wait for something to happen in a world, and who want to know why it happens.
extension WorldState {
    /// Lets somebody wait for something to happen.
    ///
    /// - Parameter bell: rung at every change until it is taken away.
    public mutating func watch(_ bell: Bell) { watchers.append(bell) }

    /// Ends what ``watch(_:)`` began.
    public mutating func unwatch(_ bell: Bell) { watchers.removeAll { $0 === bell } }

    /// Notes of the requests to come which rules were asked.
    ///
    /// - Parameter end: until when, on the wall clock.
    public mutating func explain(until end: Timestamp) { explainsUntil = max(explainsUntil, end) }
}
