public import Base
public import MicroHTTP
public import Model
public import ScenarioFormat

/// A kind of effect: one thing that a rule can do to the requests it strikes.
///
/// A kind is one type, in one file of this folder, and one line in ``Effects/kinds``. All that it has to answer is required here: how
/// it is written, and what it does. Where on the path of a request it does that follows from its ``Action``.
public protocol Effect: Sendable {
    /// How scenarios write it.
    static var form: EffectForm { get }

    /// Reads an effect of this kind.
    ///
    /// - Parameters:
    ///   - node: the effect, checked against ``form``.
    ///   - subject: what its rule is about, one of those that ``form`` allows.
    /// - Throws: what the form cannot express.
    /// - Returns: what it does.
    static func action(_ node: YAMLNode, for subject: OperationPattern.Subject) throws(Mistake) -> Action
}

/// How scenarios write a kind of effect.
public struct EffectForm: Sendable {
    /// Which rules may have it.
    public enum Use: Sendable {
        case requests
        case connections
        case both
    }

    /// The key that identifies it.
    let key: String
    let use: Use
    /// Its variants, each with the key first.
    let variants: [Shape.Variant]
}

/// What an effect does, by the stage of a request at which it does it. The cases are in the order of the stages.
public enum Action: Sendable {
    /// The connection fails before anything is read from it.
    case failConnection(ConnectionFault)
    /// The rule strikes only the requests beyond a limit, and refuses them.
    case limit(Limit)
    /// The request waits before its work.
    case delayBeforeWork(Delay)
    /// Something else happens in place of the work.
    case replaceWork(Substitute)
    /// Seeds are merged into the estate, so that the next request sees it changed.
    case changeEstate(YAMLNode)
    /// The reply is altered; there is none where the work was replaced by silence.
    case alterReply(@Sendable (inout Response) -> Void)
    /// The reply waits before it is sent.
    case delayBeforeReply(Delay)
    /// The reply is not delivered as HTTP requires.
    case deliver(Transmission)

    /// Whether it may stand beside a limit, which sends a refusal of its own.
    var goesWithLimit: Bool {
        switch self {
        case .limit, .delayBeforeWork, .delayBeforeReply, .changeEstate: true
        case .failConnection, .replaceWork, .alterReply, .deliver: false
        }
    }
}

/// What happens in place of the work.
public struct Substitute: Sendable {
    /// What it may know about the request.
    public struct Context: Sendable {
        /// User, client id, or else the address.
        let caller: String
        /// The identifier in the path, or the empty GUID.
        let identifier: String
        /// The world's time.
        let now: Timestamp
        /// The path of the operation; empty for requests that meet none.
        let path: String
        /// The release that answers.
        let product: ProductVersion
        /// Whether the second version of the operation is asked for.
        let isVersionTwo: Bool
        /// The switches of the scenario.
        let fidelity: Fidelity

        /// A context by its parts.
        public init(
            caller: String, identifier: String, now: Timestamp, path: String = "", product: ProductVersion = .v25,
            isVersionTwo: Bool = false, fidelity: Fidelity = .init()
        ) {
            (self.caller, self.identifier, self.now) = (caller, identifier, now)
            (self.path, self.product, self.isVersionTwo, self.fidelity) = (path, product, isVersionTwo, fidelity)
        }
    }

    /// What is sent.
    public enum Outcome: Sendable {
        case reply(WrittenReply)
        /// No reply: the connection ends like this, or, with `nil`, stays silent.
        case noReply(Delivery?)
    }

    /// The failure that it simulates, if it has a name.
    public var failure: String?
    /// Whether it is meant for paths, too, at which the mock serves nothing.
    public var servesAnyPath = false
    /// What is sent instead.
    public let outcome: @Sendable (Context) -> Outcome
}

/// How a reply is delivered.
public struct Transmission: Sendable {
    /// How many draws the choice takes from the rule's stream.
    var draws = 0
    /// Chooses the delivery for a body of so many bytes; `nil` sends nothing, ever.
    let delivery: @Sendable (_ length: Int, inout Draws) -> Delivery?
}

extension Transmission {
    /// The same delivery whatever the body.
    init(_ delivery: Delivery?) { self.init { _, _ in delivery } }
}
