import TestSupport
import Testing

struct PamProviderEndpointsTests {
    @Test(arguments: [
        "", "?pq.pageReturned=2&pq.returnLimit=10", "?QueryString=Name%20-eq%20%22x%22", "?SortField=Name&SortAscending=1",
        "?QueryString=Id%20-eq%201",
    ])
    func theListIsEmptyAndPages(_ query: String) throws {
        let reply = try Mock().get("/PamProviders" + query)
        #expect(reply.status == 200)
        #expect(reply.body == "[]")
        #expect(reply["X-Total-Count"] == "0")
    }

    @Test(arguments: [
        ("?SortField=Nope", "Invalid sort field: Nope."),
        ("?PageReturned=0", "PageReturned: expected a whole number of at least 1, found '0'."),
    ])
    func whatIsWrongIsRefused(_ query: String, _ message: String) throws {
        let reply = try Mock().get("/PamProviders" + query)
        #expect(reply.status == 400)
        #expect(reply.message == message)
    }
}
