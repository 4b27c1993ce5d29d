import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import Model

struct PageTests {
    private static let many = "estate: { from: empty, certificateStores: [ { machine: web, path: /s, count: 101 } ] }"

    @Test(arguments: [
        ("", 50, "50 a page"), ("?PageReturned=2", 50, "the second"), ("?pq.pageReturned=3", 1, "the rest"),
        ("?pagereturned=4", 0, "past the end: nothing"),
        ("?ReturnLimit=7", 7, "fewer"), ("?certificateStoreQuery.returnLimit=1000", 101, "all"),
        ("?returnLimit=10&ReturnLimit=20", 20, "the last counts"),
        ("?query.pageReturned=2147483647&returnLimit=1000000", 0, "far past the end"), ("?&&", 50, "nothing between ampersands"),
        ("?PageReturned=&ReturnLimit=", 50, "empty values"), ("?SkipCount=5", 50, "a parameter of 11 that is not read"),
    ])
    func aPage(of query: String, holds count: Int, _ reason: String) throws {
        let reply = try Mock(Self.many).get("/CertificateStores\(query)")
        #expect(reply.json.elements.count == count)
        #expect(reply["X-Total-Count"] == "101")
    }

    @Test(arguments: [0, 1, 50, 51, 100, 101])
    func readingPagesUntilOneIsEmptyFindsEveryStoreOnce(_ count: Int) throws {
        let mock = try Mock("estate: { from: empty, certificateStores: [ { machine: web, path: /s, count: \(count) } ] }")
        var seen: [String] = []
        for page in 1...10 {
            let rows = try mock.get("/CertificateStores?PageReturned=\(page)").json.elements
            if rows.isEmpty { break }
            seen += rows.compactMap { $0["Id"]?.text }
        }
        #expect(seen.count == count)
        #expect(Set(seen).count == count)
    }

    @Test func pagesMayRepeatToFindClientsThatNeverStop() throws {
        let mock = try Mock(Self.many + "\nfidelity: { paging: ignorePage }")
        #expect(try mock.get("/CertificateStores?PageReturned=9").json.elements.count == 50)
    }

    @Test(arguments: [
        ("PageReturned=0", "PageReturned: expected a whole number of at least 1, found '0'."),
        ("PageReturned=-1", "PageReturned: expected a whole number of at least 1, found '-1'."),
        ("ReturnLimit=x", "ReturnLimit: expected a whole number of at least 1, found 'x'."),
        ("ReturnLimit=2147483648", "ReturnLimit: expected a whole number of at least 1, found '2147483648'."),
        ("ReturnLimit=1000001", "ReturnLimit: expected at most 1000000, found 1000001."),
        ("SortAscending=2", "SortAscending: expected 0 (ascending) or 1 (descending), found '2'."),
        ("SortField=Colour", "Invalid sort field: Colour."),
        ("QueryString=%zz", "The query '%zz' is not properly percent-encoded UTF-8."),
    ])
    func aListIsRefused(_ query: String, _ message: String) throws {
        let reply = try Mock().get("/CertificateStores?\(query)")
        #expect(reply.status == 400)
        #expect(reply.message == message)
        #expect(reply.code == (query.hasPrefix("SortField") ? "0xA011004A" : "0xA0110004"))
    }

    @Test(arguments: [
        ("", ["a /2", "B /1", "c /1"], "by machine, without case"), ("?SortAscending=1", ["c /1", "B /1", "a /2"], "descending"),
        ("?SortField=StorePath", ["B /1", "c /1", "a /2"], "equal ones stay in order"),
        ("?sortfield=storepath&SortAscending=1", ["a /2", "c /1", "B /1"], "turned round"),
    ])
    func aListIsSorted(_ query: String, _ order: [String], _ reason: String) throws {
        let mock = try Mock(
            "estate: { from: empty, certificateStores: [ {machine: c, path: /1}, {machine: B, path: /1}, {machine: a, path: /2} ] }")
        let rows = try mock.get("/CertificateStores\(query)").json.elements
        #expect(rows.map { "\($0["ClientMachine"]?.text ?? "") \($0["Storepath"]?.text ?? "")" } == order)
    }

    @Test func agentsAreFoundByMachineWithoutLookingAtAll() throws {
        let agents = try Mock("estate: { from: large }").world.agents
        let found = agents.rows(withKey: QueryKey(field: "ClientMachine", value: .text("UO-17"))) ?? []
        #expect(found.map(\.machine).contains("uo-17"))
        #expect(found.count < 5)
        #expect(
            agents.rows(withKey: QueryKey(field: "ClientMachine", value: .text("nobody")))?.filter { $0.machine == "nobody" }.isEmpty
                == true)
    }

    @Test func storesAreFoundByMachineWithoutLookingAtAll() throws {
        let table = CertificateStore.table(
            (0..<3_000).map { n in
                let id = Identifiers.fixed(.store, "\(n)", seed: 1)
                let machine = n % 3 == 0 ? "Web-\(n % 40)" : "web-\(n % 40)"
                return (
                    id,
                    CertificateStore(
                        id: id, machine: machine, path: "/\(n)", type: 2, agent: nil, container: nil, isApproved: true)
                )
            })
        for machine in ["WEB-7", "web-39", "web-40", "a", "z", ""] {
            let scanned = table.all.filter { $0.machine.lowercased() == machine.lowercased() }.map(\.path)
            #expect(table.rows(withKey: QueryKey(field: "ClientMachine", value: .text(machine)))?.map(\.path) == scanned)
        }
    }
}
