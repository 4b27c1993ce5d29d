public import Base
public import Entities
import HashTreeCollections
public import Model
import ScenarioFormat

/// A job as scenario files describe it.
///
/// One without an id is scheduled as `POST /OrchestratorJobs/Custom` would schedule it. One with an id says everything that there is to say
/// of a job, as the estate dump does: also how far it has come.
public struct JobSeed: Modelled {
    /// Its JobId, for a job of which all is said.
    public var id: GUID?
    /// How many jobs came before it.
    public var number = 0
    /// What is to be done, by whom and when.
    public var order = JobOrder(agent: .empty, kind: .custom, type: "", schedule: .immediate)
    /// When it was asked for; `nil` is the world's time.
    public var requested: Timestamp?
    /// False for a job that is over and only has a history.
    public var isScheduled = true
    /// Whether it is due and waits for its agent.
    public var isWaiting = false
    /// How many of its runs are over.
    public var finishedRuns = 0
    /// The current run; `nil` if none is in progress.
    public var run: Run?

    /// The keys that a file may give a job.
    public static let model = Model<JobSeed>([:], "a job", blank: { .init() }) {
        Seed(
            "agent", .text("an agent's machine"), required: true, about: "the machine of the agent that is to run it, or its AgentId",
            dump: { job, _, writer in writer.member("agent", job.order.agent) },
            read: { node, job, seeding in
                let id = node.text.flatMap { GUID($0) } ?? seeding.find(node, in: seeding.agents, "agent")
                if let id { job.order.agent = id }
            })
        Seed(
            "jobType", .text("a job type's name"), required: true, about: "the name of its custom job type", \.order.type)
        Seed("schedule", .orNull(.schedule), about: "when it runs; default Immediate", \.order.schedule)
        Seed("fields", .jobFields, about: "the values of the type's fields", \.order.fields)
        Seed("id", .guid, about: "its JobId, for a job of which all is said", \.id)
        Seed("number", .given(from: 0), about: "how many jobs came before it", \.number)
        Seed("kind", .caseName, about: "what kind of work it is; default Custom", \.order.kind)
        Seed("requested", .time, about: "when it was asked for; default now", \.requested)
        Seed("store", .guid, about: "the Id of the certificate store that it works on", \.order.store)
        Seed("target", .text, about: "what it works on, for lists", \.order.target)
        Seed("customType", .guid, about: "the Id of its custom job type", \.order.customType)
        Seed("change", .object(ChangeSeed.model), about: "what it changes in the store when it succeeds", \.change)
        Seed("scheduled", .flag, about: "false for a job that is over and only has a history; default true", \.isScheduled)
        Seed("waiting", .flag, about: "whether it is due and waits for its agent; default false", \.isWaiting)
        Seed("finishedRuns", .number, about: "how many of its runs are over", \.finishedRuns)
        Seed("run", .object(Run.model), about: "the current run", \.run)
    }

    /// Nothing yet.
    public init() {}

    /// A job and how far it has come.
    public init(_ job: Job, in jobs: Jobs) {
        id = job.id
        number = job.number
        order = job.order
        requested = job.requested
        isScheduled = jobs.scheduled[job.id] === job
        guard isScheduled else { return }
        isWaiting = jobs.waiting[job.order.agent]?.contains(job.id) ?? false
        finishedRuns = jobs.finishedRuns[job.id] ?? 0
        run = jobs.runs[job.id]
    }

    private var change: ChangeSeed? {
        get { order.change.map { ChangeSeed($0) } }
        set { order.change = newValue?.change }
    }
}

/// What a job changes in a store, member by member.
private struct ChangeSeed: Modelled {
    enum Kind: String, Sendable, CaseIterable {
        case add, remove, enroll
    }

    var kind = Kind.add
    var alias: String?
    var certificate = 0
    var overwrites = false
    var subject = ""

    static let model = Model<ChangeSeed>([:], "a change of an inventory", blank: { .init() }) {
        Seed("kind", .caseName, required: true, about: "what is done", \.kind)
        Seed("alias", .text, about: "the alias concerned", \.alias)
        Seed("certificate", .number, about: "the CertificateId of what is added", \.certificate)
        Seed("overwrites", .flag, about: "whether it takes the place of what has the alias", \.overwrites)
        Seed("subject", .text, about: "the subject of what is enrolled", \.subject)
    }

    init() {}

    init(_ change: InventoryChange) {
        switch change {
        case .add(let alias, let certificate, let overwrites):
            (kind, self.alias, self.certificate, self.overwrites) = (.add, alias, certificate, overwrites)
        case .remove(let alias): (kind, self.alias) = (.remove, alias)
        case .enroll(let alias, let subject): (kind, self.alias, self.subject) = (.enroll, alias, subject)
        }
    }

    var change: InventoryChange {
        switch kind {
        case .add: .add(alias: alias, certificate: certificate, overwrites: overwrites)
        case .remove: .remove(alias: alias ?? "")
        case .enroll: .enroll(alias: alias, subject: subject)
        }
    }
}

extension Run: Modelled {
    fileprivate static let model = Model<Run>([:], "a run", blank: { Run(steps: [.init(.completed)]) }) {
        Seed("steps", .list(.object(Progress.Step.model)), required: true, about: "its steps; the last is Completed", \.steps)
        Seed("step", .number, about: "how many of them are over", \.step)
        Seed("entry", .number(History.ids), about: "the JobHistoryId of the running attempt", \.entry)
        Seed("readsLeft", .number, about: "how many more reads the step lasts", \.readsLeft)
        Seed("ends", .time, about: "when the step ends", \.ends)
        Seed("repeated", .flag, about: "whether another run follows at once", \.isRepeated)
    }
}

extension Kind where Value: RawRepresentable<String> & CaseIterable {
    /// An enum as scenario files name its cases. Never on the wire.
    static var caseName: Kind {
        var kind = Kind(.text) { value, _, writer in writer.value(value.rawValue) }
        kind.shape = .word(Value.allCases.map(\.rawValue))
        kind.seed = { node, _ in node.text.flatMap { Value(rawValue: $0) } }
        kind.dump = { value, _, writer in writer.value(value.rawValue) }
        return kind
    }
}

extension Kind {
    /// A kind for which scenario files may also say null, which means the default.
    static func orNull(_ kind: Kind) -> Kind {
        var copy = kind
        copy.shape = .orNull(kind.shape)
        return copy
    }
}

extension Kind where Value == [Job.Field] {
    /// The fields of a job as scenario files have them: a mapping of texts in the order of the type's fields.
    fileprivate static var jobFields: Kind {
        var kind = Kind(.any) { _, _, writer in writer.null() }
        kind.shape = .map(of: .text())
        kind.seed = { node, _ in
            node.entries.map { Job.Field(name: $0.key.text ?? "", value: $0.value.text ?? "") }
        }
        kind.dump = { fields, _, writer in
            writer.object { writer in
                for field in fields {
                    writer.name(anyText: field.name)
                    writer.value(field.value)
                }
            }
        }
        return kind
    }
}
