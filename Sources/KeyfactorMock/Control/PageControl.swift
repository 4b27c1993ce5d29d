import Base
import MicroHTTP
import Page

/// The page for people, at `/_mock/ui`. What it shows it asks the rest of the control interface for.
enum PageControl {
    /// Its path below `/_mock/`.
    static let path = "ui"
    /// Why it may change nothing.
    static let isReadOnly = "Others than this machine can reach the server, and it was started without --admin-token: the page only reads."

    static let all: [ControlEndpoint] = [
        ControlEndpoint(.get, path, "The page for people", scope: .page) { _ in response(PageFile.all[0]) },
        ControlEndpoint(.get, "\(path)/{file}", "A file of the page", scope: .page, file),
    ]

    private static func file(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let files = PageFile.all.dropFirst()
        guard let file = files.first(where: { $0.name == call.parameter }) else {
            throw ControlRefusal(404, "The page has no such file; it has \(files.map(\.name).joined(separator: ", ")).")
        }
        return response(file)
    }

    /// What the page may do: run its own script and style, and ask this server. Markup that clients sent stays text, whatever the script
    /// does with it.
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src data:", "base-uri 'none'",
        "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")

    private static func response(_ file: PageFile) -> Response {
        var response = Response(200, body: file.bytes)
        let fields = [
            ("Content-Type", file.type), ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"), ("Cache-Control", "no-store"),
        ]
        for (name, value) in fields { response.add(name, value) }
        return response
    }

    /// Leads a browser to the page.
    static let redirect = {
        var response = Response(302)
        response.add("Location", "/_mock/\(path)")
        response.add("Cache-Control", "no-store")
        return response
    }()
}
