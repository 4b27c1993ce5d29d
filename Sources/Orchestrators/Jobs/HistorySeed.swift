public import Base
public import Entities
public import Model
import ScenarioFormat

/// An attempt as the estate dump describes it. Its job stands under `jobs`.
public struct AttemptSeed: Modelled {
    var id = 0
    /// The JobId of the job attempted.
    public var job = GUID.empty
    /// The number of the job, which tells jobs of one JobId apart.
    public var number = 0
    var agentMachine = ""
    var clientMachine = ""
    var start = Timestamp.first
    var end: Timestamp?
    var result = HistoryEntry.Result.unknown
    var status = HistoryEntry.Status.inProcess
    var message = ""
    var data: String?

    /// The keys that a file may give an attempt.
    public static let model = Model<AttemptSeed>([:], "an attempt", blank: { .init() }) {
        Seed("id", .number(History.ids), required: true, about: "its JobHistoryId", \.id)
        Seed("job", .guid, required: true, about: "the id of its job, which stands under jobs", \.job)
        Seed("number", .number, about: "the number of its job", \.number)
        Seed("agentMachine", .text, about: "the machine of the agent", \.agentMachine)
        Seed("clientMachine", .text, about: "the machine worked on", \.clientMachine)
        Seed("start", .time, about: "its OperationStart", \.start)
        Seed("end", .time, about: "its OperationEnd", \.end)
        Seed("result", .word(.jobHistory), about: "its Result", \.result)
        Seed("status", .word(.jobHistory), about: "its Status", \.status)
        Seed("message", .text, about: "its Message", \.message)
        Seed("data", .text, about: "what JobStatus/Data answers", \.data)
    }

    /// An attempt of which no key has been read.
    public init() {}

    /// An attempt as the history holds it.
    public init(_ entry: HistoryEntry) {
        id = entry.id
        job = entry.job.id
        number = entry.job.number
        agentMachine = entry.agentMachine
        clientMachine = entry.clientMachine
        start = entry.start
        end = entry.end
        result = entry.result
        status = entry.status
        message = entry.message
        data = entry.data
    }

    /// The entry of a job.
    public func entry(of job: Job) -> HistoryEntry {
        HistoryEntry(
            id: id, job: job, agentMachine: agentMachine, clientMachine: clientMachine, start: start, end: end, result: result,
            status: status, message: message, data: data)
    }
}

/// Something that falls due, as the estate dump describes it.
public struct DueSeed: Modelled {
    /// The world's time at which it falls due.
    public var at = Timestamp.first
    /// The JobId of the job concerned.
    public var job = GUID.empty
    /// Whether a step of the job's run ends, rather than that the job is due.
    public var endsStep = false

    /// The keys that a file may give it.
    public static let model = Model<DueSeed>([:], "something that falls due", blank: { .init() }) {
        Seed("at", .time, required: true, about: "when", \.at)
        Seed("job", .guid, required: true, about: "the id of the job concerned", \.job)
        Seed("endsStep", .flag, about: "whether a step of its run ends, rather than that it is due; default false", \.endsStep)
    }

    /// Something due by its parts.
    public init(at: Timestamp = .first, job: GUID = .empty, endsStep: Bool = false) {
        self.at = at
        self.job = job
        self.endsStep = endsStep
    }
}

/// The numbers that an estate has given out, as the estate dump describes them: none is given twice.
public struct NumberSeed: Modelled {
    /// How many jobs there have been.
    public var jobs = 0
    /// The next JobHistoryId.
    public var nextAttempt = 1
    /// How many attempts the history no longer holds.
    public var lostAttempts = 0
    /// The highest StoreType ever given; 101 is the last built-in one.
    public var highestStoreType = 101
    /// The highest container Id ever given.
    public var highestContainer = 0
    /// The highest Ids ever given to roles, identities, claims, PAM providers, their values and their types' parameters.
    public var securityIDs: [Int] = []
    /// The last CertStoreInventoryItemId.
    public var inventoryItems = 0
    /// The highest Id ever given, by the key under which the rows stand.
    public var highest: [String: Int] = [:]
    /// Who asked for certificates, in the order of their RequesterIds.
    public var requesters: [String] = []
    /// How many identifiers of each kind have been drawn.
    public var issued: [Int] = []

    /// The keys that a file may give the numbers.
    public static let model = Model<NumberSeed>([:], "numbers given out", blank: { .init() }) {
        Seed("jobs", .given(from: 0), about: "how many jobs there have been", \.jobs)
        Seed("nextAttempt", .number(History.ids), about: "the next JobHistoryId", \.nextAttempt)
        Seed("lostAttempts", .number, about: "how many attempts the history no longer holds", \.lostAttempts)
        Seed("highestStoreType", .given(from: 0), about: "the highest StoreType ever given", \.highestStoreType)
        Seed("highestContainer", .given(from: 0), about: "the highest container Id ever given", \.highestContainer)
        highestIds
        Seed(
            "securityIds", .list(.given(from: 0)),
            about: "the highest ids ever given to roles, identities, claims, PAM providers, their values and their types' parameters",
            \.securityIDs)
        Seed("inventoryItems", .given(from: 0), about: "the last CertStoreInventoryItemId", \.inventoryItems)
        Seed("requesters", .list(.text), about: "who asked for certificates, in the order of their RequesterIds", \.requesters)
        Seed("issued", .list(.number), about: "how many identifiers of each kind have been drawn", \.issued)
    }

    private static let highestIds = Estate.highest.map { rows, _ in
        let key = "highest" + rows.prefix(1).uppercased() + rows.dropFirst()
        return Field<NumberSeed>(
            seed: Seed(key, Kind<Int>.given(from: 0).shape, about: "the highest Id ever given under \(rows)") { numbers, _, writer in
                writer.member(key, numbers.highest[rows] ?? 0)
            } read: { node, numbers, _ in
                numbers.highest[rows] = node.integer
            })
    }

    init() {}

    /// The numbers as an estate holds them.
    public init(_ estate: Estate) {
        jobs = estate.jobs.count
        nextAttempt = estate.jobs.history.next
        lostAttempts = estate.jobs.history.evicted
        highestStoreType = max(estate.highestStoreType, estate.storeTypes.lastKey ?? 0)
        highestContainer = max(estate.highestContainer, estate.containers.lastKey ?? 0)
        for (rows, path) in Estate.highest { highest[rows] = estate[keyPath: path] }
        securityIDs = estate.security.given
        inventoryItems = estate.certificates.items
        requesters = estate.certificates.requesters
        issued = estate.identifiers.issued
    }
}
