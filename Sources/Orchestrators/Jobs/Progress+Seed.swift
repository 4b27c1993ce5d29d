import Base
public import Entities
public import Model
public import ScenarioFormat

extension Progress.Step: Modelled {
    /// A step as scenario files have it.
    static let model = Model<Progress.Step>([:], "a step", blank: { .init(.completed) }) {
        Seed("state", .caseName, required: true, about: "what the job's history shows; absent: nothing yet", \.state)
        Seed(
            "reads", .integer(1...1_000_000), about: "how many requests that read the job it lasts; default 1",
            dump: { step, _, writer in if case .reads(let count) = step.length { writer.member("reads", count) } },
            read: { node, step, _ in if let count = node.integer { step.length = .reads(count) } })
        Seed(
            "for", .duration, about: "how long it lasts on the world's clock",
            dump: { step, _, writer in
                if case .duration(let duration) = step.length { writer.member("for", "\(duration.wholeMilliseconds)ms") }
            }, read: { node, step, _ in if let duration = node.duration { step.length = .duration(duration) } })
        Seed(
            "until", .word(["told"]), about: "it lasts until the control interface moves the job on",
            dump: { step, _, writer in if step.length == .untilMoved { writer.member("until", "told") } },
            read: { _, step, _ in step.length = .untilMoved })
        Seed("result", .resultName, about: "how the attempt ended", \.result)
        Seed("message", .text, about: "the history's Message", \.message)
        Seed("data", .text, about: "what JobStatus/Data answers", \.data)
    }
}

extension Kind where Value == HistoryEntry.Result {
    /// A result as scenario files name it.
    fileprivate static var resultName: Kind { .word(.jobHistory) }
}

extension Progress {
    /// What `progress` holds in scenario files.
    public static let shape = Shape.object(
        "a script",
        fields: [
            .init(
                "match",
                .object(
                    "a match",
                    fields: [
                        .init(
                            "jobType", .text("a job type's name"), about: "the type's name, also of a job on a store, such as PEMInventory"),
                        .init("agent", .text("an agent's machine"), about: "the agent's machine"),
                    ]), about: "which jobs; all if left out"),
            .init(
                "steps", .list(Step.model.shape), required: true,
                about: "the states in order; Completed ends a run, what follows is the next run's"),
        ])

    /// Reads the scripts of a checked list.
    ///
    /// - Parameters:
    ///   - node: the `progress` part of a scenario.
    ///   - seeding: what times are relative to.
    public init(reading node: YAMLNode?, _ seeding: inout Seeding) {
        self.init()
        for item in node?.items ?? [] {
            var steps: [Step] = []
            for node in item["steps"]?.items ?? [] {
                var step = Step(.completed)
                Step.model.seed(node, into: &step, &seeding)
                steps.append(step)
            }
            scripts.append(Script(jobType: item["match"]?["jobType"]?.text, agent: item["match"]?["agent"]?.text, steps: steps))
        }
    }
}

extension Duration {
    /// How many whole milliseconds it lasts.
    fileprivate var wholeMilliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
