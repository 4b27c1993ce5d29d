/// A job that an agent has picked up and not finished.
struct Run: Sendable {
    /// The steps of this run; the last is `completed`.
    var steps: [Progress.Step]
    /// Which step it is in.
    var step = 0
    /// The history entry of the attempt under way, if it has begun.
    var entry: Int?
    /// How many more reads the step lasts, if it lasts for reads.
    var readsLeft: Int?
    /// When the step ends, if it lasts for a time: an end put down for another step does not count.
    var ends: Timestamp?
}
