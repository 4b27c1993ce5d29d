import MicroHTTP

/// One kind of effect as a scenario writes it.
struct EffectKind: Sendable {
    /// The key that tells it.
    let key: String
    let variants: [Shape.Variant]
}

/// What a rule does, by stage; the order in the file does not matter.
struct Effects: Sendable {
    /// What is sent instead of doing the work.
    enum Instead: Sendable {
        case refuse(Refuse)
        case answer(CannedAnswer)
        case broken(Break)
    }

    /// Every kind of effect, one in each file of this folder.
    static let kinds = [TLSFault.kind, Break.kind, Delay.kind, Refuse.kind, CannedAnswer.kind, Limit.kind, Alteration.kind, Change.kind]

    /// What an effect looks like.
    static let shape = Shape.variants("an effect", kinds.flatMap(\.variants))

    private(set) var connection: ConnectionFault?
    private(set) var delayBeforeWork: Delay?
    private(set) var limit: Limit?
    private(set) var instead: Instead?
    private(set) var alteration: Alteration?
    private(set) var delayBeforeReply: Delay?
    /// A reply that breaks, and where a stall begins.
    private(set) var broken: (kind: Break, at: Stage)?
    /// What is merged into the estate, as `change` has it.
    private(set) var change: YAMLNode?
    /// The effects in a few words, in the order of the file.
    private(set) var words: [String] = []

    /// Reads the effects of a rule.
    ///
    /// - Parameters:
    ///   - nodes: the effects in any order, checked against ``shape``.
    ///   - subject: what the rule is about.
    ///   - mistakes: receives effects that do not go together, or not with the subject.
    init(_ nodes: [YAMLNode], for subject: OperationPattern.Subject, _ mistakes: inout [Mistake]) {
        for node in nodes {
            words.append(Self.words(node))
            do throws(Mistake) {
                try add(node, subject)
            } catch {
                mistakes.append(error)
            }
        }
        if limit != nil, let other = nodes.first(where: { $0["limit"] == nil && $0["delay"] == nil && $0["change"] == nil }) {
            mistakes.append(
                Mistake(other.mark, "a limit answers for itself when it is used up", hint: "put the other effect into a rule of its own"))
        }
    }

    /// An effect as its rule's author wrote it: `delay 250ms`, `break reset at reply`.
    private static func words(_ node: YAMLNode) -> String {
        node.entries.map { entry in
            let value = entry.value.text ?? entry.value.json?.source ?? ""
            return "\(entry.key.text ?? "") \(value.count > 60 ? value.prefix(60) + "…" : value)"
        }.joined(separator: " ")
    }

    private mutating func add(_ node: YAMLNode, _ subject: OperationPattern.Subject) throws(Mistake) {
        let kind = Self.kinds.first { node[$0.key] != nil }?.key ?? ""
        let stage = node["at"]?.text.flatMap { Stage(rawValue: $0) }
        if subject == .connection { return try addToConnection(kind, node) }
        switch kind {
        case "delay":
            let delay = try Delay(node["delay"] ?? node)
            if stage == .reply { try fill(\.delayBeforeReply, delay, node) } else { try fill(\.delayBeforeWork, delay, node) }
        case "refuse": try fill(\.instead, .refuse(try Refuse(node["refuse"] ?? node)), node)
        case "answer": try fill(\.instead, .answer(CannedAnswer(node["answer"] ?? node)), node)
        case "limit": try fill(\.limit, Limit(node["limit"] ?? node), node)
        case "alter":
            if let patch = node["alter"]?["patch"], node["alter"]?["body"] != nil {
                throw Mistake(patch.mark, "'patch' changes the true body, and 'body' takes its place", hint: "leave out one of them")
            }
            try fill(\.alteration, Alteration(node["alter"] ?? node), node)
        case "change": try fill(\.change, node["change"], node)
        case "break":
            guard stage != .connection else {
                throw Mistake(node["at"]?.mark ?? node.mark, "only a rule of the operation 'connection' strikes at connection")
            }
            let broken = Break(node)
            let isEarly = [.reset, .close, .stall].contains(broken) && (stage ?? .request) == .request
            if isEarly { try fill(\.instead, .broken(broken), node) } else { try fill(\.broken, (broken, stage ?? .reply), node) }
        default: throw Mistake(node.mark, "'\(kind)' goes with the operation 'connection' alone")
        }
    }

    private mutating func addToConnection(_ kind: String, _ node: YAMLNode) throws(Mistake) {
        switch (kind, node["break"]?.text) {
        case ("tls", _): try fill(\.connection, TLSFault.fault(node["tls"]?.text), node)
        case ("break", "reset"): try fill(\.connection, .reset, node)
        case ("break", "close"): try fill(\.connection, .close, node)
        default: throw Mistake(node.mark, "a connection can have a TLS fault, a reset or a close", hint: "such as { tls: expired }")
        }
        guard let at = node["at"], at.text != "connection" else { return }
        throw Mistake(at.mark, "a rule of the operation 'connection' strikes at connection")
    }

    private mutating func fill<Value>(_ slot: WritableKeyPath<Effects, Value?>, _ value: Value?, _ node: YAMLNode) throws(Mistake) {
        guard self[keyPath: slot] == nil else {
            throw Mistake(node.mark, "another effect of this rule does the same, or stands in its place")
        }
        self[keyPath: slot] = value
    }
}
