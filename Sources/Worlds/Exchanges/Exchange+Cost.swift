import Command
import MicroHTTP
import Model

extension Exchange {
    /// Whether its work may take long: a list of a large estate of which many rows must be looked at, put in order, or sent. This is guessed
    /// from its parameters; an equation usually finds its rows by an index. Without one, all certificates are looked at for those that have
    /// expired or are revoked.
    public var mayTakeLong: Bool {
        guard case .operation(.endpoint(let operation, _, let parameters), _) = subject else { return false }
        if operation.mayTakeLong { return true }
        guard world.isLarge, parameters.isEmpty, let query = try? QueryParameters(request)
        else { return false }
        let isOfCertificates = operation.path.hasPrefix("/Certificates")
        guard isOfCertificates || operation.method == .get else { return false }
        let looksAtAll = query["querystring"].map { !$0.lowercased().contains("-eq") } ?? isOfCertificates
        let most = query.trimmed("returnlimit").flatMap { Int($0) } ?? 0
        return looksAtAll || query["sortfield"] != nil || most > 1_000
    }
}
