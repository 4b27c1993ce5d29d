import TestSupport
import Testing

@testable import KeyfactorMock

/// `docs/scenario.schema.json` is what `keyfactor-mock schema` prints. `KFMOCK_RECORD=1` writes it again.
struct SchemaDocumentTests {
    @Test func theSchemaInTheDocumentsIsTheOnePrinted() {
        let isSame = Golden.difference(Catalogue.scenarioSchema + "\n", "docs/scenario.schema.json") == nil
        #expect(isSame, "docs/scenario.schema.json is out of date; run: keyfactor-mock schema > docs/scenario.schema.json")
    }
}
