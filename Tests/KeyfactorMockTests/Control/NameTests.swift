import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import KeyfactorMock
@testable import ScenarioFormat
@testable import Worlds

/// Every kind of name in every place where it can be written: what does not exist is reported with the nearest that does.
struct NameTests {
    private static let scenario = """
        auth:
          mode: both
          users: [ { name: operator, password: pw, world: night-shift } ]
          clients: [ { id: pipeline, secret: s } ]
        estate: { jobTypes: [ { name: RotateKeys } ] }
        rules: [ { name: outage, operation: GET /Agents, calls: 999, do: [ { refuse: unavailable } ] } ]
        """

    /// A kind of name: one that does not exist, what is near, and one that exists.
    private struct Sample: Sendable, CustomStringConvertible {
        let kind, wrong, near, right: String
        var description: String { kind }
    }

    private static let operation = Sample(kind: "operation", wrong: "GET /Agnts", near: "GET /Agents", right: "GET /Agents")
    private static let base = Sample(
        kind: "operation below a base path", wrong: "GET /KeyfactorAPI/Agents", near: "leave out /KeyfactorAPI", right: "GET /Agents/{id}")
    private static let rule = Sample(kind: "rule", wrong: "outtage", near: "outage", right: "outage")
    private static let jobType = Sample(kind: "job type", wrong: "RotateKey", near: "RotateKeys", right: "RotateKeys")
    private static let storeJob = Sample(kind: "job on a store", wrong: "PEMInventroy", near: "PEMInventory", right: "PEMInventory")
    private static let agent = Sample(kind: "agent", wrong: "ou-1", near: "uo-1", right: "uo-1")
    private static let user = Sample(kind: "user", wrong: "operater", near: "operator", right: "operator")
    private static let client = Sample(kind: "client", wrong: "pipelime", near: "pipeline", right: "pipeline")
    private static let world = Sample(kind: "world", wrong: "defualt", near: "default", right: "default")

    /// A place in which a name can be written, with `NAME` for it.
    private struct Place: Sendable {
        let name, text: String
        let samples: [Sample]
    }

    private static let conditions: [(String, [Sample])] = [
        ("caller: 'NAME'", [user, client]), ("world: 'NAME'", [world]), ("body.JobTypeName: 'NAME'", [jobType]),
        ("body.JobTypeName: { oneOf: [ FetchLogs, 'NAME' ] }", [jobType]), ("method: 'NAME'", [method]),
        ("body.AgentId: 'NAME'", [agentID]),
        ("body.OrchestratorIds: { contains: 'NAME' }", [agentID]), ("'body.AgentIds[2]': { oneOf: [ 'NAME' ] }", [agentID]),
        ("body.KeystoreIds: { covers: [ 'NAME' ] }", [storeID]), ("'body[0].StoreId': { not: 'NAME' }", [storeID]),
        ("body.Stores: { covers: [ { StoreId: 'NAME' } ] }", [storeID]), ("body.AgentGuid: 'NAME'", [agentMachine]),
    ]

    private static let method = Sample(kind: "method", wrong: "PSOT", near: "POST", right: "post")
    private static let agentID = Sample(
        kind: "agent's id", wrong: "e89c945f-da62-482c-9495-ecf36abbd2de", near: "e89c945f-da62-482c-9495-ecf36abbd2dd",
        right: "E89C945F-da62-482c-9495-ecf36abbd2dd")
    private static let storeID = Sample(
        kind: "store's id", wrong: "2162f005-083e-4995-9519-60b656b06a4", near: "2162f005-083e-4995-9519-60b656b06a45",
        right: "2162f005-083e-4995-9519-60b656b06a45")
    private static let agentMachine = Sample(
        kind: "agent's machine for its id", wrong: "UO-1", near: "e89c945f-da62-482c-9495-ecf36abbd2dd", right: "nonsense")

    /// Expectations, by the place of the name in them.
    private static let expectations: [Place] =
        [
            Place(name: "requests", text: "{ requests: { operation: 'NAME' }, count: 0 }", samples: [operation, base]),
            Place(name: "every", text: "{ every: { operation: 'NAME' }, has: { status: 200 } }", samples: [operation, base]),
            Place(
                name: "followedBy", text: "{ requests: { status: 503 }, followedBy: { operation: 'NAME' } }", samples: [operation, base]),
            Place(name: "requests: rule", text: "{ requests: { rule: 'NAME' }, count: 0 }", samples: [rule]),
            Place(name: "every: rule", text: "{ every: { rule: 'NAME' }, has: { status: 503 } }", samples: [rule]),
            Place(name: "followedBy: rule", text: "{ requests: { status: 503 }, followedBy: { rule: 'NAME' } }", samples: [rule]),
            Place(name: "jobs: jobType", text: "{ jobs: { jobType: 'NAME' }, count: 0 }", samples: [jobType, storeJob]),
            Place(name: "jobs: agent", text: "{ jobs: { agent: 'NAME' }, count: 0 }", samples: [agent]),
        ]
        + conditions.flatMap { condition, samples in
            [
                Place(name: "where \(condition)", text: "{ requests: { where: { \(condition) } }, count: 0 }", samples: samples),
                Place(name: "has \(condition)", text: "{ every: { operation: GET /Agents }, has: { \(condition) } }", samples: samples),
            ]
        }

    private static let rules: [Place] =
        [Place(name: "operation", text: "{ name: new, operation: 'NAME', calls: 7, do: [ { delay: 1ms } ] }", samples: [operation, base])]
        + conditions.map { condition, samples in
            Place(name: "where \(condition)", text: "{ name: new, operation: POST /**, where: { \(condition) }, do: [] }", samples: samples)
        }

    private static func pairs(_ places: [Place], _ wrap: (String) -> String = { $0 }) -> [(String, String, String, String)] {
        places.flatMap { place in
            place.samples.map { sample in
                (
                    "\(sample.kind) in \(place.name)", wrap(place.text.replacing("NAME", with: sample.wrong)),
                    wrap(place.text.replacing("NAME", with: sample.right)), sample.near
                )
            }
        }
    }

    // MARK: In a file

    private static let progress = [
        Place(
            name: "progress: jobType", text: "progress: [ { match: { jobType: 'NAME' }, steps: [ { state: Completed } ] } ]",
            samples: [jobType, storeJob]),
        Place(
            name: "progress: agent", text: "progress: [ { match: { agent: 'NAME' }, steps: [ { state: Completed } ] } ]", samples: [agent]),
    ]

    @Test(
        arguments: pairs(expectations) { scenario + "\nexpect: [ \($0) ]" } + pairs(progress) { scenario + "\n" + $0 }
            + pairs(rules) { scenario.replacing("rules: [", with: "rules: [ \($0),") })
    func aFileIsWarnedOf(_ what: String, _ wrong: String, _ right: String, _ near: String) throws {
        let warnings = try Samples.scenario(wrong).warnings.all
        #expect(warnings.count == 1 && warnings.first?.hint?.contains(near) == true, "\(what): \(warnings)")
        let others = try Samples.scenario(right).warnings.all
        #expect(others.isEmpty, "\(what): \(others)")
    }

    /// Failures are words of the language: they are mistakes, wherever they stand.
    @Test(arguments: ["unavailible", "throtled", "forbiden", "text500", "not-found-stor"]) func aFailureIsAMistake(_ name: String) throws {
        let rule = "{ operation: GET /Agents, do: [ { refuse: \(name) } ] }"
        #expect(throws: Mistakes.self) { try Samples.scenario("rules: [ \(rule) ]") }
        let mock = try Mock()
        let refused = try mock.send(.post, "/_mock/rules", body: rule)
        #expect(refused.status == 400 && refused.json["error"]?.text?.contains("did you mean") == true)
    }

    // MARK: At the control interface

    private static func check(_ page: String, _ method: MicroHTTP.Method, _ wrong: String, _ right: String, _ near: String, _ what: String)
        throws
    {
        let mock = try Mock(scenario)
        let join = page.contains("?") ? "&" : "?"
        for (body, isRight) in [(wrong, false), (right, true)] {
            let strict = try mock.send(method, "/_mock/\(page)\(join)strict", body: body)
            #expect((strict.status == 200) == isRight, "\(what): \(strict.body)")
            if !isRight { #expect(strict.json["error"]?.text?.contains(near) == true, "\(what): \(strict.body)") }
        }
        let warned = try Mock(scenario).send(method, "/_mock/\(page)", body: wrong)
        #expect(warned.status == 200 && warned.body.contains("\"warnings\":[") && warned.body.contains(near), "\(what): \(warned.body)")
    }

    @Test(arguments: pairs(expectations) { "expect: [ \($0) ]" })
    func verifyWarnsOf(_ what: String, _ wrong: String, _ right: String, _ near: String) throws {
        try Self.check("verify", .post, wrong, right, near, what)
    }

    @Test(arguments: pairs(expectations) { "timeout: 0s\nexpect: [ \($0) ]" })
    func awaitWarnsOf(_ what: String, _ wrong: String, _ right: String, _ near: String) throws {
        try Self.check("await", .post, wrong, right, near, what)
    }

    @Test(arguments: pairs(rules)) func liveRulesWarnOf(_ what: String, _ wrong: String, _ right: String, _ near: String) throws {
        try Self.check("rules", .post, wrong, right, near, what)
        try Self.check("rules/new", .put, wrong, right, near, what)
        try Self.check("rules", .post, "[ \(wrong) ]", "[ \(right) ]", near, what)
    }

    @Test(arguments: [
        ("operation", operation), ("operation", base), ("rule", rule), ("caller", user), ("caller", client),
    ])
    private func theJournalWarnsOf(_ parameter: String, _ sample: Sample) throws {
        let mock = try Mock(Self.scenario)
        func ask(_ name: String, strict: Bool = false) throws -> Answered {
            let query = "\(parameter)=\(name.replacing(" ", with: "%20"))\(strict ? "&strict" : "")"
            return try mock.raw(Request(.get, "/_mock/journal?\(query)", headers: [("Host", "localhost")]))
        }
        #expect(try ask(sample.wrong).json["warnings"]?.elements.first?.text?.contains(sample.near) == true)
        #expect(try ask(sample.wrong, strict: true).status == 400)
        #expect(try ask(sample.right).json["warnings"] == nil)
        #expect(try ask(sample.right, strict: true).status == 200)
    }

    /// What an operation's requests have, by the rule that looks at it.
    @Test(arguments: [
        ("GET /Agents/uo-1", "", "e89c945f"), ("GET /Agents/{x}", "path.x: e89c945f-da62-482c-9495-ecf36abbd2de", "e89c945f"),
        ("GET /CertificateStores/{id}", "path.id: web-1", "2162f005"), ("GET /CertificateStoreTypes/Name/PME", "", "'PEM'"),
        ("PUT /CertificateStores", "body.Id: 00000000-0000-0000-0000-000000000007", "no certificate store of the id"),
        ("DELETE /CertificateStores", "'body[0]': 00000000-0000-0000-0000-000000000007", "no certificate store of the id"),
        ("POST /Agents/Approve", "'body[1]': 00000000-0000-0000-0000-000000000007", "no agent of the id"),
        ("GET /JobTypes/Custom/{id}", "path.id: 00000000-0000-0000-0000-000000000007", "no custom job type of the id"),
        ("POST /Enrollment/CSR", "body.Template: WebServer", "'WebServer-1y'"),
        ("POST /Enrollment/PFX", "body.CertificateAuthority: Sub-CB", "'Sub-CA'"),
        ("POST /CertificateStores", "body.CertStoreType: 99", "2 (PEM)"),
        ("POST /CertificateStores", "body.ContainerId: 99", "no container 99"),
        ("POST /OrchestratorJobs/Custom", "body.JobTypeNam: absent", "'JobTypeName'"),
        ("POST /CertificateStores/Schedule", "body.Schedule.Intervall: absent", "'Interval'"),
        ("POST /CertificateStores/Schedule", "body.Schedule.Interval.Minuts: 5", "'Minutes'"),
        ("GET /CertificateStores", "query.ReturnLimt: absent", "'query.ReturnLimit'"),
        ("GET /CertificateStores", "header.x-keyfactor-requested-wiht: absent", "x-keyfactor-requested-with"),
        ("PURGE /Agents", "", "/Agents has GET"), ("PATCH /**", "", "POST"), ("GET /_mock/rules", "", "control interface"),
        ("GET /w/x/KeyfactorAPI/Agents", "", "leave out the world"),
    ])
    func aRuleThatFindsNothingIsRefused(_ operation: String, _ condition: String, _ near: String) throws {
        let rule = "{ operation: '\(operation)', where: { \(condition) }, do: [ { refuse: unavailable } ] }"
        let answered = try Mock().send(.post, "/_mock/rules?strict", body: rule)
        #expect(answered.status == 400 && answered.json["error"]?.text?.contains(near) == true, "\(answered.body)")
        let loaded = try Mock().send(.put, "/_mock/scenario?strict", body: "rules: [ \(rule) ]")
        #expect(loaded.status == 400 && loaded.json["error"]?.text?.contains(near) == true, "\(loaded.body)")
    }

    /// What a request is to create is new by nature, and nonsense may be sent to see it refused.
    @Test(arguments: [
        ("POST /CertificateStores", "body.ClientMachine: web-9"), ("PUT /CertificateStores/DiscoveryJob", "body.ClientMachine: web-9"),
        ("PUT /CertificateStores", "body.ClientMachine: wbe-1"), ("POST /**", "body.ClientMachine: web-9"),
        ("POST /JobTypes/Custom", "body.JobTypeName: RotateKeys"), ("PUT /JobTypes/Custom", "body.JobTypeName: SampleCustomJobTyp"),
        ("POST /CertificateStoreTypes", "body.ShortName: PME"), ("POST /Security/Roles", "body.Name: Administrators"),
        ("POST /OrchestratorJobs/Custom", "body.AgentId: nonsense"), ("GET /Agents/nonsense", ""), ("GET /CertificateStores/*", ""),
        ("POST /CertificateStores", "body.ContainerId: 0"), ("POST /CertificateStores", "body.Properties.tok: present"),
        ("POST /OrchestratorJobs/Custom", "body.JobFields.Minuts: '1'"), ("GET /Agents", "header.X-Tenant: a, query.mine: b"),
        ("GET /Agents", "method: get"), ("GET /Certificates/*/Unlike", ""),
    ])
    func whatIsNewByNatureIsTaken(_ operation: String, _ condition: String) throws {
        let rule = "{ operation: '\(operation)', where: { \(condition) }, do: [ { refuse: unavailable } ] }"
        let answered = try Mock().send(.post, "/_mock/rules?strict", body: rule)
        #expect(answered.status == 200, "\(answered.body)")
        let loaded = try Mock().send(.put, "/_mock/scenario?strict", body: "rules: [ \(rule) ]")
        #expect(loaded.status == 200, "\(loaded.body)")
    }

    @Test(arguments: ["verify?strict", "verify?strict&fail=409"], ["", "expect: []", "{\"expect\":[]}"])
    func nothingToJudgeIsRefused(_ page: String, _ body: String) throws {
        let refused = try Mock().send(.post, "/_mock/\(page)", body: body)
        #expect(refused.status == 400 && refused.body.contains("nothing is expected"), "\(refused.body)")
        let warned = try Mock().send(.post, "/_mock/verify", body: body)
        #expect(warned.status == 200 && warned.body.contains("nothing is expected"), "\(warned.body)")
        let own = try Mock("expect: [ { unmatched: 0 } ]").send(.post, "/_mock/\(page)")
        #expect(own.status == 200 && own.json["verdict"]?.text == "met" && !own.body.contains("warnings"), "\(own.body)")
    }

    @Test(arguments: ["status=40", "status=600", "status=200&status=404", "limit=1&LIMIT=2", "order=oldest&order=newest"])
    func aFilterThatFindsNothingIsRefused(_ query: String) throws {
        #expect(try Mock().raw(Request(.get, "/_mock/journal?\(query)", headers: [("Host", "localhost")])).status == 400)
    }

    // MARK: What exists by itself

    @Test func whatOccursInTheJournalExists() throws {
        let mock = try Mock("rules: [ { name: gone, operation: GET /PamProviders, do: [ { refuse: unavailable } ] } ]")
        _ = try mock.get("/Certificates")
        _ = try mock.get("/PamProviders")
        _ = try mock.send(.delete, "/_mock/rules/gone")
        for text in ["operation: GET /Certificates", "rule: gone", "operation: '* /Certificates'"] {
            let answered = try mock.send(.post, "/_mock/verify?strict", body: "expect: [ { requests: { \(text) }, count: 1 } ]")
            #expect(answered.status == 200 && answered.json["verdict"]?.text == "met", "\(text): \(answered.body)")
        }
    }

    @Test(arguments: [
        ("GET /Certificates/*", true, "unlike any operation"), ("POST /Workflow/Instances", true, "another one"),
        ("GET /Agnts", false, "nearly an operation"), ("GET /KeyfactorAPI/Agents", false, "with the base path"),
        ("POST /OrchestratorJobs/Custm", false, "a letter is missing"), ("GET /Status/Endpoint", false, "another letter"),
    ])
    func aRuleMayStandForAnOperationThatTheMockLacks(_ operation: String, _ isTaken: Bool, _ reason: String) throws {
        let rule = "{ operation: '\(operation)', do: [ { refuse: unavailable } ] }"
        let answered = try Mock().send(.post, "/_mock/rules?strict", body: rule)
        #expect((answered.status == 200) == isTaken, "\(reason): \(answered.body)")
    }

    @Test(arguments: ["journal", "rules", "clock", "estate", "jobs", "jobs/over", "coverage", "scenario", "info", "verify", "journal/1"])
    func aWorldThatNobodyNamedIsNotRead(_ page: String) throws {
        let mock = try Mock()
        _ = try mock.raw(Request(.get, "/w/checkout/KeyfactorAPI/Agents"))
        let missed = try mock.send(page == "verify" ? .post : .get, "/_mock/worlds/chekcout/\(page)")
        #expect(missed.status == 404 && missed.json["error"]?.text?.contains("Did you mean 'checkout'?") == true, "\(missed.body)")
        #expect(mock.server.worlds["chekcout"] == nil, "and reading makes none")
        let found = try mock.send(page == "verify" ? .post : .get, "/_mock/worlds/checkout/\(page)")
        #expect(found.status == 200, "\(found.body)")
    }

    @Test func anAwaitSaysThatItsWorldIsNew() throws {
        let body = "{ timeout: 0s, expect: [ { requests: {}, count: 0 } ] }"
        let mock = try Mock()
        #expect(try mock.send(.post, "/_mock/worlds/a/await", body: body).body.contains("the world 'a' is new"))
        #expect(try mock.send(.post, "/_mock/worlds/a/await", body: body).body.contains("new") == false)
        #expect(try mock.send(.post, "/_mock/worlds/b/await?strict", body: body).status == 400)
    }

    @Test(
        arguments: [
            ("", 200, 200), ("?fail=409", 200, 409), ("?fail=500", 200, 500), ("?fail=404&strict", 200, 404), ("?fail=200", 400, 400),
            ("?fail=409&fail=409", 400, 400),
            ("?fail=99", 400, 400), ("?fail=302", 400, 400), ("?fail=no", 400, 400), ("?fial=409", 400, 400), ("?strict=maybe", 400, 400),
        ] as [(String, Int, Int)])
    func verifyFailsWithTheStatusAskedFor(_ query: String, _ met: Int, _ failed: Int) throws {
        let mock = try Mock()
        let ask = { (count: Int) in
            try mock.raw(
                Request(
                    .post, "/_mock/verify\(query)", headers: [("Host", "localhost")],
                    body: Array("expect: [ { requests: { operation: GET /Agents }, count: \(count) } ]".utf8))
            ).status
        }
        #expect(try ask(0) == met)
        #expect(try ask(1) == failed)
    }
}
