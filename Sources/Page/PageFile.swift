/// A file of the page at `/_mock/ui`, as it is in the program.
public struct PageFile: Sendable {
    /// Its name below `/_mock/ui/`; empty for the page itself.
    public let name: String
    /// What it is, for `Content-Type`.
    public let type: String
    /// What it contains.
    public let bytes: [UInt8]

    /// All files of the page; it needs no other.
    public static let all = [
        PageFile(name: "", type: "text/html; charset=utf-8", bytes: PackageResources.page_html),
        PageFile(name: "page.css", type: "text/css; charset=utf-8", bytes: PackageResources.page_css),
        PageFile(name: "page.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.page_js),
    ]
}
