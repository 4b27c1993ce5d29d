/// A body as a scenario writes it: text stands for itself, everything else is JSON.
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

    static let field = Shape.Field("body", .any, about: "a quoted text as it is, or a value sent as JSON")
}

/// Header fields that a rule sets, or with null takes away.
struct HeaderChanges: Sendable, Equatable {
    let fields: [(name: String, value: String?)]

    /// Changes of one's own.
    init(fields: [(name: String, value: String?)]) { self.fields = fields }

    /// Reads a mapping; nothing changes nothing.
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
        about: "header fields set over the reply's own; null takes one away")

    static func == (left: HeaderChanges, right: HeaderChanges) -> Bool {
        left.fields.elementsEqual(right.fields) { $0 == $1 }
    }
}

/// A reply that a scenario writes out, also where the mock has no operation.
struct CannedAnswer: Sendable, Equatable {
    let status: Int
    let headers: HeaderChanges
    let body: CannedBody?

    /// What it looks like in a scenario.
    static let kind = EffectKind(
        key: "answer",
        variants: [
            .init(
                name: "an answer",
                fields: [
                    .init(
                        "answer",
                        .object(
                            "an answer",
                            fields: [
                                .init("status", .integer(200...599), about: "default 200"), HeaderChanges.field, CannedBody.field,
                            ]), required: true, about: "sent instead of doing the work; also on paths that the mock does not know")
                ])
        ])

    /// Reads the value of the key `answer`.
    init(_ node: YAMLNode) {
        status = node["status"]?.integer ?? 200
        headers = HeaderChanges(node["headers"])
        body = node["body"].map { CannedBody($0) }
    }
}

/// The true answer, changed.
struct Alteration: Sendable {
    let status: Int?
    let headers: HeaderChanges
    /// A JSON merge patch (RFC 7386).
    let patch: JSONValue?
    /// A body instead of the true one.
    let replacement: CannedBody?

    /// What it looks like in a scenario.
    static let kind = EffectKind(
        key: "alter",
        variants: [
            .init(
                name: "an alteration",
                fields: [
                    .init(
                        "alter",
                        .object(
                            "an alteration",
                            fields: [
                                .init("status", .integer(200...599), about: "instead of the true one"), HeaderChanges.field,
                                .init("patch", .any, about: "a JSON merge patch of the body"), CannedBody.field,
                            ]), required: true, about: "the work is done; its answer is changed")
                ])
        ])

    /// Reads the value of the key `alter`.
    init(_ node: YAMLNode) {
        status = node["status"]?.integer
        headers = HeaderChanges(node["headers"])
        patch = node["patch"]?.json
        replacement = node["body"].map { CannedBody($0) }
    }

    /// The body as it is sent: a patch of what is not JSON changes nothing.
    func body(_ bytes: [UInt8]) -> [UInt8] {
        if let replacement { return replacement.bytes }
        guard let patch else { return bytes }
        let document = bytes.isEmpty ? nil : try? JSONDocument(bytes, values: .max)
        guard bytes.isEmpty || document != nil else { return bytes }
        var writer = JSONWriter(capacity: bytes.count + 64)
        patch.merge(into: document?.root, &writer)
        return writer.bytes
    }
}

extension JSONValue {
    /// Writes a value with this patch applied (RFC 7386, section 2).
    fileprivate func merge(into target: JSONValue?, _ writer: inout JSONWriter) {
        guard isObject else { return writer.copy(self) }
        let kept = target?.members ?? []
        let changes = members
        writer.object { writer in
            for member in kept {
                guard let change = changes.last(where: { $0.name == member.name }) else {
                    writer.name(anyText: member.name)
                    writer.copy(member.value)
                    continue
                }
                guard !change.value.isNull else { continue }
                writer.name(anyText: member.name)
                change.value.merge(into: member.value, &writer)
            }
            for change in changes where !change.value.isNull && !kept.contains(where: { $0.name == change.name }) {
                writer.name(anyText: change.name)
                change.value.merge(into: nil, &writer)
            }
        }
    }
}

extension JSONWriter {
    /// Writes a value as it stood.
    mutating func copy(_ value: JSONValue) {
        raw(value.isString ? "\"\(value.source)\"" : value.source)
    }
}
