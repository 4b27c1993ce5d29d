import MicroHTTP
import Testing

@testable import Base
@testable import Entities
@testable import Model
@testable import Worlds

/// Operations that have a second version, which a request asks for by its header.
struct VersionTests {
    private static func operation(versionTwoSince: ProductVersion?) -> Operation {
        Operation(.get, "/Things", versionTwoSince: versionTwoSince, needs: .nothing, established: "", assumed: "") { call, _ in
            .reply(Reply(200, Array("\(call.apiVersion)".utf8)))
        }
    }

    @Test(arguments: [
        (ProductVersion?.none, ProductVersion.v25, String?.some("2"), 1), (.v11, .v25, "2", 2), (.v11, .v25, "2.0", 2),
        (.v11, .v25, "1", 1),
        (.v11, .v25, "1.0", 1), (.v11, .v25, nil, 1), (.v11, .v10, "2", 1), (.v10, .v10, "2", 2),
    ])
    func theHeaderChoosesTheVersion(_ since: ProductVersion?, _ product: ProductVersion, _ header: String?, _ version: Int) {
        let request = Request(.get, "/KeyfactorAPI/Things", headers: header.map { [("X-Keyfactor-Api-Version", $0)] } ?? [])
        #expect(HeaderChecks.version(request, of: Self.operation(versionTwoSince: since), in: product) == version)
    }

    @Test func twoVersionsAreDescribedAsEither() {
        let content = Contents.versions({ _ in .text }, { _ in .integer }, since: .v11)
        guard case .text = content(.v10), case .either(let both) = content(.v11) else { Issue.record("not described so"); return }
        #expect(both.count == 2)
    }
}
