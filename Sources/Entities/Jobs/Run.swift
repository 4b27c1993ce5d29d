public import Base

/// A job that an agent has picked up and not finished.
public struct Run: Sendable {
    /// The steps of this run; the last is `completed`.
    public var steps: [Progress.Step]
    /// Which step it is in.
    public var step = 0
    /// The history entry of the running attempt, if it has begun.
    public var entry: Int?
    /// How many more reads the step lasts, if it lasts for reads.
    public var readsLeft: Int?
    /// How many looks count as a read.
    public static let looksPerRead = 5
    /// How often it was looked at since the last look that counted.
    public var looks = 0
    /// When the step ends, if it lasts for a time: an end scheduled for another step does not count.
    public var ends: Timestamp?
    /// Whether another run follows at once, since a client asked for it while this one was in process.
    public var isRepeated = false

    /// A run by its parts, at its first step unless said otherwise.
    public init(steps: [Progress.Step], step: Int = 0, entry: Int? = nil, readsLeft: Int? = nil, ends: Timestamp? = nil) {
        self.steps = steps
        self.step = step
        self.entry = entry
        self.readsLeft = readsLeft
        self.ends = ends
    }
}
