import Base
import MicroHTTP
import ScenarioFormat

/// Alters the reply after the work.
struct Alteration: Effect {
    let status: Int?
    let headers: HeaderChanges
    /// A JSON merge patch (RFC 7386).
    let patch: JSONValue?
    /// A body instead of the reply's own.
    let replacement: CannedBody?

    static let form = EffectForm(
        key: "alter", use: .requests,
        variants: [
            .init(
                name: "an alteration",
                fields: [
                    .init(
                        "alter",
                        .object(
                            "an alteration",
                            fields: [
                                .init("status", .integer(200...599), about: "instead of the reply's own"), HeaderChanges.field,
                                .init("patch", .any, about: "a JSON merge patch for the body"), CannedBody.field,
                            ]), required: true, about: "the work is done, and its reply is changed")
                ])
        ])

    static func action(_ node: YAMLNode, for subject: OperationPattern.Subject) throws(Mistake) -> Action {
        if let patch = node["alter"]?["patch"], node["alter"]?["body"] != nil {
            throw Mistake(patch.mark, "'patch' changes the reply's body, and 'body' replaces it", hint: "leave out one of them")
        }
        let alteration = Alteration(node["alter"] ?? node)
        return .alterReply { reply in alteration.apply(to: &reply) }
    }

    /// Reads the value of the key `alter`.
    init(_ node: YAMLNode) {
        status = node["status"]?.integer
        headers = HeaderChanges(node["headers"])
        patch = node["patch"]?.json
        replacement = node["body"].map { CannedBody($0) }
    }

    private func apply(to reply: inout Response) {
        let wasEmpty = reply.body.isEmpty
        if let status { reply.status = status }
        reply.body = body(reply.body)
        let type = replacement?.type ?? (wasEmpty && !reply.body.isEmpty ? CannedBody.json : nil)
        if let type { reply = reply.changed(HeaderChanges(fields: [("Content-Type", type)])) }
        reply = reply.changed(headers)
    }

    /// The body as it is sent. A patch leaves a body alone that is not JSON.
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
    /// Writes a value as it was written.
    mutating func copy(_ value: JSONValue) {
        raw(value.isString ? "\"\(value.source)\"" : value.source)
    }
}
