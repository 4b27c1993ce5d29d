import Entities
import MicroHTTP
public import Rules
import Model

/// What a world holds, and whether it may hold more. What would be too much is refused before anything is changed.
extension WorldState {
    /// About how many bytes a world holds that holds nothing.
    private static let bare = 4 << 10

    /// About how many bytes the world holds that it shares with no other.
    public var ownBytes: Int { estate.ownBytes + otherBytes }

    /// About how many of these bytes lie outside its estate.
    private var otherBytes: Int {
        let rules = (book === scenario.rules ? 0 : book.bytes) + rules.keyBytes
        return Self.bare + rules + tokens.bytes + (hasOwnScenario ? scenario.bytes : 0)
    }

    /// Whether the world may hold so much: no more than now, or as much as there is room for beside what cannot be dropped.
    public func hasRoom(for bytes: Int) -> Bool { bytes <= ownBytes || budget.fixed(for: name) + bytes <= budget.limit }

    /// Whether a copy of the world may be another world.
    public func forkHasRoom(as name: String) -> Bool { budget.fixed(for: name) + ownBytes <= budget.limit }

    /// Whether the world may have other rules.
    public func hasRoom(for book: RuleBook) -> Bool { hasRoom(for: ownBytes + book.bytes - self.book.bytes) }

    /// Whether the world may have another estate.
    func hasRoom(for estate: Estate) -> Bool { hasRoom(for: estate.ownBytes + otherBytes) }

    /// Changes the estate as an operation asks.
    ///
    /// - Parameters:
    ///   - change: what is to be done.
    ///   - request: who asks for it.
    /// - Throws: a refusal if the estate would hold more than it may; then nothing is changed.
    /// - Returns: the reply.
    mutating func commit(_ change: (inout Estate) -> Reply, for request: Request) throws(Refusal) -> Reply {
        // While little is held, no short request leads anywhere near the limit, and a change in place copies nothing.
        if budget.used <= budget.limit / 8, request.body.count <= budget.limit >> 14 { return change(&estate) }
        var changed = estate
        let reply = change(&changed)
        guard hasRoom(for: changed) else { throw .worldsAreFull(limit: budget.limit) }
        estate = changed
        return reply
    }
}
