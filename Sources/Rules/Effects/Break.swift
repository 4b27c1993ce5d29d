import MicroHTTP
import ScenarioFormat

/// A reply that does not arrive as HTTP requires, or a connection that ends without one.
enum Break: Effect {
    static let form = EffectForm(
        key: "break", use: .both,
        variants: [
            variant(
                "a reset or a close", ["reset", "close"], [at(["request", "reply", "connection"], "before the work (default) or after it")]),
            variant("a stall", ["stall"], [at(["request", "reply", "headers", "body"], "where the silence begins; default request")]),
            variant("slow headers", ["slow-headers"], [over("how long the header block takes; default 3s")]),
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
                    over("how long the body takes; default 1s"),
                ]),
            variant("a bad chunk", ["bad-chunk"], []),
        ])

    private static func variant(_ name: String, _ words: [String], _ fields: [Shape.Field]) -> Shape.Variant {
        .init(name: name, fields: [.init("break", .word(words), required: true, about: "what is broken")] + fields)
    }

    private static func at(_ stages: [String], _ about: String) -> Shape.Field { .init("at", .word(stages), about: about) }
    private static func over(_ about: String) -> Shape.Field { .init("over", .duration, about: about) }

    static func action(_ node: YAMLNode, for subject: OperationPattern.Subject) throws(Mistake) -> Action {
        let (word, at) = (node["break"]?.text, node["at"])
        guard subject == .connection else {
            guard at?.text != "connection" else {
                throw Mistake(at?.mark ?? node.mark, "only a rule of the operation 'connection' strikes at connection")
            }
            return isBeforeWork(node) ? .replaceWork(instead(word)) : .deliver(transmission(node))
        }
        guard let fault: ConnectionFault = word == "reset" ? .reset : word == "close" ? .close : nil else {
            throw .notForConnections(node)
        }
        guard at == nil || at?.text == "connection" else {
            throw Mistake(at?.mark ?? node.mark, "a rule of the operation 'connection' strikes at connection")
        }
        return .failConnection(fault)
    }

    private static func isBeforeWork(_ node: YAMLNode) -> Bool {
        ["reset", "close", "stall"].contains(node["break"]?.text) && (node["at"]?.text ?? "request") == "request"
    }

    private static func instead(_ word: String?) -> Substitute {
        let ending: Delivery? = word == "reset" ? .reset : word == "close" ? .close : nil
        return Substitute { _ in .noReply(ending) }
    }

    private static func transmission(_ node: YAMLNode) -> Transmission {
        switch node["break"]?.text {
        case "reset": return Transmission(.reset)
        case "close": return Transmission(.close)
        case "slow-headers": return Transmission(.slowHeaders(over: node["over"]?.duration ?? .seconds(3)))
        case "wrong-length": return Transmission(.wrongLength(by: node["by"]?.integer ?? -1))
        case "garbage":
            let count = node["bytes"]?.integer ?? 512
            return Transmission(draws: 1) { _, draws in .garbage(draws.bytes(count)) }
        case "truncate":
            let (share, bytes) = (percent(node["keep"]), node["keep"]?.integer)
            let ending: Delivery.Ending = node["then"]?.text == "reset" ? .reset : .close
            return Transmission { length, _ in
                .truncate(keep: share.map { length * $0 / 100 } ?? bytes.map { min($0, length) } ?? length / 2, then: ending)
            }
        case "dribble":
            return Transmission(.dribble(chunks: node["chunks"]?.integer ?? 10, over: node["over"]?.duration ?? .seconds(1)))
        case "bad-chunk": return Transmission(.badChunk)
        default: return Transmission(node["at"]?.text == "headers" ? .stallInHeaders : node["at"]?.text == "body" ? .stallInBody : nil)
        }
    }

    private static func percent(_ node: YAMLNode?) -> Int? { node?.text.flatMap { $0.hasSuffix("%") ? Int($0.dropLast()) : nil } }
}
