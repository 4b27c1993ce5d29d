public import MicroHTTP
import Model

extension MockServer {
    /// The reply to a request that the listener refuses before a handler sees it.
    ///
    /// - Parameters:
    ///   - status: 400, 413, 431 or 503.
    ///   - message: what is wrong with the request.
    /// - Returns: the reply, as Command words a refusal.
    public static func refusal(status: Int, message: String) -> Response {
        let refusal = Refusal(status: status, code: Refusal.badArgumentCode, message: message, provenance: .assumed)
        var response = Response(status, body: refusal.body)
        response.add("Content-Type", "application/json; charset=utf-8")
        return response
    }
}
