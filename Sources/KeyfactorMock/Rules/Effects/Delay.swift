/// A time to wait, always the same or drawn from the rule's stream.
enum Delay: Sendable, Equatable {
    case fixed(Duration)
    case uniform(Duration, Duration)
    case lognormal(median: Duration, sigma: Double, max: Duration)

    /// The longest wait: an hour. A longer one is a stall.
    static let longest = Duration.seconds(3600)

    /// What it looks like in a scenario.
    static let kind = EffectKind(
        key: "delay",
        variants: [
            .init(
                name: "a delay",
                fields: [
                    .init("delay", shape, required: true, about: "how long, on the wall clock; at most 1h"),
                    .init("at", .word(["request", "reply"]), about: "before the work (default) or behind it"),
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
                            ]), required: true, about: "like the answers of busy servers")
                ]),
        ], "a duration such as 250ms, { uniform: [ 100ms, 2s ] } or { lognormal: { median: 400ms, sigma: 0.5 } }")

    /// Reads the value of the key `delay`.
    ///
    /// - Throws: a uniform delay without two durations in order, or a delay that is too long.
    init(_ node: YAMLNode) throws(Mistake) {
        if let uniform = node["uniform"] {
            let bounds = uniform.items.compactMap(\.duration)
            guard bounds.count == 2, bounds[0] <= bounds[1] else {
                throw Mistake(uniform.mark, "'uniform' wants two durations, the shorter first, such as [ 100ms, 2s ]")
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
    /// - Parameters:
    ///   - draw: the rule's stream.
    ///   - n: the number of its next draw; one is taken unless the delay is fixed.
    /// - Returns: zero or more.
    func drawn(_ draw: Draw, _ n: inout Int) -> Duration {
        if case .fixed(let delay) = self { return delay }
        defer { n += 1 }
        switch self {
        case .fixed(let delay): return delay
        case .uniform(let shortest, let longest): return shortest + (longest - shortest) * draw.fraction(n)
        case .lognormal(let median, let sigma, let max):
            return min(.seconds(draw.lognormal(n, median: median / .seconds(1), sigma: sigma)), max)
        }
    }
}
