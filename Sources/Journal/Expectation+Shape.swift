import Rules
public import ScenarioFormat

extension Expectation {
    /// What an expectation looks like.
    public static let shape = Shape.variants(
        "an expectation",
        [
            .init(
                name: "an expectation of requests",
                fields: [
                    .init("requests", selection, required: true, about: "which requests"),
                    .init("count", count, about: "how many: 3, 1-3 or 3+"),
                    .init(
                        "followedBy",
                        .object(
                            "a following request",
                            fields: selectionFields + [
                                .init("notBefore", .duration, about: "how long after it at least, on the wall clock"),
                                .init("within", .duration, about: "how long after it at most, on the wall clock"),
                            ]), about: "what the next request by the same caller on the same operation must be"),
                ]),
            .init(
                name: "an expectation of every request",
                fields: [
                    .init("every", selection, required: true, about: "which requests"),
                    .init("has", conditions, required: true, about: "what each of them must be"),
                ]),
            .init(
                name: "an expectation of jobs",
                fields: [
                    .init(
                        "jobs",
                        .object(
                            "a choice of jobs",
                            fields: [
                                .init("jobType", .text("a job type's name"), about: "jobs of this type"),
                                .init("agent", .text("an agent's machine"), about: "jobs on this agent"),
                            ]), required: true, about: "which jobs"),
                    .init("count", count, required: true, about: "how many: 3, 1-3 or 3+"),
                ]),
            .init(
                name: "an expectation of the whole run",
                fields: [
                    .init("unmatched", .integer(0...Int(Int32.max)), about: "how many requests no operation answered"), unusedRules,
                ]),
            .init(name: "an expectation of the rules", fields: [unusedRules]),
        ])

    private static let unusedRules = Shape.Field("unusedRules", .integer(0...Int(Int32.max)), about: "how many rules never struck")

    private static let count = Shape.oneOf(
        [.integer(0...Int(Int32.max)), .text("a count", pattern: "[0-9]{1,9}(-[0-9]{1,9}|\\+)?")], "a count such as 3, 1-3 or 3+")

    private static let keys = Shape.Keys(wanted: Selector.keys.wanted + " or status", pattern: "status|" + Selector.keys.pattern)
    private static let conditions = Shape.map(of: Matcher.shape, keys: keys)

    private static let selectionFields: [Shape.Field] = [
        .init("operation", OperationPattern.shape, about: "METHOD and path below the base path, or token"),
        .init("status", .oneOf([.integer(100...599)], "a status such as 503"), about: "the status of the reply"),
        .init("rule", .text("a rule's name"), about: "the rule that struck"),
        .init("where", conditions, about: "what the request must have been"),
    ]

    private static let selection = Shape.object("a choice of requests", fields: selectionFields)
}
