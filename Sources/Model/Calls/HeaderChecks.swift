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
        if !isRead || fidelity.headers == .all, request.headerRange("x-keyfactor-requested-with")?.isEmpty ?? true {
            throw .missingRequestedWith
        }
        guard let range = request.headerRange("x-keyfactor-api-version"), !isKnown(request.bytes[range]) else { return }
        throw .unsupportedVersion(String(request.text(range).prefix(60)))
    }

    /// 1, 1.0, 2 and 2.0 are sent by clients and treated alike: no operation of this area has a second version.
    private static func isKnown(_ version: ArraySlice<UInt8>) -> Bool {
        let one = version.first == UInt8(ascii: "1") || version.first == UInt8(ascii: "2")
        return one && (version.count == 1 || version.dropFirst().elementsEqual([UInt8(ascii: "."), UInt8(ascii: "0")]))
    }
}
