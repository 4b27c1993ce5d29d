extension Request {
    /// Whether a browser sends it for a page of another site, as for an image there. Such a GET has no `Origin`, but says so.
    public var isForAnotherSite: Bool {
        switch header("sec-fetch-site")?.lowercased() {
        case "cross-site", "same-site": true
        default: false
        }
    }

    /// Whether a browser opens it in a tab of its own, where no other page can see or frame it.
    public var opensTab: Bool {
        method == .get && header("sec-fetch-mode")?.lowercased() == "navigate" && header("sec-fetch-dest")?.lowercased() == "document"
    }

    /// Whether it wants a page to look at.
    public var wantsPage: Bool { method == .get && header("accept")?.contains("text/html") == true }

    /// Whether it comes from a page that the same scheme, host and port have served: its one `Origin` is what its `Host` names.
    ///
    /// The host may still be a name that was made to point here, so that it must be checked, too.
    public var isFromOwnPage: Bool {
        guard !isRepeated("origin"), !isRepeated("host"), let origin = header("origin"), let host = header("host"), !host.isEmpty else {
            return false
        }
        return origin.lowercased() == (isSecure ? "https://" : "http://") + host.lowercased()
    }

    /// Whether a browser asks for it on its own: the page at the root when somebody looks what is there, and that page's icon.
    public var isOfBrowserItself: Bool {
        guard method == .get else { return false }
        switch text(path) {
        case "/favicon.ico": return true
        case "/": return headerRange("sec-fetch-mode") != nil || wantsPage
        default: return false
        }
    }
}
