import MicroHTTP

/// A reply that does not arrive as HTTP wants it.
enum Break: Sendable, Equatable {
    case reset, close, stall
    case slowHeaders(over: Duration)
    case wrongLength(by: Int)
    case garbage(bytes: Int)
    case truncate(Part, then: Delivery.Ending)
    case dribble(chunks: Int, over: Duration)
    case badChunk

    /// How much of a body.
    enum Part: Sendable, Equatable {
        case bytes(Int)
        case percent(Int)

        /// As many bytes of a body.
        func count(of length: Int) -> Int {
            switch self {
            case .bytes(let count): min(count, length)
            case .percent(let percent): length * percent / 100
            }
        }
    }

    /// What it looks like in a scenario.
    static let kind = EffectKind(
        key: "break",
        variants: [
            variant(
                "a reset or a close", ["reset", "close"],
                [at(["request", "reply", "connection"], "before the work (default) or behind it")]),
            variant(
                "a stall", ["stall"], [at(["request", "reply", "headers", "body"], "where the silence begins; request is the default")]),
            variant("slow headers", ["slow-headers"], [over("the header block takes so long; default 3s")]),
            variant(
                "a wrong length", ["wrong-length"],
                [.init("by", .integer(-1_000_000...1_000_000), about: "added to the true Content-Length; default -1")]),
            variant("garbage", ["garbage"], [.init("bytes", .integer(1...1_048_576), about: "how many random bytes; default 512")]),
            variant(
                "a truncated body", ["truncate"],
                [
                    .init(
                        "keep", .oneOf([.integer(0...1 << 30), .text("a share", pattern: "[0-9]{1,2}%")], "bytes, or a share such as 60%"),
                        about: "how much of the body is sent; default 50%"),
                    .init("then", .word(["close", "reset"]), about: "how the connection ends; default close"),
                ]),
            variant(
                "a dribbled body", ["dribble"],
                [
                    .init("chunks", .integer(1...10_000), about: "in how many pieces; default 10"),
                    over("the body takes so long; default 1s"),
                ]),
            variant("a bad chunk", ["bad-chunk"], []),
        ])

    private static func variant(_ name: String, _ words: [String], _ fields: [Shape.Field]) -> Shape.Variant {
        .init(name: name, fields: [.init("break", .word(words), required: true, about: "what is broken")] + fields)
    }

    private static func at(_ stages: [String], _ about: String) -> Shape.Field { .init("at", .word(stages), about: about) }
    private static func over(_ about: String) -> Shape.Field { .init("over", .duration, about: about) }

    /// Reads an effect that has the key `break`.
    init(_ node: YAMLNode) {
        switch node["break"]?.text {
        case "reset": self = .reset
        case "close": self = .close
        case "slow-headers": self = .slowHeaders(over: node["over"]?.duration ?? .seconds(3))
        case "wrong-length": self = .wrongLength(by: node["by"]?.integer ?? -1)
        case "garbage": self = .garbage(bytes: node["bytes"]?.integer ?? 512)
        case "truncate":
            let share = node["keep"]?.text.flatMap { $0.hasSuffix("%") ? Int($0.dropLast()) : nil }
            let part = share.map { Part.percent($0) } ?? node["keep"]?.integer.map { .bytes($0) } ?? .percent(50)
            self = .truncate(part, then: node["then"]?.text == "reset" ? .reset : .close)
        case "dribble": self = .dribble(chunks: node["chunks"]?.integer ?? 10, over: node["over"]?.duration ?? .seconds(1))
        case "bad-chunk": self = .badChunk
        default: self = .stall
        }
    }

    /// How a reply of so many bytes goes out.
    ///
    /// - Parameters:
    ///   - length: the length of its body.
    ///   - stage: where a stall begins.
    ///   - draw: the rule's stream.
    ///   - n: the number of its next draw; garbage takes one.
    /// - Returns: `nil` for never.
    func delivery(of length: Int, at stage: Stage, _ draw: Draw, _ n: Int) -> Delivery? {
        switch self {
        case .reset: .reset
        case .close: .close
        case .stall: stage == .headers ? .stallInHeaders : stage == .body ? .stallInBody : nil
        case .slowHeaders(let over): .slowHeaders(over: over)
        case .wrongLength(let by): .wrongLength(by: by)
        case .garbage(let count): .garbage(draw.bytes(n, count: count))
        case .truncate(let part, let ending): .truncate(keep: part.count(of: length), then: ending)
        case .dribble(let chunks, let over): .dribble(chunks: chunks, over: over)
        case .badChunk: .badChunk
        }
    }
}

/// Where on its path a request is when an effect strikes, in this order.
enum Stage: String, Sendable {
    case connection, request, reply, headers, body, after
}
