import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import Model

struct ContainerEndpointsTests {
    private static let path = "/CertificateStoreContainers"

    private static let scenario = """
        estate:
          containers:
            - { name: Web, id: 3, storeType: PEM, schedule: { Daily: { Time: "2020-01-01T23:30:00Z" } } }
            - { name: Any, id: 4 }
          certificateStores:
            - { machine: new, path: /a, agent: uo-1, container: Any }
            - { machine: own, path: /a, agent: uo-1, container: Any, schedule: { Interval: { Minutes: 5 } } }
            - { machine: wild, path: /a, agent: uo-1, container: Any, approved: false }
            - { machine: lone, path: /a, container: Any }
        """

    private static func schedules(_ mock: Mock) -> [String] {
        ["new", "own", "wild", "lone"].map { name in mock.world.stores.all.first { $0.machine == name }?.schedule?.compact ?? "-" }
    }

    @Test(arguments: Door.allCases)
    func theListShowsCompactSchedulesAndCounts(_ door: Door) throws {
        let reply = try Mock(Self.scenario, through: door).get(Self.path)
        #expect(
            reply.body
                == #"[{"Id":3,"Name":"Web","OverwriteSchedules":false,"Schedule":"D_23:30","CertStoreType":2,"StoreCount":0},"#
                + #"{"Id":4,"Name":"Any","OverwriteSchedules":false,"Schedule":null,"CertStoreType":-1,"StoreCount":4}]"#)
        #expect(reply["X-Total-Count"] == "2")
    }

    @Test(arguments: [
        ("Id -eq 4", ["Any"]), ("Name -contains \"E\"", ["Web"]), ("CertStoreType -eq -1", ["Any"]), ("HasSchedule -eq true", ["Web"]),
        ("HasSchedule -eq false", ["Any"]),
    ])
    func theListIsFiltered(_ query: String, _ names: [String]) throws {
        let query = query.replacing(" ", with: "%20").replacing("\"", with: "%22")
        let reply = try Mock(Self.scenario).get("\(Self.path)?QueryString=\(query)")
        #expect(reply.json.elements.map { $0["Name"]?.text } == names)
    }

    @Test func oneHasItsScheduleAsAnObjectAndItsStores() throws {
        let mock = try Mock(Self.scenario)
        let web = try mock.get("\(Self.path)/3").body
        #expect(
            web == #"{"Id":3,"Name":"Web","Schedule":{"Daily":{"Time":"2026-11-22T23:30:00Z"}},"CertStoreType":2,"CertificateStores":[]}"#)
        let any = try mock.get("\(Self.path)/4").json
        #expect(any["Schedule"]?.isNull == true)
        #expect(any["CertificateStores"]?.elements.map { $0["ClientMachine"]?.text } == ["lone", "new", "own", "wild"])
    }

    @Test func aNewContainerRepeatsTheTimeAndGetsTheNextId() throws {
        let mock = try Mock(Self.scenario)
        let body = #"{"Name":"New","Schedule":{"Weekly":{"Days":[1,"Friday"],"Time":"2025-01-01T02:00:00Z"}},"CertStoreType":-1}"#
        let reply = try mock.post(Self.path, body)
        #expect(
            reply.body == #"{"Id":5,"Name":"New","Schedule":{"Weekly":{"Days":["Monday","Friday"],"Time":"2025-01-01T02:00:00Z"}},"#
                + #""CertStoreType":-1,"CertificateStores":[]}"#)
        #expect(try mock.get("\(Self.path)/5").json["Schedule"]?["Weekly"]?["Time"]?.text == "2026-11-22T02:00:00Z")
        #expect(try mock.send(.delete, "\(Self.path)/5").status == 204)
        #expect(try mock.post(Self.path, #"{"Name":"New"}"#).json["Id"]?.integer == 6, "an id is not given twice")
    }

    @Test(arguments: [
        ("25.4", #"{}"#, 400, "Name: expected at least one character, found nothing.", "no name"),
        ("25.4", #"{"Name":"WEB"}"#, 400, "Name: a certificate store container 'WEB' exists already.", "a name taken"),
        (
            "25.4", #"{"Name":"N","CertStoreType":77}"#, 404, "The certificate store type with StoreType '77' does not exist.",
            "no such type"
        ),
        ("25.4", #"{"Name":"N","OverwriteSchedules":1}"#, 400, "OverwriteSchedules: expected true or false, found 1.", "no boolean"),
        (
            "25.4", #"{"Name":"N","Schedule":"D_23:30"}"#, 400,
            "Schedule: expected an object such as {\"Interval\":{\"Minutes\":60}}, found a string.", "the compact form"
        ),
        (
            "11.6", #"{"Name":"N","Schedule":{"Immediate":true}}"#, 400,
            "Schedule.Immediate: a container of Command 11.6 cannot be scheduled so; expected one of Interval, Daily.", "before 24.4"
        ),
    ])
    func aWrongContainerIsRefused(_ product: String, _ body: String, _ status: Int, _ message: String, _ reason: String) throws {
        let mock = try Mock("product: '\(product)'\n" + Self.scenario)
        let before = try mock.get(Self.path).body
        let reply = try mock.post(Self.path, body)
        #expect(reply.status == status)
        #expect(reply.message == message)
        #expect(try mock.get(Self.path).body == before)
    }

    // MARK: Schedules reach stores

    @Test(arguments: [
        (#"{"Interval":{"Minutes":60}}"#, false, ["I_60", "I_5", "-", "-"], "stores that have none take it on"),
        (#"{"Interval":{"Minutes":60}}"#, true, ["I_60", "I_60", "-", "-"], "others too where it overwrites"),
        (#"{}"#, true, ["-", "-", "-", "-"], "off overwrites too"),
        (#"{}"#, false, ["-", "I_5", "-", "-"], "off alone does nothing"),
        ("null", true, ["-", "I_5", "-", "-"], "nothing said, nothing done"),
    ])
    func aScheduleReachesTheStoresInIt(_ schedule: String, _ overwrites: Bool, _ expected: [String], _ reason: String) throws {
        let mock = try Mock(Self.scenario)
        let body = #"{"Id":4,"Name":"Any","OverwriteSchedules":\#(overwrites),"Schedule":\#(schedule)}"#
        #expect(try mock.send(.put, Self.path, body: body).status == 200)
        #expect(Self.schedules(mock) == expected)
        let jobs = try mock.get("/OrchestratorJobs/ScheduledJobs").json.elements.count
        #expect(jobs == expected.count { $0 != "-" }, "a job for each")
    }

    @Test(arguments: [
        (#"{"Name":"N"}"#, 400, "Id: expected the id of a container, found nothing.", "no id"),
        (#"{"Id":9,"Name":"N"}"#, 404, "Certificate store container with id '9' does not exist.", "unknown"),
        (#"{"Id":4,"Name":"Web"}"#, 400, "Name: a certificate store container 'Web' exists already.", "taken"),
    ])
    func aWrongUpdateIsRefused(_ body: String, _ status: Int, _ message: String, _ reason: String) throws {
        let mock = try Mock(Self.scenario)
        let reply = try mock.send(.put, Self.path, body: body)
        #expect(reply.status == status)
        #expect(reply.message == message)
        #expect(mock.world.containers[4]?.name == "Any")
    }

    @Test func aTypeThatStoresInItAreNotOfIsRefused() throws {
        let mock = try Mock(Self.scenario)
        let reply = try mock.send(.put, Self.path, body: #"{"Id":4,"Name":"Any","CertStoreType":0}"#)
        let expected =
            "CertStoreType: expected the store type of all stores in the container, found 0; the store with id '\(mock.store("lone"))' is of 2."
        #expect(reply.message == expected)
        #expect(try mock.send(.put, Self.path, body: #"{"Id":4,"Name":"Any","CertStoreType":2}"#).status == 200)
    }

    @Test func aDeletedContainerLeavesItsStores() throws {
        let mock = try Mock(Self.scenario)
        let reply = try mock.send(.delete, "\(Self.path)/4")
        #expect(reply.status == 204)
        #expect(reply.body.isEmpty)
        let store = try mock.get("/CertificateStores/\(mock.store("own"))").json
        #expect(store["ContainerId"]?.isNull == true)
        #expect(store["ContainerName"]?.isNull == true)
        #expect(store["InventorySchedule"]?["Interval"]?["Minutes"]?.integer == 5)
        #expect(mock.world.stores.count(inGroup: 4) == 0)
        #expect(try mock.send(.delete, "\(Self.path)/4").message == "Certificate store container with id '4' does not exist.")
    }

    @Test(arguments: [
        (Method.get, "", "", 200, "a list of what is in reach"), (.get, "/3", "", 200, "its own"), (.get, "/4", "", 403, "another"),
        (.post, "", #"{"Name":"N"}"#, 200, "to modify any container is enough"), (.put, "", #"{"Id":3,"Name":"N"}"#, 200, "its own"),
        (.put, "", #"{"Id":4,"Name":"N"}"#, 403, "another"), (.delete, "/4", "", 403, "another"), (.delete, "/3", "", 204, "its own"),
    ])
    func permissionsArePerContainer(_ method: Method, _ path: String, _ body: String, _ status: Int, _ reason: String) throws {
        let mock = try Mock(
            """
            auth:
              mode: basic
              users: [ { name: three, password: p, permissions: [ /certificate_stores/read/3/, /certificate_stores/modify/3/ ] } ]
            """ + "\n" + Self.scenario)
        let reply = try mock.send(method, Self.path + path, headers: CertificateStoreEndpointsTests.headers("three"), body: body)
        #expect(reply.status == status)
        guard method == .get, path.isEmpty else { return }
        #expect(reply.json.elements.map { $0["Id"]?.integer } == [3])
        #expect(reply["X-Total-Count"] == "1")
    }

    // MARK: Files and patches

    @Test(
        arguments: [
            (#"{"name":"Web"}"#, "D_23:30", true, 2), (#"{"name":"wEB","overwriteSchedules":false}"#, "D_23:30", false, 2),
            (#"{"name":"Web","schedule":null}"#, nil, true, 2), (#"{"name":"Web","storeType":null}"#, "D_23:30", true, nil),
        ] as [(String, String?, Bool, Int?)])
    func aContainerThatIsNamedAgainKeepsWhatIsLeftOut(_ patch: String, _ schedule: String?, _ overwrites: Bool, _ type: Int?) throws {
        for isRule in [false, true] {
            let mock = try Mock(Self.scenario.replacing("storeType: PEM,", with: "storeType: PEM, overwriteSchedules: true,"))
            if isRule {
                let rule = #"{"operation":"GET /Agents","do":[{"change":{"containers":[\#(patch)]}}]}"#
                #expect(try mock.post("/_mock/rules", rule).status == 200)
                _ = try mock.get("/Agents")
            } else {
                #expect(try mock.send(.patch, "/_mock/estate", body: #"{"containers":[\#(patch)]}"#).status == 200)
            }
            let container = try #require(mock.world.containers[3])
            #expect(container.schedule?.compact == schedule && container.overwritesSchedules == overwrites && container.storeType == type)
        }
    }

    @Test(
        arguments: [
            (
                #"{"certificateStores":[{"machine":"p","path":"/p","container":"Web","type":"JKS"}]}"#,
                "takes certificate stores of type PEM only"
            ),
            (
                #"{"certificateStores":[{"machine":"new","path":"/b","container":"web","type":"IIS"}]}"#,
                "takes certificate stores of type PEM only"
            ),
            (#"{"containers":[{"name":"Any","storeType":"JKS"}]}"#, "takes certificate stores of type JKS only"),
            (
                #"{"containers":[{"name":"N","storeType":"JKS"}],"certificateStores":[{"machine":"new","path":"/a","container":"N"}]}"#,
                "'N'"
            ),
        ] as [(String, String)])
    func storesOfAnotherTypeAreKeptOutOfAContainerHoweverTheyCome(_ patch: String, _ wanted: String) throws {
        let mock = try Mock(Self.scenario)
        let before = try mock.get("/_mock/estate").body
        let refused = try mock.send(.patch, "/_mock/estate", body: patch)
        #expect(refused.status == 400 && refused.body.contains(wanted), "\(refused.body)")
        let rule = try mock.post("/_mock/rules", #"{"operation":"GET /Agents","do":[{"change":\#(patch)}]}"#)
        if rule.status == 200 { _ = try mock.get("/Agents") }
        #expect(try mock.get("/_mock/estate").body == before)
    }

    @Test func aContainerAndItsStoresChangeTheirTypeTogether() throws {
        let mock = try Mock(Self.scenario)
        let patch = #"{"containers":[{"name":"Any","storeType":"PEM"},{"name":"Web","storeType":null}]}"#
        #expect(try mock.send(.patch, "/_mock/estate", body: patch).status == 200)
        let store = #"{"certificateStores":[{"machine":"p","path":"/p","container":"Web","type":"JKS"}]}"#
        #expect(try mock.send(.patch, "/_mock/estate", body: store).status == 200)
    }
}
