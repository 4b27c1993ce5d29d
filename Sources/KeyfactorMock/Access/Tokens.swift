/// The bearer tokens that a world's token endpoint has given out.
struct Tokens: Sendable {
    /// What a token turns out to be.
    enum Finding: Sendable, Equatable {
        case valid(client: String)
        case expired
        /// Not one of ours.
        case unknown
    }

    /// The most tokens kept; SDKs that ask for one before every call would otherwise fill the memory. The oldest goes first.
    static let limit = 65_536

    private var issued: [String: (client: String, expires: Timestamp)] = [:]
    private var order: [String] = []
    private var oldest = 0

    /// No tokens.
    init() {}

    /// Gives out a token.
    ///
    /// - Parameters:
    ///   - client: whom it is for.
    ///   - world: the world that gives it out; it can be read off the token.
    ///   - expires: from when on it is refused.
    ///   - identifiers: what it is drawn from: the same run gives the same tokens.
    /// - Returns: what goes behind `Bearer`.
    mutating func issue(to client: String, in world: String, expires: Timestamp, _ identifiers: inout Identifiers) -> String {
        let text = "kfm-\(world)-\(identifiers.next(.token).text)-\(identifiers.next(.token).text)"
        if order.count < Self.limit {
            order.append(text)
        } else {
            issued[order[oldest]] = nil
            order[oldest] = text
            oldest = (oldest + 1) % Self.limit
        }
        issued[text] = (client, expires)
        return text
    }

    /// The world that a token says it was given out by.
    ///
    /// - Parameter text: a token, perhaps not one of ours.
    /// - Returns: `nil` if it is none of ours.
    static func world(of text: String) -> Substring? {
        let secret = 2 * (GUID.length + 1)
        guard text.hasPrefix("kfm-"), text.utf8.count > 4 + secret else { return nil }
        return text.dropFirst(4).dropLast(secret)
    }

    /// Finds out about a token.
    func find(_ text: String, now: Timestamp) -> Finding {
        guard let token = issued[text] else { return .unknown }
        return now < token.expires ? .valid(client: token.client) : .expired
    }
}
