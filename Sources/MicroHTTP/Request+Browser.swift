extension Request {
    /// Whether a browser sends it for a page of another site, as for an image there. Such a GET has no `Origin`, but says so.
    public var isForAnotherSite: Bool {
        switch header("sec-fetch-site")?.lowercased() {
        case "cross-site", "same-site": true
        default: false
        }
    }

    /// Whether a browser asks for it on its own: the page at the root when somebody looks what is there, and that page's icon.
    public var isOfBrowserItself: Bool {
        guard method == .get else { return false }
        switch text(path) {
        case "/favicon.ico": return true
        case "/": return headerRange("sec-fetch-mode") != nil || header("accept")?.contains("text/html") == true
        default: return false
        }
    }
}
