import Base

/// The bearer tokens that a world's token endpoint has issued.
public struct Tokens: Sendable {
    /// What is known of a token.
    enum Finding: Sendable, Equatable {
        case valid(client: String)
        case expired(client: String, at: Timestamp)
        /// Not one of the mock's.
        case unknown
    }

    /// The most tokens kept; SDKs that ask for one before every call would otherwise fill the memory. The oldest is dropped first.
    static let limit = 65_536

    private var issued: [String: (client: String, expires: Timestamp)] = [:]
    private var order: [String] = []
    private var oldest = 0
    /// About how many bytes they hold.
    private(set) var bytes = 0

    /// No tokens.
    init() {}

    /// Issues a token.
    ///
    /// - Parameters:
    ///   - client: the client that gets it.
    ///   - world: the world that issues it; the token contains its name.
    ///   - expires: when it becomes invalid.
    ///   - identifiers: what it is drawn from, so that the same run gives the same tokens.
    /// - Returns: what follows `Bearer`.
    mutating func issue(to client: String, in world: String, expires: Timestamp, _ identifiers: inout Identifiers) -> String {
        let text = "kfm-\(world)-\(identifiers.next(.token).text)-\(identifiers.next(.token).text)"
        if order.count < Self.limit {
            order.append(text)
        } else {
            if let old = issued.removeValue(forKey: order[oldest]) { bytes -= Self.size(order[oldest], old.client) }
            order[oldest] = text
            oldest = (oldest + 1) % Self.limit
        }
        issued[text] = (client, expires)
        bytes += Self.size(text, client)
        return text
    }

    private static func size(_ text: String, _ client: String) -> Int { text.heldBytes + client.heldBytes + 128 }

    /// The world that a token claims to be issued by.
    ///
    /// - Parameter text: a token of any origin.
    /// - Returns: `nil` if it is not one of the mock's.
    static func world(of text: String) -> Substring? {
        let secret = 2 * (GUID.length + 1)
        guard text.hasPrefix("kfm-"), text.utf8.count > 4 + secret else { return nil }
        return text.dropFirst(4).dropLast(secret)
    }

    /// Looks up a token.
    func find(_ text: String, now: Timestamp) -> Finding {
        guard let token = issued[text] else { return .unknown }
        return now < token.expires ? .valid(client: token.client) : .expired(client: token.client, at: token.expires)
    }
}
