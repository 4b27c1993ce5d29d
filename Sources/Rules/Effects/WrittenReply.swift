import Base
public import MicroHTTP
import ScenarioFormat

/// A reply that a rule writes. Header fields that every reply has are added when it is sent.
public struct WrittenReply: Sendable, Equatable {
    /// The HTTP status.
    public let status: Int
    /// The bytes of the body; may be empty.
    public let body: [UInt8]
    /// The `Content-Type`; `nil` for none.
    public let type: String?
    /// Whether a gateway before Command sends it, so that it has none of Command's header fields.
    public var isFromGateway = false
    /// Whether it has the header fields of an operation's success.
    public var isSuccess = false
    /// Whether it challenges the caller to log in.
    public var challenges = false
    /// The value of `Retry-After`.
    public var retryAfter: String?
    /// Header fields set over the reply's own, or removed.
    public let headers: HeaderChanges
}

/// A body as a scenario writes it: quoted text stands for itself, everything else is JSON.
struct CannedBody: Sendable, Equatable {
    let bytes: [UInt8]
    let type: String

    /// Reads any value.
    init(_ node: YAMLNode) {
        if let text = node.text, node.plain == nil {
            (bytes, type) = (Array(text.utf8), "text/plain; charset=utf-8")
        } else {
            var writer = JSONWriter()
            node.write(to: &writer)
            (bytes, type) = (writer.bytes, Self.json)
        }
    }

    static let json = "application/json; charset=utf-8"

    static let field = Shape.Field("body", .any, about: "quoted text as it is, any other value as JSON")
}

/// Header fields that a rule sets or, with null, removes.
public struct HeaderChanges: Sendable, Equatable {
    let fields: [(name: String, value: String?)]

    /// Changes of header fields, in the order in which they are added.
    init(fields: [(name: String, value: String?)]) { self.fields = fields }

    /// Reads a mapping; without one nothing changes.
    init(_ node: YAMLNode?) {
        fields = (node?.entries ?? []).map { ($0.key.text ?? "", $0.value.text) }
    }

    static let field = Shape.Field(
        "headers",
        .map(
            of: .orNull(.text("a header field's value", pattern: "[^\\r\\n]*")),
            keys: .init(
                wanted: "a header field's name other than Content-Length, Connection and Transfer-Encoding",
                pattern:
                    "(?!([Cc][Oo][Nn][Tt][Ee][Nn][Tt]-[Ll][Ee][Nn][Gg][Tt][Hh]|[Cc][Oo][Nn][Nn][Ee][Cc][Tt][Ii][Oo][Nn]|[Tt][Rr][Aa][Nn][Ss][Ff][Ee][Rr]-[Ee][Nn][Cc][Oo][Dd][Ii][Nn][Gg])$)[A-Za-z0-9!#$%&'*+.^_`|~-]+"
            )),
        about: "header fields set over the reply's own; null removes one")

    /// Whether both make the same changes in the same order.
    public static func == (left: HeaderChanges, right: HeaderChanges) -> Bool {
        left.fields.elementsEqual(right.fields) { $0 == $1 }
    }
}

extension Response {
    /// The response with header fields set over its own.
    public func changed(_ changes: HeaderChanges) -> Response {
        guard !changes.fields.isEmpty else { return self }
        let names = changes.fields.map { $0.name.lowercased() }
        var changed = Response(status, body: body, delivery: delivery)
        changed.finish = finish
        for header in headers where !names.contains(header.name.lowercased()) { changed.add(header.name, header.value) }
        for change in changes.fields { if let value = change.value { changed.add(change.name, value) } }
        return changed
    }
}
