/// Asks several worlds the same question. It waits for none that is busy, so it may take several rounds.
public struct Survey<Finding: Sendable>: Sendable {
    private let worlds: [World]
    private let question: @Sendable (WorldState) -> Finding
    private var found: [Finding?]

    /// A survey that has asked nobody yet.
    ///
    /// - Parameters:
    ///   - worlds: the worlds.
    ///   - question: what each is asked, under its lock.
    public init(_ worlds: [World], _ question: @escaping @Sendable (WorldState) -> Finding) {
        (self.worlds, self.question) = (worlds, question)
        found = worlds.map { _ in nil }
    }

    /// Asks the worlds that have not answered.
    ///
    /// - Returns: whether all have answered now.
    public mutating func ask() -> Bool {
        for place in worlds.indices where found[place] == nil {
            found[place] = worlds[place].withStateIfFree { question($0) }
        }
        return findings.count == worlds.count
    }

    /// The answers so far, in the order of the worlds.
    public var findings: [Finding] { found.compactMap { $0 } }
}
