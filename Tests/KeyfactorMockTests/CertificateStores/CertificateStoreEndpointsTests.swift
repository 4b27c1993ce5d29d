import MicroHTTP
import TestSupport
import Testing

@testable import Base

/// `GET /CertificateStores`, `GET /CertificateStores/{id}` and `POST /CertificateStores/Schedule`.
struct CertificateStoreEndpointsTests {
    @Test(arguments: Door.allCases)
    func aScheduleIsSeenAfterwards(_ door: Door) throws {
        let mock = try Mock(through: door)
        let id = mock.store("web-1")
        let reply = try mock.post("/CertificateStores/Schedule", #"{"StoreIds":["\#(id)"],"Schedule":{"Interval":{"Minutes":60}}}"#)
        #expect(reply.status == 204)
        #expect(reply.body.isEmpty)
        #expect(reply["Content-Type"] == nil)
        let store = try mock.get("/CertificateStores/\(id)").json
        #expect(store["InventorySchedule"]?["Interval"]?["Minutes"]?.integer == 60)
        #expect(store["CertStoreInventoryJobId"]?.guid != nil)
        let listed = try mock.get("/CertificateStores").json.elements[0]
        #expect(listed["InventorySchedule"]?["Interval"]?["Minutes"]?.integer == 60)
        #expect(listed["CertStoreInventoryJobId"]?.guid == store["CertStoreInventoryJobId"]?.guid)
    }

    @Test(arguments: [#"{}"#, #"{"Off":true}"#, #"{"Off":{}}"#, #"{"Off":null}"#])
    func offTurnsTheScheduleOff(_ off: String) throws {
        let mock = try Mock()
        let id = mock.store("web-1")
        for schedule in [#"{"Daily":{"Time":"2026-11-22T02:00:00Z"}}"#, off] {
            #expect(try mock.post("/CertificateStores/Schedule", #"{"StoreIds":["\#(id)"],"Schedule":\#(schedule)}"#).status == 204)
        }
        let store = try mock.get("/CertificateStores/\(id)").json
        #expect(store["InventorySchedule"]?.isNull == true)
        #expect(store["CertStoreInventoryJobId"]?.isNull == true)
    }

    @Test(arguments: [
        (#"{"Interval":{"Minutes":5}}"#, #"{"Daily":{"Time":"2026-11-22T02:00:00Z"}}"#, true, "a recurring job keeps its id"),
        (#"{"Interval":{"Minutes":5}}"#, #"{"Immediate":true}"#, false, "a one-time job is another"),
        (#"{"Immediate":true}"#, #"{"Immediate":true}"#, false, "every one-time job is another"),
        (#"{"Immediate":true}"#, #"{"Interval":{"Minutes":5}}"#, false, "recurring after one-time"),
    ])
    func theJobsIdentity(_ first: String, _ second: String, _ isKept: Bool, _ reason: String) throws {
        let mock = try Mock()
        let id = mock.store("web-1")
        let jobs = try [first, second].map { schedule in
            _ = try mock.post("/CertificateStores/Schedule", #"{"StoreIds":["\#(id)"],"Schedule":\#(schedule)}"#)
            return try mock.get("/CertificateStores/\(id)").json["CertStoreInventoryJobId"]?.guid
        }
        #expect(jobs[0] != nil && jobs[1] != nil)
        #expect((jobs[0] == jobs[1]) == isKept)
    }

    static let refused: [(body: String, status: Int, message: String)] = [
        ("", 400, "The request body is empty; expected a JSON object."),
        ("{", 400, "The request body is not valid JSON: expected a member's name in double quotes (line 1, column 2)."),
        ("[]", 400, "The request body is an array; expected a JSON object."),
        ("null", 400, "The request body is null; expected a JSON object."),
        (#"{"Schedule":{}}"#, 400, "StoreIds: expected at least one store id, found nothing."),
        (#"{"StoreIds":null,"Schedule":{}}"#, 400, "StoreIds: expected at least one store id, found nothing."),
        (#"{"StoreIds":[],"Schedule":{}}"#, 400, "StoreIds: expected at least one store id, found none."),
        (#"{"StoreIds":"x","Schedule":{}}"#, 400, "StoreIds: expected an array of store ids, found a string."),
        (
            #"{"StoreIds":["good","x"],"Schedule":{}}"#, 400,
            "StoreIds[1]: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 'x'."
        ),
        (
            #"{"StoreIds":["good",7],"Schedule":{}}"#, 400,
            "StoreIds[1]: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 7."
        ),
        (
            #"{"StoreIds":["good","00000000-0000-0000-0000-000000000001","00000000-0000-0000-0000-000000000002"],"Schedule":{}}"#, 400,
            "StoreIds: Certificate store with id '00000000-0000-0000-0000-000000000001' does not exist. Certificate store with id '00000000-0000-0000-0000-000000000002' does not exist."
        ),
        (
            #"{"StoreIds":["good","waiting"],"Schedule":{}}"#, 400,
            "StoreIds: Certificate store with id 'waiting' must be approved before it can be scheduled."
        ),
        (#"{"StoreIds":["good","orphan"],"Schedule":{}}"#, 400, "StoreIds: Certificate store with id 'orphan' has no agent assigned."),
        (
            #"{"StoreIds":["good"]}"#, 400,
            #"Schedule: expected an object such as {"Interval":{"Minutes":60}}, or {} to turn the schedule off; found nothing."#
        ),
        (
            #"{"StoreIds":["good"],"Schedule":null}"#, 400,
            #"Schedule: expected an object such as {"Interval":{"Minutes":60}}, or {} to turn the schedule off; found nothing."#
        ),
        (#"{"StoreIds":["good"],"Schedule":{"Interval":{"Minutes":0}}}"#, 400, "Schedule.Interval.Minutes: expected at least 1, found 0."),
    ]

    @Test(arguments: refused)
    func aRefusedRequestChangesNothing(_ body: String, _ status: Int, _ message: String) throws {
        let mock = try Mock(
            """
            estate:
              certificateStores:
                - { machine: waiting, path: /a, approved: false, agent: uo-1 }
                - { machine: orphan, path: /a }
                - { machine: web-1, path: /etc/ssl/app.pem, schedule: { Interval: { Minutes: 9 } } }
            """)
        let before = try mock.get("/CertificateStores").body
        let names = ["good": mock.store("web-1"), "waiting": mock.store("waiting"), "orphan": mock.store("orphan")]
        func named(_ text: String, _ quote: String) -> String {
            names.reduce(text) { $0.replacing(quote + $1.key + quote, with: quote + $1.value + quote) }
        }
        let reply = try mock.post("/CertificateStores/Schedule", named(body, "\""))
        #expect(reply.status == status)
        #expect(reply.message == named(message, "'"))
        #expect(reply.code == "0xA0110004")
        #expect(try mock.get("/CertificateStores").body == before)
    }

    @Test func severalRefusedStoresAreNamedOneByOne() throws {
        let reply = try Mock().post(
            "/CertificateStores/Schedule",
            #"{"StoreIds":["00000000-0000-0000-0000-000000000001","00000000-0000-0000-0000-000000000001","00000000-0000-0000-0000-000000000002"],"Schedule":{}}"#
        )
        #expect(
            reply.json["FailedOperations"]?.elements.map { $0["Reason"]?.text } == [
                "Certificate store with id '00000000-0000-0000-0000-000000000001' does not exist.",
                "Certificate store with id '00000000-0000-0000-0000-000000000002' does not exist.",
            ])
    }

    @Test(arguments: [("vendor", 400), ("400", 400), ("404", 404)])
    func theStatusOfUnknownStoresIsASwitch(_ value: String, _ status: Int) throws {
        let mock = try Mock("fidelity: { unknownIds: '\(value)' }")
        let body = #"{"StoreIds":["00000000-0000-0000-0000-000000000001"],"Schedule":{}}"#
        #expect(try mock.post("/CertificateStores/Schedule", body).status == status)
    }

    @Test func aMissingScheduleMayMeanOff() throws {
        let mock = try Mock("fidelity: { missingSchedule: off }")
        let id = mock.store("web-1")
        for schedule in [#","Schedule":{"Interval":{"Minutes":5}}"#, "", #","Schedule":{"Interval":{"Minutes":5}}"#, #","Schedule":null"#] {
            #expect(try mock.post("/CertificateStores/Schedule", #"{"StoreIds":["\#(id)"]\#(schedule)}"#).status == 204)
        }
        #expect(try mock.get("/CertificateStores/\(id)").json["InventorySchedule"]?.isNull == true)
    }

    @Test(arguments: [("10.5", 400), ("11.6", 400), ("12.3", 204), ("24.4", 204), ("25.4", 204)])
    func olderReleasesKnowNoWeeklyInventory(_ product: String, _ status: Int) throws {
        let mock = try Mock("product: '\(product)'")
        let body = #"{"StoreIds":["\#(mock.store("web-1"))"],"Schedule":{"Weekly":{"Days":[1],"Time":"2026-11-22T20:00:00Z"}}}"#
        let reply = try mock.post("/CertificateStores/Schedule", body)
        #expect(reply.status == status)
        let message =
            "Schedule.Weekly: an inventory job of Command \(product) cannot be scheduled so; expected one of Immediate, Interval, Daily, ExactlyOnce."
        #expect(reply.message == (status == 400 ? message : nil))
    }

    // MARK: Permissions

    private static let containers = """
        auth:
          mode: basic
          users:
            - { name: all, password: p, permissions: [ /certificate_stores/schedule/, /certificate_stores/read/ ] }
            - { name: three, password: p, permissions: [ /certificate_stores/schedule/3/, /certificate_stores/read/3/ ] }
            - { name: reader, password: p, permissions: [ /certificate_stores/read/ ] }
        estate:
          containers: [ { id: 3, name: Three }, { id: 4, name: Four } ]
          certificateStores:
            - { machine: in-3, path: /a, agent: uo-1, container: Three }
            - { machine: in-4, path: /a, agent: uo-1, container: Four }
        """

    @Test(arguments: [
        ("all", ["in-3", "in-4", "web-1"], 204, "global"), ("three", ["in-3"], 204, "its container"),
        ("three", ["in-3", "in-4"], 403, "one store of another container refuses all"),
        ("three", ["web-1"], 403, "a store in no container"),
        ("reader", ["in-3"], 403, "reading is not scheduling"),
    ])
    func schedulingIsPermittedPerContainer(_ user: String, _ machines: [String], _ status: Int, _ reason: String) throws {
        let mock = try Mock(Self.containers)
        let ids = machines.map { "\"\(mock.store($0))\"" }.joined(separator: ",")
        let reply = try mock.send(
            .post, "/CertificateStores/Schedule", headers: Self.headers(user),
            body: #"{"StoreIds":[\#(ids)],"Schedule":{"Interval":{"Minutes":5}}}"#)
        #expect(reply.status == status)
        let scheduled = try mock.send(.get, "/CertificateStores", headers: Self.headers("all")).json.elements
            .filter { $0["InventorySchedule"]?.isNull == false }.compactMap { $0["ClientMachine"]?.text }
        #expect(scheduled == (status == 204 ? machines : []))
        guard status == 403 else { return }
        #expect(reply.body == #"{"ErrorCode":"0xA0140002","Message":"User \#(user) doesn\u0027t have the required permission"}"#)
    }

    @Test func aListShowsWhatTheCallerMayRead() throws {
        let mock = try Mock(Self.containers)
        let reply = try mock.send(.get, "/CertificateStores", headers: Self.headers("three"))
        #expect(reply.json.elements.map { $0["ClientMachine"]?.text } == ["in-3"])
        #expect(reply["X-Total-Count"] == "1")
        #expect(try mock.send(.get, "/CertificateStores/\(mock.store("in-3"))", headers: Self.headers("three")).status == 200)
        #expect(try mock.send(.get, "/CertificateStores/\(mock.store("in-4"))", headers: Self.headers("three")).status == 403)
    }

    static func headers(_ user: String) -> [(String, String)] {
        [("x-keyfactor-requested-with", "APIClient"), ("Authorization", "Basic \(encoded("\(user):p"))")]
    }

    private static func encoded(_ text: String) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let bits = text.utf8.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        return String(
            stride(from: 0, to: bits.count, by: 6).map { start in
                digits[(0..<6).reduce(0) { $0 << 1 | (start + $1 < bits.count ? Int(bits[start + $1]) : 0) }]
            })
    }

    // MARK: Bodies

    @Test(arguments: ["10.5", "25.4"])
    func theListIsAsRecorded(_ product: String) throws {
        let mock = try Mock(
            """
            product: "\(product)"
            estate:
              containers: [ { name: Web servers, schedule: { Daily: { Time: "2020-01-01T02:00:30Z" } } } ]
              certificateStores:
                - { machine: web-2, path: "/b", agent: uo-1, container: Web servers, properties: { spnwithport: "false" } }
            """)
        let body = try mock.get("/CertificateStores").body
        #expect(Golden.difference(body + "\n", "Tests/KeyfactorMockTests/Goldens/stores-\(product).json") == nil)
    }
}
