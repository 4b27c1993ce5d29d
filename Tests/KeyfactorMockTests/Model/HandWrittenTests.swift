import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import Model
@testable import Orchestrators
@testable import Stores

/// What is read and written by hand, since clients send it most, is held against what the models derive.
struct HandWrittenTests {
    private static let texts = ["", "a", "Ä\u{1F600}", "\"\\\u{1}", String(repeating: "long ", count: 40)]
    private static let values = [
        "null", "true", "5", "\"\"", "\"SampleCustomJobType\"", "\"samplecustomjobtype\"", "[]", "{}",
        "\"e89c945f-da62-482c-9495-ecf36abbd2dd\"",
        "\"00000000-0000-0000-0000-000000000000\"", "{\"Immediate\":true}", "{\"Interval\":{\"Minutes\":\"60\"}}", "{\"Daily\":{}}",
        "{\"Off\":true}", "{\"Immediate\":\"True\"}", "{\"Daily\":{\"Time\":\"11/26/2026 10:00:00 AM\"}}", "\" \"",
        "{\"Weekly\":{\"Days\":[\"Monday\",3],\"Time\":\"2026-01-01T10:00:00Z\"}}", "{\"ParamInt\":1}",
        "[\"2162f005-083e-4995-9519-60b656b06a45\"]", "[\"x\"]", "[7,7]",
    ]

    private static func schedule(_ random: inout SplitMix) -> Schedule {
        let time = Timestamp(ticks: Mock.noon.ticks + Int64(random.next() % 1_000_000_000_000))
        return switch random.next() % 6 {
        case 0: .immediate
        case 1: .interval(minutes: Int(random.next() % 10_000) + 1)
        case 2: .daily(time)
        case 3: .weekly([.friday, .monday], time)
        case 4: .monthly(day: Int(random.next() % 27) + 1, time)
        default: .exactlyOnce(time)
        }
    }

    @Test(arguments: ProductVersion.allCases)
    func aJobIsWrittenAsItsModelWritesIt(_ product: ProductVersion) {
        var random = SplitMix(seed: UInt64(product.index) + 1)
        for round in 0..<1_000 {
            var fidelity = Fidelity()
            fidelity.timestampTypo = round % 2 == 0
            fidelity.nulls = round % 3 == 0 ? .omit : .vendor
            fidelity.enumsOfWeekdays = Fidelity.Enums.allCases[round % 3]
            let fields = (0..<random.next() % 4).map { Job.Field(name: "F\($0)", value: Self.texts[Int(random.next() % 5)]) }
            let order = JobOrder(
                agent: GUID(high: random.next(), low: random.next()), kind: .custom, type: Self.texts[Int(random.next() % 5)],
                schedule: Self.schedule(&random), fields: fields)
            let job = Job(
                id: GUID(high: random.next(), low: random.next()), number: round, order: order,
                requested: Timestamp(ticks: Mock.noon.ticks + Int64(random.next() % 1_000_000_000)))
            var byHand = JSONWriter(style: fidelity.wireStyle(product))
            var derived = byHand
            job.write(to: &byHand, misspelled: fidelity.timestampTypo)
            Job.model.write(job, View(.written, View.nothing.estate, product: product, now: Mock.noon, fidelity), to: &derived)
            #expect(byHand.bytes == derived.bytes, "\(String(decoding: byHand.bytes, as: UTF8.self))")
        }
    }

    /// A row by hand and as its members write it, in a list of two.
    private static func written<Row>(
        _ row: Row, _ model: Model<Row>, _ estate: Estate, _ product: ProductVersion, _ fidelity: Fidelity
    ) throws -> (byHand: String, derived: String) {
        let request = Request(.get, "/")
        let call = try Call(
            request: request, parameters: [], query: QueryParameters(request), body: nil, caller: .anyone, now: Mock.noon,
            product: product, fidelity: fidelity)
        let byHand = call.list(Page(rows: [row, row], total: 2), model, .shown, estate).body
        var derived = JSONWriter(style: fidelity.wireStyle(product))
        let view = View(.shown, estate, product: product, now: Mock.noon, fidelity)
        derived.array([row, row]) { model.write($1, view, to: &$0) }
        return (String(decoding: byHand, as: UTF8.self), String(decoding: derived.bytes, as: UTF8.self))
    }

    /// Switches of which some differ from round to round.
    private static func fidelity(_ round: Int) -> Fidelity {
        var fidelity = Fidelity()
        fidelity.nulls = round % 3 == 0 ? .omit : .vendor
        fidelity.enumsOfWeekdays = Fidelity.Enums.allCases[round % 3]
        fidelity.enumsOfAgents = Fidelity.Enums.allCases[round / 3 % 3]
        return fidelity
    }

    @Test(arguments: ProductVersion.allCases)
    func aStoreIsWrittenAsItsModelWritesIt(_ product: ProductVersion) throws {
        var random = SplitMix(seed: UInt64(product.index) + 30)
        var estate = try Mock().world
        for (number, name) in Self.texts.enumerated() {
            estate.containers.put(Container(id: number, name: name, overwritesSchedules: false), at: number)
        }
        let agents = estate.agents.all.map(\.id)
        for round in 0..<1_000 {
            func text() -> String { Self.texts[Int(random.next() % 5)] }
            var store = CertificateStore(
                id: GUID(high: random.next(), low: random.next()), machine: text(), path: text(), type: [0, 2, 3, 6, 999][round % 5],
                agent: round % 7 == 0 ? nil : round % 11 == 0 ? GUID.empty : agents[round % agents.count],
                container: random.next() % 2 == 0 ? nil : Int(random.next() % 8), isApproved: round % 2 == 0,
                createsIfMissing: round % 4 == 0, properties: round % 97 == 0 ? String(repeating: "\"", count: 5_000) : text())
            if random.next() % 2 == 0 {
                store.setInventory(Self.schedule(&random), job: GUID(high: random.next(), low: random.next()))
            }
            store.hasPassword = round % 13 == 0
            let (byHand, derived) = try Self.written(store, CertificateStore.model, estate, product, Self.fidelity(round))
            #expect(byHand == derived)
        }
    }

    @Test(arguments: ProductVersion.allCases)
    func anAgentIsWrittenAsItsModelWritesIt(_ product: ProductVersion) throws {
        var random = SplitMix(seed: UInt64(product.index) + 60)
        let estate = try Mock().world
        let capabilities = estate.agents.all[0].capabilities + ["logs", "PEM", "iis", "SampleCustomJobType", "nothing", "\"Ä"]
        for round in 0..<1_000 {
            func text() -> String { Self.texts[Int(random.next() % 5)] }
            let agent = Agent(
                id: GUID(high: random.next(), low: random.next()), machine: text(), username: text(),
                platform: Agent.Platform.allCases[round % 8], version: text(), status: Agent.Status.allCases[round % 3],
                lastSeen: round % 2 == 0 ? nil : Timestamp(ticks: Mock.noon.ticks - Int64(random.next() % 1_000_000_000_000)),
                capabilities: (0..<random.next() % 4).map { _ in capabilities[Int(random.next() % UInt64(capabilities.count))] },
                polls: true, blueprint: round % 4 == 0 ? nil : text(),
                certificateReenrollment: Agent.CertificateReenrollment.allCases[round % 3])
            let (byHand, derived) = try Self.written(agent, Agent.model, estate, product, Self.fidelity(round))
            #expect(byHand == derived)
        }
    }

    /// A body of some members with some values: nearly all of them wrong somewhere.
    private static func body(_ names: [String], _ random: inout SplitMix) -> String {
        let right = [
            "agentid": "\"e89c945f-da62-482c-9495-ecf36abbd2dd\"", "jobtypename": "\"SampleCustomJobType\"", "schedule": "null",
            "jobfields": "{\"ParamInt\":1}", "storeids": "[\"2162f005-083e-4995-9519-60b656b06a45\"]",
        ]
        let members = names.compactMap { name -> String? in
            if random.next() % 4 == 0 { return nil }
            let isRight = random.next() % 2 == 0
            let value = isRight ? right[name.lowercased()] : nil
            return "\"\(name)\":\(value ?? values[Int(random.next() % UInt64(values.count))])"
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// What a reader makes of a body: the draft in words, or its refusal.
    private static func outcome<Draft>(_ read: () throws(Refusal) -> Draft) -> String {
        do throws(Refusal) { return "\(try read())" } catch { return "\(error)" }
    }

    @Test(arguments: Fidelity.UnknownMembers.allCases)
    func aJobIsReadAsItsModelReadsIt(_ unknown: Fidelity.UnknownMembers) throws {
        var random = SplitMix(seed: 7)
        let estate = try Mock().world
        var fidelity = Fidelity()
        fidelity.unknownMembers = unknown
        let reading = Reading(form: .create, product: .v25, fidelity: fidelity)
        var accepted = 0
        for _ in 0..<5_000 {
            let text = Self.body(["AgentId", "JobTypeName", "Schedule", "jobFIELDS", "Strange"], &random)
            let isLenient = random.next() % 2 == 0
            let body = try (isLenient ? JSONDocument.lenient(Array(text.utf8)) : JSONDocument(Array(text.utf8))).root
            let byHand = Self.outcome { () throws(Refusal) in try CustomJobRequest(body, fidelity).order(estate, fidelity) }
            let derived = Self.outcome { () throws(Refusal) in
                var draft = CustomJobRequest.model.blank()
                try CustomJobRequest.model.read(body, reading, into: &draft)
                return try draft.order(estate, fidelity)
            }
            #expect(byHand == derived, "\(text)")
            if byHand.hasPrefix("JobOrder") { accepted += 1 }
        }
        #expect(unknown == .refuse || accepted > 0, "no body was right")
    }

    @Test(arguments: Fidelity.UnknownMembers.allCases)
    func aScheduleIsReadAsItsModelReadsIt(_ unknown: Fidelity.UnknownMembers) throws {
        var random = SplitMix(seed: 8)
        var fidelity = Fidelity()
        fidelity.unknownMembers = unknown
        for _ in 0..<5_000 {
            let text = Self.body(["StoreIds", "schedule", "Strange"], &random)
            let isLenient = random.next() % 2 == 0
            let body = try (isLenient ? JSONDocument.lenient(Array(text.utf8)) : JSONDocument(Array(text.utf8))).root
            let byHand = Self.outcome { () throws(Refusal) in try ScheduleStoresRequest(body, fidelity) }
            let derived = Self.outcome { () throws(Refusal) in
                var draft = ScheduleStoresRequest.model.blank()
                try ScheduleStoresRequest.model.read(body, Reading(form: .create, product: .v25, fidelity: fidelity), into: &draft)
                return draft
            }
            #expect(byHand == derived, "\(text)")
        }
    }
}
