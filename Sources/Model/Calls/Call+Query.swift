extension Query {
    /// Parses a filter of a request.
    ///
    /// - Parameters:
    ///   - text: the decoded query. Only spaces means no filter.
    ///   - fields: the fields that may be used.
    ///   - call: the request: its caller is `%ME%`, and its time determines `%TODAY%`.
    ///   - name: the parameter's name for refusals.
    /// - Returns: `nil` for no filter.
    /// - Throws: a refusal that shows the error in the query.
    public static func parse(_ text: String, _ fields: [QueryField<Row>], _ call: Call, named name: String = "QueryString") throws(Refusal)
        -> Query?
    {
        do throws(QueryMistake) {
            return try parse(text, fields, user: call.caller.name, now: call.now)
        } catch {
            throw .badArgument("\(name): \(error.message)")
        }
    }
}
