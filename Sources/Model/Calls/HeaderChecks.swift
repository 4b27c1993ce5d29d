public import MicroHTTP

/// The checks of Command's own request headers. What a real server answers where one is missing or wrong is not known; GETs without
/// them were seen to pass, so the default asks for them on writes alone.
public enum HeaderChecks {
    /// Refuses a request whose headers Command would refuse.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - fidelity: its `headers` switch says how strict to be.
    /// - Throws: a refusal that names the header.
    public static func check(_ request: Request, _ fidelity: Fidelity) throws(Refusal) {
        guard fidelity.headers != .off else { return }
        let isRead = request.method == .get || request.method == .head
        // Most have one line of it, which need not be made a text.
        if !isRead || fidelity.headers == .all, request.headerRange("x-keyfactor-requested-with")?.isEmpty ?? true,
            request.header("x-keyfactor-requested-with")?.isEmpty ?? true
        {
            throw .missingRequestedWith
        }
        // Clients send 1, 1.0, 2 and 2.0. Where an operation has no second version, all are treated alike.
        guard let version = request.header("x-keyfactor-api-version"), !["1", "1.0", "2", "2.0"].contains(version) else { return }
        throw .unsupportedVersion(String(version.prefix(60)))
    }

    /// The version of an operation that a request asks for.
    ///
    /// - Parameters:
    ///   - request: the request, whose header has been checked.
    ///   - operation: the operation.
    ///   - product: the release of Command that answers.
    /// - Returns: 2 if it asks for the second version and there is one, else 1.
    public static func version(_ request: Request, of operation: Operation, in product: ProductVersion) -> Int {
        guard operation.hasVersionTwo(in: product), let version = request.header("x-keyfactor-api-version") else { return 1 }
        return version == "2" || version == "2.0" ? 2 : 1
    }
}
