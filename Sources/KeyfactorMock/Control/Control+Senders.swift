import MicroHTTP

/// Which requests that a browser sends for a page are served: those of the page that this server has given it, and no other's.
extension Control {
    /// Refuses what other pages send.
    ///
    /// - Parameters:
    ///   - request: what a client sent.
    ///   - page: its path below `/_mock/`.
    ///   - facts: where the server listens.
    /// - Throws: a refusal that says which header field gives it away.
    func checkSender(of request: Request, _ page: String, _ facts: Facts?) throws(ControlRefusal) {
        if request.headerRange("origin") != nil { try checkOrigin(of: request, page, facts) }
        let isPage = page == PageControl.path || page.isEmpty
        guard request.isForAnotherSite, !(servesPage && isPage && request.opensTab) else { return }
        throw ControlRefusal(
            403, "A request for a page of another site (header Sec-Fetch-Site) is refused under /_mock/; type the address instead.")
    }

    /// Leads a browser to the page that opens the server's address.
    ///
    /// - Parameter request: what a client sent.
    /// - Returns: `nil` if it wants something else.
    func redirect(_ request: Request) -> Response? {
        guard servesPage, request.wantsPage, request.text(request.path) == "/" else { return nil }
        return PageControl.redirect
    }

    /// Refuses a request with `Origin`, unless it comes from our own page and no form or simple request of another's could look like it.
    private func checkOrigin(of request: Request, _ page: String, _ facts: Facts?) throws(ControlRefusal) {
        // Browsers send it with the page's script, too, which needs no other header field.
        let isFile = request.method == .get && page.hasPrefix(PageControl.path + "/")
        guard servesPage, request.isFromOwnPage, isFile || request.header("x-mock-ui") == "1" else {
            throw ControlRefusal(403, "A request from a web page (header Origin) is refused under /_mock/.")
        }
        guard request.method != .get, request.method != .head else { return }
        let type = request.header("content-type")?.prefix { $0 != ";" }.lowercased()
        guard type == "application/json" || type == "application/yaml" else {
            throw ControlRefusal(403, "What the page under /_mock/ sends must be application/json or application/yaml.")
        }
        guard pageMayWrite(facts) else { throw ControlRefusal(403, PageControl.isReadOnly) }
    }
}
