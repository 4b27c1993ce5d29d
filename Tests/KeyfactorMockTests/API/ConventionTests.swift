import TestSupport
import Testing

@testable import Base
@testable import Model
@testable import MicroHTTP

/// What holds for every call: paths, headers, refusals in the vendor's shape.
struct ConventionTests {
    @Test(arguments: [
        ("/KeyfactorAPI/Agents", 200, "the default"), ("/Keyfactor/API/Agents", 200, "container installs"),
        ("/keyfactorapi/agents", 200, "scripts in lower case"), ("/KeyfactorApi/AGENTS", 200, "any case"),
        ("/KeyfactorAPI/Agents/", 200, "a trailing slash"), ("//KeyfactorAPI//Agents", 200, "doubled slashes"),
        ("/KeyfactorAPI/Status/EndPoints", 200, "PowerShell samples' case"), ("/KeyfactorAPI/%41gents", 200, "percent-encoding"),
        ("/KeyfactorAPI/Agents/x/y/z", 404, "too deep"), ("/KeyfactorAPI", 404, "the base path alone"), ("/", 404, "nothing"),
        ("/KeyfactorAPIStatus/Endpoints", 404, "a slash missing"), ("/KeyfactorAPI/Agents%2f", 404, "an encoded slash is no separator"),
        ("/KeyfactorAPI/Agents/%zz", 400, "no percent-encoding"), ("/KeyfactorAPI/Agents/%00", 400, "NUL"),
        ("/KeyfactorAPI/%ff", 400, "no UTF-8"),
    ])
    func aPath(leads path: String, to status: Int, _ reason: String) throws {
        #expect(try Mock().raw(Request(.get, path)).status == status)
    }

    /// Found by fuzzing: the router let such bytes pass where nothing in the path was encoded, and rules did not.
    @Test func rawBytesThatAreNoTextAreRefusedAsEncodedOnesAre() throws {
        let bytes = Array("/KeyfactorAPI/Agents/".utf8) + [0xFF]
        let end = bytes.count
        let raw = try Mock().raw(Request(.get, bytes: bytes, targetEnd: end, fieldsEnd: end, isSecure: false, peer: "127.0.0.1"))
        let encoded = try Mock().raw(Request(.get, "/KeyfactorAPI/Agents/%ff"))
        #expect(raw.status == 400 && raw.message == encoded.message)
        #expect(try Mock().raw(Request(.get, "/KeyfactorAPI/Agents/\u{E4}")).message?.contains("expected a GUID") == true)
    }

    @Test func aChosenBasePathIsServedBesideTheVendors() throws {
        let mock = try Mock("basePath: /Command/KeyfactorAPI")
        for path in ["/command/keyfactorapi/Agents", "/KeyfactorAPI/Agents", "/Keyfactor/API/Agents"] {
            #expect(try mock.raw(Request(.get, path)).status == 200)
        }
    }

    @Test func aListOfBasePathsReplacesTheVendors() throws {
        let mock = try Mock("basePath: [ /A, /B/C ]")
        #expect(
            try ["/a/Agents", "/b/c/Agents", "/KeyfactorAPI/Agents"].map { try mock.raw(Request(.get, $0)).status } == [200, 200, 404])
    }

    @Test(arguments: [
        "[ /A, /A/B ]", "[ /A/B, /A ]", "[ /A, /a, /A/B ]", "[ /A/B, /A/C, /A, /D ]",
    ])
    func basePathsMayLieBelowEachOther(_ bases: String) throws {
        let mock = try Mock("basePath: \(bases)")
        let statuses = try ["/a/Agents", "/A/b/Agents", "/A/B/B/Agents", "/A/Agents/B/Agents", "/A/B/A/B/Agents"].map {
            try mock.raw(Request(.get, $0)).status
        }
        #expect(statuses == [200, 200, 404, 404, 404])
    }

    @Test(
        arguments: [
            ("writes", Method.get, nil, 200, "reads pass without it"), ("writes", .post, nil, 400, "writes do not"),
            ("writes", .post, "", 400, "nor with nothing in it"),
            ("writes", .post, "XMLHttpRequest", 404, "browser code"), ("all", .get, nil, 400, "everything needs it"),
            ("all", .get, "APIClient", 200, "and passes with it"),
            ("off", .post, nil, 404, "nothing needs it"),
        ] as [(String, Method, String?, Int, String)])
    func requestedWithIsChecked(_ value: String, _ method: Method, _ header: String?, _ status: Int, _ reason: String) throws {
        let mock = try Mock("fidelity: { headers: \(value) }")
        let body = #"{"AgentId":"00000000-0000-0000-0000-000000000009","JobTypeName":"x"}"#
        let reply = try mock.send(
            method, method == .get ? "/Agents" : "/OrchestratorJobs/Custom",
            headers: header.map { [("X-Keyfactor-Requested-With", $0)] } ?? [], body: body)
        #expect(reply.status == status)
        if status == 400 {
            #expect(reply.message == "The header x-keyfactor-requested-with is required. Send 'APIClient' or 'XMLHttpRequest'.")
        }
    }

    @Test(arguments: [("1", 200), ("1.0", 200), ("2", 200), ("2.0", 200), ("3", 400), ("1.1", 400), ("one", 400), ("", 400)])
    func theAPIVersionIsChecked(_ version: String, _ status: Int) throws {
        #expect(try Mock().send(.get, "/Agents", headers: [("x-keyfactor-api-version", version)]).status == status)
    }

    @Test(arguments: Door.allCases)
    func everyAnswerCarriesTheVendorsHeaders(_ door: Door) throws {
        let mock = try Mock(through: door)
        let (one, other) = (try mock.get("/Agents"), try mock.get("/Agents"))
        #expect(
            one.headers.map(\.0) == [
                "Content-Type", "Api-Supported-Versions", "X-Keyfactor-Product-Version", "Date", "X-Keyfactor-Correlation-Id",
                "X-Total-Count",
            ])
        #expect(one["Date"] == "Sun, 22 Nov 2026 12:00:00 GMT")
        #expect(one["X-Total-Count"] == "2")
        #expect(one["X-Keyfactor-Product-Version"]?.wholeMatch(of: /25\.4\.1\+[0-9a-f]{40}/) != nil)
        #expect(GUID(one["X-Keyfactor-Correlation-Id"] ?? "") != nil)
        #expect(one["X-Keyfactor-Correlation-Id"] != other["X-Keyfactor-Correlation-Id"])
        #expect(try mock.get("/Nothing")["X-Keyfactor-Correlation-Id"] != nil)
    }

    @Test(arguments: [
        (Method.get, "/CertificateStore", "no operation GET /CertificateStore; nearest is GET /CertificateStores"),
        (.get, "/OrchestratorJobs/Custm", "no operation GET /OrchestratorJobs/Custm; nearest is POST /OrchestratorJobs/Custom"),
        (
            .get, "/Agent/11111111-1111-4111-8111-111111111111",
            "no operation GET /Agent/11111111-1111-4111-8111-111111111111; nearest is GET /Agents/{id}"
        ),
        (.get, "/Workflow/Instances/AssignedToMe/List", "no operation is like GET /KeyfactorAPI/Workflow/Instances/AssignedToMe/List"),
        (
            .get, "Status/Endpoints",
            "GET /KeyfactorAPIStatus/Endpoints is not below a base path (a slash is missing after /KeyfactorAPI); those are /KeyfactorAPI, /Keyfactor/API"
        ),
        (.delete, "/Agents", "DELETE /KeyfactorAPI/Agents is not served: this path has GET"),
    ])
    func aMissSaysWhatWasNearest(_ method: Method, _ path: String, _ why: String) throws {
        let recorder = LogRecorder()
        let mock = try Mock(log: Log(.warning, time: TimeSource { Mock.noon }) { recorder.add($0) })
        let reply = try mock.send(method, path)
        #expect(reply["X-Mock-Why"] == why)
        #expect(recorder.lines == ["2026-11-22T12:00:00Z WARNING \(method.name) /KeyfactorAPI\(path) \(reply.status): \(why)\n"])
        #expect(reply.code != nil)
    }

    @Test func aWrongMethodNamesTheRightOnes() throws {
        let reply = try Mock().send(.put, "/CertificateStores/Schedule")
        #expect(reply.status == 405)
        #expect(reply["Allow"] == "POST")
        #expect(reply.message == "The requested resource does not support this HTTP method.")
    }

    @Test func headIsGetWithoutABody() throws {
        for door in Door.allCases {
            let reply = try Mock(through: door).send(.head, "/Agents")
            #expect(reply.status == 200)
            #expect(reply["X-Total-Count"] == "2")
        }
    }

    @Test func refusalsAreNoLever() throws {
        let ids = (1...5_000).map { "\($0)" }.joined(separator: ",")
        let reply = try Mock().post("/OrchestratorJobs/Acknowledge", #"{"JobAuditIds":[\#(ids)]}"#)
        #expect(reply.status == 400)
        #expect(reply.json["FailedOperations"]?.elements.count == 100)
        #expect(reply.body.utf8.count < 40_000)
    }

    @Test func refusalsAreEscapedAsDotNetDoes() {
        let refusal = Refusal.badArgument("It's <b>&\"é\"</b>+`\\\n")
        #expect(
            String(decoding: refusal.body, as: UTF8.self)
                == #"{"ErrorCode":"0xA0110004","Message":"It\u0027s \u003Cb\u003E\u0026\u0022\u00E9\u0022\u003C/b\u003E\u002B\u0060\\\n"}"#
        )
    }

    @Test func bindingErrorsMayBeProblems() throws {
        let mock = try Mock("fidelity: { bindingErrors: problem }")
        let reply = try mock.post("/OrchestratorJobs/Custom", #"{"AgentId":"x"}"#)
        #expect(reply.status == 400)
        #expect(reply["Content-Type"] == "application/problem+json; charset=utf-8")
        #expect(reply.json["status"]?.integer == 400)
        #expect(reply.json["errors"]?["AgentId"]?.elements.count == 1)
        // A value that can be read but is not right stays Command's own refusal.
        let other = #"{"AgentId":"00000000-0000-0000-0000-000000000009"}"#
        #expect(try mock.post("/OrchestratorJobs/Custom", other).code == "0xA0130000")
    }

    @Test func unknownMembersAreIgnoredOrRefused() throws {
        let body = #"{"AgentId":"00000000-0000-0000-0000-000000000009","Comment":1}"#
        #expect(try Mock().post("/OrchestratorJobs/Custom", body).status == 404)
        let strict = try Mock("fidelity: { unknownMembers: refuse }").post("/OrchestratorJobs/Custom", body)
        #expect(strict.message == "Comment: unknown member; expected one of AgentId, JobTypeName, Schedule, JobFields.")
    }

    @Test func aBodyOfNullOnAReadIsIgnored() throws {
        #expect(try Mock(through: .socket).send(.get, "/Agents", body: "null").status == 200)
    }
}

/// Lines of a log.
final class LogRecorder: Sendable {
    private let all = Lock<[String]>([])
    var lines: [String] { all.withLock { $0 } }
    func add(_ line: String) { all.withLock { $0.append(line) } }
}
