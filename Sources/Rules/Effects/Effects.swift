import Base
public import MicroHTTP
public import ScenarioFormat

/// What a rule does, by stage. The order in the file does not matter, and each stage is taken at most once.
public struct Effects: Sendable {
    /// Every kind of effect; each has a file in this folder. The order is that of the JSON Schema.
    public static let kinds: [any Effect.Type] = [
        TLSFault.self, Break.self, Delay.self, Refuse.self, CannedAnswer.self, Limit.self, Alteration.self, Change.self,
    ]

    /// What an effect looks like.
    static let shape = Shape.variants("an effect", kinds.flatMap { $0.form.variants })

    /// How the connection fails; `nil` if it does not.
    public private(set) var connectionFault: ConnectionFault?
    /// The rate beyond which requests are refused; `nil` for no limit.
    public private(set) var limit: Limit?
    private(set) var delayBeforeWork: Delay?
    /// What happens in place of the work; `nil` if the work is done.
    public private(set) var substitute: Substitute?
    /// The seeds to merge into the estate; `nil` if it stays as it is.
    public private(set) var change: YAMLNode?
    private(set) var alteration: (@Sendable (inout Response) -> Void)?
    private(set) var delayBeforeReply: Delay?
    private(set) var transmission: Transmission?
    /// The effects in a few words, in the order of the file.
    public private(set) var words: [String] = []

    /// Reads the effects of a rule.
    ///
    /// - Parameters:
    ///   - nodes: the effects in any order, checked against ``shape``.
    ///   - subject: what the rule is about.
    ///   - kinds: the kinds of effects that there are.
    ///   - mistakes: receives effects that exclude each other, or do not fit the subject.
    init(
        _ nodes: [YAMLNode], for subject: OperationPattern.Subject, kinds: [any Effect.Type] = Effects.kinds, _ mistakes: inout [Mistake]
    ) {
        var besidesLimit: YAMLNode?
        for node in nodes {
            words.append(Self.words(node))
            do throws(Mistake) {
                let action = try Self.action(node, for: subject, kinds)
                try add(action, node)
                if besidesLimit == nil, !action.goesWithLimit { besidesLimit = node }
            } catch {
                mistakes.append(error)
            }
        }
        if limit != nil, let other = besidesLimit {
            mistakes.append(
                Mistake(
                    other.mark, "a limit sends its own refusal when it is exceeded", hint: "put the other effect into a rule of its own"))
        }
    }

    /// An effect as its rule's author wrote it: `delay 250ms`, `break reset at reply`.
    private static func words(_ node: YAMLNode) -> String {
        node.entries.map { entry in
            // In words of its own: `tokens: 1` looks like a secret.
            if entry.key.text == "limit" {
                return "limit of \(entry.value["tokens"]?.text ?? ""), refilled \(entry.value["refill"]?.text ?? "")"
            }
            let value = entry.value.text ?? entry.value.json?.source ?? ""
            return "\(entry.key.text ?? "") \(value.count > 60 ? value.prefix(60) + "…" : value)"
        }.joined(separator: " ")
    }

    private static func action(
        _ node: YAMLNode, for subject: OperationPattern.Subject, _ kinds: [any Effect.Type]
    ) throws(Mistake) -> Action {
        guard let kind = kinds.first(where: { node[$0.form.key] != nil }) else { throw Mistake(node.mark, "this is no effect") }
        switch (kind.form.use, subject) {
        case (.requests, .connection): throw .notForConnections(node)
        case (.connections, .operation), (.connections, .token):
            throw Mistake(node.mark, "'\(kind.form.key)' goes with the operation 'connection' alone")
        case (.requests, .operation), (.requests, .token), (.connections, .connection), (.both, _):
            return try kind.action(node, for: subject)
        }
    }

    private mutating func add(_ action: Action, _ node: YAMLNode) throws(Mistake) {
        switch action {
        case .failConnection(let fault): try fill(\.connectionFault, fault, node)
        case .limit(let limit): try fill(\.limit, limit, node)
        case .delayBeforeWork(let delay): try fill(\.delayBeforeWork, delay, node)
        case .replaceWork(let substitute): try fill(\.substitute, substitute, node)
        case .changeEstate(let change): try fill(\.change, change, node)
        case .alterReply(let alteration): try fill(\.alteration, alteration, node)
        case .delayBeforeReply(let delay): try fill(\.delayBeforeReply, delay, node)
        case .deliver(let transmission): try fill(\.transmission, transmission, node)
        }
    }

    private mutating func fill<Value>(_ slot: WritableKeyPath<Effects, Value?>, _ value: Value, _ node: YAMLNode) throws(Mistake) {
        guard self[keyPath: slot] == nil else {
            throw Mistake(node.mark, "another effect of this rule does the same, or takes its place")
        }
        self[keyPath: slot] = value
    }
}

extension Mistake {
    /// An effect that a connection cannot have.
    static func notForConnections(_ node: YAMLNode) -> Mistake {
        Mistake(node.mark, "a connection can have a TLS fault, a reset or a close", hint: "such as { tls: expired }")
    }
}
