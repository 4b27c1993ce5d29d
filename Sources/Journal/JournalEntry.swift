public import Base
public import Command
public import MicroHTTP
import Model
public import Rules

/// One request with its reply, as the journal keeps it. The buffers of both are shared, not copied.
public struct JournalEntry: Sendable {
    /// What a request was for.
    public enum Subject: Sendable, Equatable {
        /// The number of an endpoint.
        case operation(Int)
        case token
        /// No operation.
        case nothing
    }

    /// Whether the estate was changed, or a token issued.
    public enum Effect: String, Sendable {
        case committed, none
    }

    /// How its reply goes out.
    public enum Delivery: String, Sendable {
        case whole, closed, reset, broken, never, left
        /// A rule still holds the request back.
        case pending
    }

    /// From 1, in the order of the commits; 0 while the exchange is pending.
    public var number = 0
    /// The world's time and the wall clock's.
    let at: Timestamp
    let wall: Timestamp
    /// User, client id, or else the address.
    public let caller: String
    /// The request as it came.
    public let request: Request
    let subject: Subject
    /// The rule that struck it.
    public let rule: String?
    /// The failure that the rule sent.
    let failure: String?
    var effect: Effect
    var delivery: Delivery
    /// 0 where nothing was sent.
    public let status: Int
    /// The reply's header fields and body, the latter cut at ``bodyCap``.
    let reply: Response
    /// The length of the reply's body as it was sent.
    let replyLength: Int
    /// The length of the request's body as it was received.
    let bodyLength: Int
    /// Why it was refused or is broken, or what else a developer should know.
    let why: String?
    /// How long it took until its reply began, with what rules add to that, in ticks of 100 ns.
    let duration: Int64
    /// Which rules were asked, and why each did or did not strike; `nil` if nobody wanted to know.
    let asked: [Explanation.Line]?
    /// What the store types of its world declared to be secret, in lower case.
    private let declaredSecrets: Set<String>

    /// The names in it that are secret although nothing but a store type says so.
    var secretNames: SecretNames { SecretNames(declaredSecrets) }

    /// Whether a rule still holds the request back.
    public var isPending: Bool { delivery == .pending }

    /// Whether the request is kept whole.
    public var isWhole: Bool { bodyLength <= Self.bodyCap }

    /// The most bytes of a body that are kept.
    static let bodyCap = 65_536

    /// An exchange that has not been numbered yet.
    ///
    /// - Parameters:
    ///   - request: the request; of a long body only ``bodyCap`` bytes are kept.
    ///   - subject: what it was for.
    ///   - caller: user, client id, or else the address.
    ///   - at: the world's time.
    ///   - wall: the wall clock's time.
    ///   - rule: the rule that struck it.
    ///   - failure: the failure that the rule sent.
    ///   - effect: whether anything was changed.
    ///   - delivery: how the reply goes out.
    ///   - reply: the reply; of a long body only ``bodyCap`` bytes are kept.
    ///   - why: why it was refused or is broken, or what else a developer should know.
    ///   - duration: how long it took, in ticks of 100 ns.
    ///   - asked: which rules were asked.
    ///   - declaredSecrets: the names, in lower case, that store types declare to be secret.
    public init(
        _ request: Request, _ subject: Subject, caller: String, at: Timestamp, wall: Timestamp, rule: String? = nil,
        failure: String? = nil, effect: Effect = .none, delivery: Delivery = .whole, reply: Response, why: String? = nil,
        duration: Int64 = 0, asked: [Explanation.Line]? = nil, declaredSecrets: Set<String> = []
    ) {
        (self.duration, self.asked) = (duration, asked)
        self.declaredSecrets = declaredSecrets
        (self.subject, self.at, self.wall, self.caller, self.rule, self.failure) = (subject, at, wall, caller, rule, failure)
        (self.effect, self.delivery, self.why) = (effect, delivery, why)
        bodyLength = request.body.count
        // Whoever holds the request back has all of it anyway.
        self.request = bodyLength > Self.bodyCap && delivery != .pending ? request.cut(body: Self.bodyCap) : request
        replyLength = reply.body.count
        status = delivery == .whole || delivery == .broken ? reply.status : 0
        var reply = reply
        if replyLength > Self.bodyCap { reply.body = Array(reply.body.prefix(Self.bodyCap)) }
        self.reply = reply
    }

    /// Whether neither an operation nor a rule answered it. What a browser asks on its own is no mistake of a client.
    var isUnmatched: Bool { subject == .nothing && rule == nil && !request.isOfBrowserItself }

    /// About how many bytes it holds.
    var size: Int {
        let texts = caller.heldBytes + why.heldBytes + (asked?.reduce(0) { $0 + $1.rule.heldBytes + $1.why.heldBytes + 48 } ?? 0)
        return request.bytes.count + reply.fields.count + reply.body.count + texts + MemoryLayout<JournalEntry>.stride + 128
    }

    /// Whether a pattern matches it.
    public func matches(_ pattern: OperationPattern, _ router: Router) -> Bool {
        switch (pattern.subject, subject) {
        case (.token, .token): true
        case (.operation, .token), (.token, _), (.connection, _): false
        case (.operation, _): router.segmentsBelowBase(request).map { pattern.matches(method: request.method.name, path: $0) } ?? false
        }
    }

    /// The exchange in a line, for reports.
    var line: String {
        let query = request.query.isEmpty ? "" : "?" + Secrets.query(request.text(request.query), cutTo: 200)
        let sent = status == 0 ? delivery.rawValue : delivery == .whole ? "\(status)" : "\(status) \(delivery.rawValue)"
        let by = rule.map { " (rule '\($0)')" } ?? ""
        return "\(number) \(request.line)\(query) \(sent) by \(caller)\(by)" + (why.map { ": \($0)" } ?? "")
    }

    /// The operation as Keyfactor's documentation writes it, or `token`.
    var operation: String? {
        switch subject {
        case .operation(let number): API.operations[number].name
        case .token: "token"
        case .nothing: nil
        }
    }
}
