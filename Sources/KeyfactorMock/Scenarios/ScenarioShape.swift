/// What a scenario file may say. The reader checks files with it, and the JSON Schema is written from it.
enum ScenarioShape {
    /// A whole file.
    static let scenario = Shape.object(
        "a scenario",
        fields: [
            .init("scenario", .text(), about: "the scenario's name"),
            .init("seed", .integer(0...Int.max), about: "every drawn GUID comes from it; default 1"),
            .init("product", product, about: "the release of Command pretended; default \"25.4\""),
            .init(
                "basePath", .oneOf([path, .list(path)], "a path such as /KeyfactorAPI, or a list of them"),
                about: "where the API is served: one path beside /KeyfactorAPI and /Keyfactor/API, or a list instead of them"),
            .init("fidelity", fidelity, about: "switches for what nobody could establish, or what a client needs otherwise"),
            .init("auth", auth, about: "who is let in"),
            .init("clock", clock, about: "the world's time"),
            .init("estate", estate, about: "what exists in Command at the beginning"),
            .init("progress", .list(script), about: "how jobs move on once an agent has picked them up; the first that matches counts"),
            .init("rules", .list(Rule.shape), about: "what goes wrong; the first that matches and is due strikes"),
            .init("expect", .list(Expectation.shape), about: "what must have happened in the end"),
        ])

    private static let product = Shape.oneOf(
        [.quotedText("a release", pattern: ProductVersion.allCases.map { $0.rawValue.replacing(".", with: "\\.") }.joined(separator: "|"))],
        "a release in quotes: \(ProductVersion.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))")

    private static let path = Shape.text(
        "a path such as /KeyfactorAPI, not below /_mock or /w", pattern: "(/(?!_mock(/|$)|w(/|$))[A-Za-z0-9._~-]+)(/[A-Za-z0-9._~-]+)*")

    private static func words<Switch: CaseIterable & RawRepresentable<String>>(_: Switch.Type) -> Shape {
        .word(Switch.allCases.map(\.rawValue))
    }

    private static let fidelity = Shape.object(
        "fidelity",
        fields: [
            .init("headers", words(Fidelity.Headers.self), about: "which requests must carry x-keyfactor-requested-with"),
            .init("nulls", words(Fidelity.Nulls.self), about: "whether members without a value are sent as null or left out"),
            .init("enums", words(WireStyle.EnumStyle.self), about: "whether enums are numbers, names, or as the release has them"),
            .init("unknownMembers", words(Fidelity.UnknownMembers.self), about: "what happens to members that a model does not have"),
            .init("unknownIds", words(Fidelity.UnknownIDs.self), about: "the status that answers identifiers of nothing"),
            .init(
                "missingSchedule", words(Fidelity.MissingSchedule.self),
                about: "what a missing Schedule of CertificateStores/Schedule means"),
            .init("bindingErrors", words(Fidelity.BindingErrors.self), about: "the shape of refusals of bodies that cannot be read"),
            .init("unauthorizedBody", words(Fidelity.UnauthorizedBody.self), about: "the body of a 401"),
            .init("paging", words(Fidelity.Paging.self), about: "ignorePage makes every page the first"),
            .init("timestampTypo", .boolean, about: "also sends RequestTimestamp as the documentation misspells it"),
        ])

    private static let permissions = Field(
        "permissions", .list(.text("a permission such as /agents/management/read/ or *", pattern: "/.*|\\*")),
        about: "what the caller may do; everything if left out")

    private static let world = Field(
        "world", .text("a world's name", pattern: "[A-Za-z0-9._-]{1,64}"), about: "the world of the caller's requests that name none")

    private typealias Field = Shape.Field

    private static let clock = Shape.object(
        "a clock",
        fields: [
            .init("start", .time, about: "the time to begin with, or how far from the wall clock's; default the wall clock's"),
            .init("mode", words(WorldClock.Mode.self), about: "running (default), frozen, or scaled with a rate"),
            .init("rate", .number(0.001...1_000_000), about: "world seconds in a wall-clock second"),
        ])

    private static let script = Shape.object(
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
            .init("steps", .list(step), required: true, about: "the states in order; Completed ends a run, what follows is the next run's"),
        ])

    private static let step = Shape.object(
        "a step",
        fields: [
            .init("state", words(Progress.Step.State.self), required: true, about: "what the job's history shows; absent: nothing yet"),
            .init("reads", .integer(1...1_000_000), about: "how many history requests that select the job it lasts; default 1"),
            .init("for", .duration, about: "how long it lasts on the world's clock"),
            .init("until", .word(["told"]), about: "it lasts until the control interface moves the job on"),
            .init("result", .word(HistoryEntry.Result.allCases.map(\.name)), about: "how the attempt ended"),
            .init("message", .text(), about: "the history's Message"),
            .init("data", .text(), about: "what JobStatus/Data answers"),
        ])

    private static let auth = Shape.object(
        "auth",
        fields: [
            .init("mode", words(AccessPolicy.Mode.self), about: "which credentials count; default any"),
            .init(
                "users",
                .list(
                    .object(
                        "a user",
                        fields: [
                            .init("name", .text("a user", length: 1...256), required: true, about: "DOMAIN\\user, user@DOMAIN or user"),
                            .init("password", .text(), required: true, about: "the password"),
                            permissions, world,
                        ])), about: "who may log in with Basic"),
            .init(
                "clients",
                .list(
                    .object(
                        "a client",
                        fields: [
                            .init("id", .text("a client id", length: 1...256), required: true, about: "the OAuth client's id"),
                            .init("secret", .text(), required: true, about: "its secret"),
                            permissions, world,
                        ])), about: "who may ask the token endpoint for a token"),
            .init(
                "tokens", .object("tokens", fields: [.init("expiresIn", .duration, about: "how long a token lives; default 1h")]),
                about: "how tokens are given out"),
        ])

    static let guid = Shape.text("a GUID", pattern: "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")

    static let estate = Shape.object(
        "an estate",
        fields: [
            .init("from", .word(EstateBuilder.Base.allCases.map(\.rawValue)), about: "the built-in estate to begin with; default small")
        ] + estateParts)

    /// What can be merged into an estate that is there.
    static let estatePatch = Shape.object("an estate", fields: estateParts)

    private static let estateParts: [Field] =
        [
            .init("agents", .list(agent), about: "orchestrators"),
            .init("jobTypes", .list(jobType), about: "custom job types"),
            .init("storeTypes", .list(storeType), about: "certificate store types besides the built-in ones"),
            .init("containers", .list(container), about: "certificate store containers"),
            .init("certificateStores", .list(store), about: "certificate stores"),
            .init("jobs", .list(job), about: "jobs already scheduled, as POST /OrchestratorJobs/Custom would"),
        ]

    private static let agent = Shape.object(
        "an agent",
        fields: [
            .init("machine", .text("a machine's name", length: 1...256), required: true, about: "the host it runs on"),
            .init("id", guid, about: "its AgentId; drawn from the seed if left out"),
            .init("username", .text(), about: "the user it logs in as"),
            .init("platform", .integer(0...7), about: "1 is .NET, 2 Java, 5 native, 6 Bash"),
            .init("version", .text(), about: "its version"),
            .init("status", .word(Agent.Status.allCases.map { $0.name.lowercased() }), about: "default approved"),
            .init("capabilities", .list(.text("a capability")), about: "store types, custom job types by name, LOGS"),
            .init("polls", .boolean, about: "whether it asks for jobs at all; default true"),
            .init("blueprint", .orNull(.text()), about: "the blueprint it came with"),
            .init(
                "certificateReenrollment", .word(Agent.CertificateReenrollment.allCases.map { $0.name.lowercased() }),
                about: "whether it is to get a new certificate; default none"),
            .init("lastSeen", .time, about: "when it was last there"),
        ])

    private static let jobType = Shape.object(
        "a job type",
        fields: [
            .init("name", .text("a name without blanks", pattern: "\\S+", length: 1...128), required: true, about: "its JobTypeName"),
            .init("id", guid, about: "its Id; drawn from the seed if left out"),
            .init("description", .text(), about: "what it is for"),
            .init(
                "fields",
                .list(
                    .object(
                        "a field",
                        fields: [
                            .init("name", .text("a name", length: 1...128), required: true, about: "the field's name"),
                            .init("type", .word(JobType.FieldType.allCases.map(\.name)), about: "default String"),
                            .init("required", .boolean, about: "whether a job needs it; default false"),
                            .init("default", .text(), about: "what is filled in where a request leaves it out"),
                        ])), about: "what jobs of this type are given"),
        ])

    private static let storeType = Shape.object(
        "a store type",
        fields: [
            .init("shortName", .text("a short name", length: 1...64), required: true, about: "its ShortName"),
            .init("name", .text(), about: "its name; default the short name"),
            .init("number", .integer(0...Int(Int32.max)), about: "its StoreType; the next free one from 102 if left out"),
            .init("capability", .text(), about: "what agents call it; default the short name"),
            .init("supports", .list(.word(StoreType.Operation.allCases.map(\.rawValue))), about: "what jobs can do besides inventory"),
            .init("properties", .list(property), about: "what its stores are given as Properties"),
            .init(
                "passwordOptions",
                .object(
                    "password options",
                    fields: [
                        .init("entrySupported", .boolean, about: "whether entries have passwords of their own; default false"),
                        .init("storeRequired", .boolean, about: "whether a store needs a password; default false"),
                        .init("style", names(StoreType.PasswordOptions.Style.self), about: "default Default"),
                    ]), about: "which passwords its stores have"),
            .init("privateKey", names(StoreType.Presence.self), about: "its PrivateKeyAllowed; default Optional"),
            .init("customAlias", names(StoreType.Presence.self), about: "its CustomAliasAllowed; default Forbidden"),
        ])

    private static let property = Shape.object(
        "a property",
        fields: [
            .init("name", .text("a name", length: 1...128), required: true, about: "the property's name"),
            .init("displayName", .text(), about: "as people see it; default the name"),
            .init("type", names(StoreType.ValueType.self), about: "default String"),
            .init("required", .boolean, about: "whether a store needs it; default false"),
            .init("default", .text(), about: "its DefaultValue"),
            .init("dependsOn", .text(), about: "the property it depends on"),
        ])

    private static func names<Word: NamedNumber>(_: Word.Type) -> Shape {
        .word(Word.allCases.map(\.name))
    }

    private static let container = Shape.object(
        "a container",
        fields: [
            .init("name", .text("a name", length: 1...128), required: true, about: "its name"),
            .init("id", .integer(1...Int(Int32.max)), about: "its Id; the next free one if left out"),
            .init("schedule", schedule, about: "the inventory schedule of the stores in it"),
            .init("storeType", .text(), about: "the short name of the store type it is limited to"),
            .init("overwriteSchedules", .boolean, about: "whether its schedule replaces that of stores which have one; default false"),
        ])

    private static let store = Shape.object(
        "a certificate store",
        fields: [
            .init("machine", .text("a machine's name", length: 1...256), required: true, about: "its ClientMachine"),
            .init("path", .text("a path", length: 1...722), required: true, about: "its Storepath"),
            .init("type", .text("a store type's short name"), about: "the short name of its store type; default PEM"),
            .init("id", guid, about: "its Id; drawn from the seed if left out"),
            .init("agent", .orNull(.text("an agent's machine")), about: "the machine of the agent that serves it"),
            .init("container", .orNull(.text("a container's name")), about: "the name of its container"),
            .init("approved", .boolean, about: "whether it is approved; default true"),
            .init("schedule", schedule, about: "its inventory schedule"),
            .init("properties", .map(of: .text()), about: "its properties; clients get them as JSON in a string"),
            .init(
                "inventory", .list(entry), about: "the certificates in it; entries of one alias are a chain, the certificate itself first"),
            .init("count", .integer(0...250_000), about: "makes so many, with .1, .2, … put to the path"),
        ])

    private static let entry = Shape.object(
        "an inventory entry",
        fields: [
            .init("alias", .text("an alias", length: 1...256), required: true, about: "its name in the store"),
            .init("id", .integer(1...Int(Int32.max)), about: "its CertificateId; the next free one if left out"),
            .init("subject", .text(), about: "its IssuedDN; default CN= and the machine"),
            .init("issuer", .text(), about: "its IssuerDN"),
            .init("serial", .text(), about: "its SerialNumber; drawn from the seed if left out"),
            .init("thumbprint", .text("40 hexadecimal digits", pattern: "[0-9A-Fa-f]{40}"), about: "drawn from the seed if left out"),
            .init("notBefore", .time, about: "default a year before notAfter"),
            .init("notAfter", .time, about: "default +180d"),
            .init("parameters", .map(of: .text()), about: "its entry parameters"),
        ])

    private static let job = Shape.object(
        "a job",
        fields: [
            .init("agent", .text("an agent's machine"), required: true, about: "the machine of the agent that is to run it"),
            .init("jobType", .text("a job type's name"), required: true, about: "the name of its custom job type"),
            .init("schedule", schedule, about: "when it runs; default Immediate"),
            .init("fields", .map(of: .text()), about: "the values of the type's fields"),
        ])

    private static let time = Shape.Field("Time", .text("a time such as 2026-03-01T02:00:00Z"), required: true, about: "the time")

    /// As KeyfactorSchedule on the wire. Which members go together is checked by the reader of requests.
    private static let schedule = Shape.orNull(
        .object(
            "a schedule",
            fields: [
                .init("Immediate", .boolean, about: "as soon as possible, once"),
                .init(
                    "Interval",
                    .object("an interval", fields: [.init("Minutes", .integer(1...Int(Int32.max)), required: true, about: "how many")]),
                    about: "every so many minutes"),
                .init("Daily", .object("a daily time", fields: [time]), about: "every day"),
                .init(
                    "Weekly",
                    .object(
                        "a weekly time", fields: [.init("Days", .list(.text("a day")), required: true, about: "Monday, … or 0–6"), time]),
                    about: "on some days of the week"),
                .init(
                    "Monthly",
                    .object("a monthly time", fields: [.init("Day", .integer(1...27), required: true, about: "1–27"), time]),
                    about: "on a day of the month"),
                .init("ExactlyOnce", .object("a moment", fields: [time]), about: "once"),
                .init("Off", .boolean, about: "never"),
            ]))
}
