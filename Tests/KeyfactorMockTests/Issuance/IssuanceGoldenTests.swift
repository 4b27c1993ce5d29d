import TestSupport
import Testing

/// What the nouns of this area look like, release by release.
struct IssuanceGoldenTests {
    static let paths = [
        "metadata-field": "/MetadataFields/6", "collection": "/CertificateCollections/2",
        "collection-listed": "/CertificateCollections/CollectionList?ReturnLimit=1", "template": "/Templates/3",
        "templates": "/Templates?ReturnLimit=1", "template-settings": "/Templates/Settings", "authority": "/CertificateAuthority/1",
    ]

    @Test(arguments: paths.keys.sorted(), ["10.5", "11.6", "25.4"])
    func `A noun is sent as its release sends it`(_ name: String, _ product: String) throws {
        let reply = try Mock("product: '\(product)'").get(try #require(Self.paths[name]))
        #expect(reply.status == 200)
        #expect(Golden.difference(reply.body + "\n", "Tests/KeyfactorMockTests/Goldens/Issuance/\(name)-\(product).json") == nil)
    }

    @Test(arguments: [
        ("pattern", "/EnrollmentPatterns/3"), ("pattern-settings", "/EnrollmentPatterns/3/Settings"),
        ("ca-details", "/Templates/CADetails/2"),
    ])
    func `What only 25 has is sent as 25 sends it`(_ name: String, _ path: String) throws {
        let reply = try Mock().get(path)
        #expect(reply.status == 200)
        #expect(Golden.difference(reply.body + "\n", "Tests/KeyfactorMockTests/Goldens/Issuance/\(name).json") == nil)
        for product in ["10.5", "11.6", "12.3", "24.4"] { #expect(try Mock("product: '\(product)'").get(path).status == 404) }
    }

    @Test(arguments: [("12.3", "11.6"), ("24.4", "11.6")])
    func `Releases between 11 and 25 are as 11, but for two members of metadata fields`(_ product: String, _ like: String) throws {
        let (one, other) = (try Mock("product: '\(product)'"), try Mock("product: '\(like)'"))
        for path in Self.paths.values.sorted() {
            let expected = try other.get(path).body
            let found = try one.get(path).body
            guard path.contains("Metadata"), product == "24.4" else {
                #expect(found == expected, "\(path)")
                continue
            }
            #expect(found == expected.replacing(#""AllowAPI":true,"ExplicitUpdate":false,"#, with: ""))
        }
    }
}
