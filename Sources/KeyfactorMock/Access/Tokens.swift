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
    ///   - expires: from when on it is refused.
    ///   - identifiers: what it is drawn from: the same run gives the same tokens.
    /// - Returns: what goes behind `Bearer`.
    mutating func issue(to client: String, expires: Timestamp, _ identifiers: inout Identifiers) -> String {
        let text = "kfm-\(identifiers.next(.token).text)-\(identifiers.next(.token).text)"
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

    /// Finds out about a token.
    func find(_ text: String, now: Timestamp) -> Finding {
        guard let token = issued[text] else { return .unknown }
        return now < token.expires ? .valid(client: token.client) : .expired
    }
}
