public import Base
import MicroHTTP
public import Model
public import Rules

/// An exchange that waits before its work. If nobody resumes it, its client has left, and the journal records that.
public final class Waiting: Sendable {
    /// The exchange that waits.
    public let exchange: Exchange
    /// Who makes the request; `nil` if nobody was recognised.
    public let caller: Caller?
    /// The rule that makes it wait, with what was drawn.
    public let strike: Strike
    /// The generation of the world in which it began to wait.
    public let generation: Int
    /// Ends its record as pending.
    public let ticket: Int
    /// When it came, on the wall clock.
    public let since: Timestamp
    private let time: TimeSource
    private let isClaimed = Lock(false)

    /// A waiting exchange by its parts.
    public init(
        _ exchange: Exchange, _ caller: Caller?, _ strike: Strike, generation: Int, ticket: Int, since: Timestamp, _ time: TimeSource
    ) {
        (self.exchange, self.caller, self.strike, self.generation, self.ticket) = (exchange, caller, strike, generation, ticket)
        (self.since, self.time) = (since, time)
    }

    /// Claims the exchange, to resume it or to record that its client left.
    ///
    /// - Returns: whether nobody had claimed it before.
    public func claim() -> Bool {
        isClaimed.withLock { isClaimed in
            defer { isClaimed = true }
            return !isClaimed
        }
    }

    deinit {
        guard claim() else { return }
        let (exchange, caller, strike, generation, ticket, wall) = (exchange, caller, strike, generation, ticket, time.now())
        exchange.world.withState { state in
            guard state.generation == generation else { return }
            state.release(ticket)
            state.recordDeparture(exchange, caller, strike, wall: wall)
        }
    }
}
