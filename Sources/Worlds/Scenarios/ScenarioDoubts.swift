import ScenarioFormat

/// What is allowed in the parts `clock` and `progress` of a scenario and yet hardly meant.
enum ScenarioDoubts {
    /// Finds them.
    ///
    /// - Parameter node: the whole scenario.
    /// - Returns: each doubt with its place and a hint.
    static func warnings(_ node: YAMLNode) -> [Mistake] {
        [clock(node["clock"])].compactMap { $0 } + scripts(node["progress"]?.items ?? [])
    }

    /// A rate of a clock that has none.
    private static func clock(_ node: YAMLNode?) -> Mistake? {
        guard let rate = node?["rate"], let mode = node?["mode"]?.text, mode != "scaled" else { return nil }
        return Mistake(rate.mark, "a \(mode) clock has no rate", hint: "write mode: scaled, or leave the rate out")
    }

    /// Scripts below one that matches all their jobs.
    private static func scripts(_ scripts: [YAMLNode]) -> [Mistake] {
        func wanted(_ script: YAMLNode, _ key: String) -> String? { script["match"]?[key]?.text?.lowercased() }
        return scripts.indices.prefix(1_000).compactMap { place in
            let script = scripts[place]
            let above = scripts[..<place].first { other in
                ["jobType", "agent"].allSatisfy { key in wanted(other, key).map { $0 == wanted(script, key) } ?? true }
            }
            return above.map {
                Mistake(
                    script.mark, "this script is never used: the one in line \($0.mark.line) matches whatever it could",
                    hint: "put it above that one")
            }
        }
    }
}
