public import ScenarioFormat

/// A time to wait, always the same or drawn from the rule's stream.
public enum Delay: Effect, Equatable {
    case fixed(Duration)
    case uniform(Duration, Duration)
    case lognormal(median: Duration, sigma: Double, max: Duration)

    /// The longest wait: an hour. A longer one is a stall.
    static let longest = Duration.seconds(3600)

    /// How a scenario writes a delay: a fixed or a drawn time, before the work or before the reply.
    public static let form = EffectForm(
        key: "delay", use: .requests,
        variants: [
            .init(
                name: "a delay",
                fields: [
                    .init("delay", shape, required: true, about: "how long, on the wall clock; at most 1h"),
                    .init("at", .word(["request", "reply"]), about: "before the work (default) or after it"),
                ])
        ])

    private static let shape = Shape.oneOf(
        [
            .duration,
            .object("a uniform delay", fields: [.init("uniform", .list(.duration), required: true, about: "the shortest and the longest")]),
            .object(
                "a lognormal delay",
                fields: [
                    .init(
                        "lognormal",
                        .object(
                            "a lognormal distribution",
                            fields: [
                                .init("median", .duration, required: true, about: "half of the delays are shorter"),
                                .init("sigma", .number(0...5), required: true, about: "how widely they spread, such as 0.5"),
                                .init("max", .duration, about: "none is longer; default 1h"),
                            ]), required: true, about: "like the response times of a busy server")
                ]),
        ], "a duration such as 250ms, { uniform: [ 100ms, 2s ] } or { lognormal: { median: 400ms, sigma: 0.5 } }")

    /// A delay at the stage that `at` names; before the work unless it says `reply`.
    public static func action(_ node: YAMLNode, for subject: OperationPattern.Subject) throws(Mistake) -> Action {
        let delay = try Delay(node["delay"] ?? node)
        return node["at"]?.text == "reply" ? .delayBeforeReply(delay) : .delayBeforeWork(delay)
    }

    /// Reads the value of the key `delay`.
    ///
    /// - Throws: a uniform delay without two durations in order, or a delay that is too long.
    init(_ node: YAMLNode) throws(Mistake) {
        if let uniform = node["uniform"] {
            let bounds = uniform.items.compactMap(\.duration)
            guard bounds.count == 2, bounds[0] <= bounds[1] else {
                throw Mistake(uniform.mark, "'uniform' needs two durations, the shorter first, such as [ 100ms, 2s ]")
            }
            self = .uniform(bounds[0], bounds[1])
        } else if let normal = node["lognormal"] {
            self = .lognormal(
                median: normal["median"]?.duration ?? .zero, sigma: normal["sigma"]?.number ?? 0,
                max: normal["max"]?.duration ?? Self.longest)
        } else {
            self = .fixed(node.duration ?? .zero)
        }
        guard longest <= Self.longest else {
            throw Mistake(node.mark, "a delay is at most 1h", hint: "to never answer, write break: stall")
        }
    }

    private var longest: Duration {
        switch self {
        case .fixed(let delay): delay
        case .uniform(_, let longest): longest
        case .lognormal(_, _, let max): max
        }
    }

    /// How long to wait.
    ///
    /// - Parameter draws: the rule's stream; one draw is taken unless the delay is fixed.
    /// - Returns: zero or more.
    func drawn(_ draws: inout Draws) -> Duration {
        switch self {
        case .fixed(let delay): delay
        case .uniform(let shortest, let longest): shortest + (longest - shortest) * draws.fraction()
        case .lognormal(let median, let sigma, let max):
            min(.seconds(draws.lognormal(median: median / .seconds(1), sigma: sigma)), max)
        }
    }
}
