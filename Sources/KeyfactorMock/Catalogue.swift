/// What the command line prints about the mock itself.
package enum Catalogue {
    /// Every operation served, as Keyfactor's documentation writes it.
    package static var operations: [String] { API.operations.map(\.name) }

    /// The JSON Schema of scenario files, from the definitions that the reader uses.
    package static var scenarioSchema: String {
        ScenarioShape.scenario.jsonSchema(title: "keyfactor-mock scenario", id: "scenario.schema.json")
    }

    /// The failures that rules can name: name, status, code, provenance and when it is sent, in columns.
    package static var failures: [String] {
        Failure.library.map { failure in
            let columns = [
                (failure.name, 23), (String(failure.status), 4), (failure.code.isEmpty ? "-" : failure.code, 15),
                (failure.provenance.rawValue, 9),
            ]
            return columns.map { text, width in text + String(repeating: " ", count: max(1, width - text.count)) }.joined() + failure.when
        }
    }

    /// An example of every refusal: status, code, provenance, text.
    package static var refusals: [String] {
        let id = GUID.empty
        let examples: [Refusal] = [
            .badArgument("MEMBER: expected …, found …."), .failed("StoreIds: …", ["…"]), .invalidSortField("NAME"),
            .forbidden("USER", ""), .storeNotFound(id), .agentNotFound(id), .jobTypeNotFound(id), .jobTypeNotFound(named: "NAME"),
            .jobHistoryNotFound(0), .agentInUse(id, stores: 1, jobs: 2), .jobTypeInUse("NAME", jobs: 1),
            .storeTypeNotFound(0), .storeTypeNotFound(named: "NAME"), .containerNotFound(0),
            .alreadyExists("certificate store type", "ShortName", "NAME"), .inUse("The certificate store type 'NAME'", by: "…"),
            .unauthorized, .noOperation(""), .methodNotAllowed("", []), .unsupportedVersion("VERSION"), .missingRequestedWith,
            .worldIsFull("jobs", limit: Estate.jobLimit),
        ]
        return examples.map { "\($0.status) \($0.code) \($0.provenance.rawValue) \($0.message)" }
    }
}

/// Finds the setting that was probably meant.
///
/// - Parameters:
///   - name: the name as written.
///   - names: the right names.
/// - Returns: `nil` if none is near.
package func nearestSetting(to name: String, among names: [String]) -> String? {
    nearestWord(to: name, among: names)
}
