extension String {
    /// Refuses an empty query in a body, which would be all rows (assumed), unless the scenario takes it.
    ///
    /// - Parameters:
    ///   - example: a query that would be right.
    ///   - what: what it selects, in the singular.
    ///   - fidelity: whether an empty one is refused.
    /// - Throws: the 400.
    public func requireQuery(such example: String, of what: String, _ fidelity: Fidelity) throws(Refusal) {
        guard fidelity.emptyQuery == .refuse, allSatisfy(\.isWhitespace) else { return }
        throw .badArgument(
            "Query: expected a query such as \(example), found an empty one, which would be every \(what).", member: "Query")
    }
}
