import Base
import Command
import MicroHTTP
import Model
import Worlds

/// The description of what is served, in OpenAPI 3.1, written from the list of operations.
enum OpenAPI {
    /// A refusal's body.
    static let refusal = Schema.model(
        "Refusal",
        .object([
            .always("ErrorCode", .text), .always("Message", .text),
            .optional("FailedOperations", .array(.object([.always("Reason", .text)]))),
        ]))

    private static let refusals = [
        (400, "BadRequest", "Something in the request is missing or wrong."),
        (401, "Unauthorized", "The caller is nobody known."),
        (403, "Forbidden", "The caller lacks a permission."),
        (404, "NotFound", "An id that does not exist, or the release has no such operation."),
        (405, "MethodNotAllowed", "The path takes other methods."),
        (415, "UnsupportedMediaType", "The body is compressed otherwise than by gzip or deflate, or in UTF-16 or UTF-32."),
    ]

    /// What does not depend on the world, made once: the operations of each release, and the components.
    private static let paths = Dictionary(
        uniqueKeysWithValues: ProductVersion.allCases.map { product in (product, text { writePaths(product, to: &$0) }) })
    private static let components = Dictionary(
        uniqueKeysWithValues: ProductVersion.allCases.map { product in (product, text { writeComponents(product, to: &$0) }) })

    /// Writes the description of what a scenario serves.
    ///
    /// - Parameters:
    ///   - scenario: says the release and where its operations lie.
    ///   - writer: what to write to.
    static func write(_ scenario: Scenario, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("openapi", "3.1.0")
            writer.name("info")
            writer.object { writer in
                writer.member("title", "keyfactor-mock")
                writer.member("version", Version.current)
                writer.member(
                    "description",
                    "What this mock serves of Keyfactor Command \(scenario.product.rawValue). Limits of its own (413, 431, 503) are left out."
                )
            }
            writer.name("servers")
            writer.array(scenario.basePaths) { writer, path in writer.object { $0.member("url", path) } }
            writer.name("security")
            writer.raw(#"[{"basic":[]},{"bearer":[]}]"#)
            writer.name("paths")
            writer.raw(paths[scenario.product] ?? "{}")
            writer.name("components")
            writer.raw(components[scenario.product] ?? "{}")
        }
    }

    private static func text(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 65_536)
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func writePaths(_ product: ProductVersion, to writer: inout JSONWriter) {
        let operations = API.operations.filter { $0.isServed(by: product) }
        var paths: [String] = []
        for operation in operations where !paths.contains(operation.path) { paths.append(operation.path) }
        writer.object { writer in
            for path in paths {
                writer.name(path)
                writer.object { writer in
                    for operation in operations where operation.path == path {
                        writer.name(operation.method.name.lowercased())
                        write(operation, product, to: &writer)
                    }
                }
            }
        }
    }

    private static func write(_ operation: Operation, _ product: ProductVersion, to writer: inout JSONWriter) {
        let segments = operation.path.split(separator: "/")
        let words = segments.map { $0.hasPrefix("{") ? "By" + capitalized($0.dropFirst().dropLast()) : capitalized($0) }
        writer.object { writer in
            writer.member("operationId", operation.method.name.lowercased() + words.joined())
            writer.name("tags")
            writer.array(segments.prefix(1)) { $0.value(String($1)) }
            writer.name("parameters")
            writer.array(parameters(operation)) { $0.raw($1) }
            if let body = operation.takes?(product) {
                writer.name("requestBody")
                writer.object { writer in
                    writer.member("required", true)
                    writer.content(["application/json": body])
                }
            }
            writer.name("responses")
            writer.object { writer in
                writer.name(operation.returns == nil ? "204" : "200")
                writer.object { writer in
                    writer.member("description", operation.returns == nil ? "Done; nothing is answered." : "Done.")
                    if operation.counts {
                        writer.name("headers")
                        writer.raw(##"{"X-Total-Count":{"$ref":"#/components/headers/Total"}}"##)
                    }
                    if let answer = operation.returns?(product) { writer.content(["application/json": answer]) }
                }
                for (status, name, _) in refusals {
                    writer.name(String(status))
                    writer.object { $0.member("$ref", "#/components/responses/\(name)") }
                }
            }
        }
    }

    private static func capitalized(_ text: Substring) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private static func parameters(_ operation: Operation) -> [String] {
        var all: [String] = []
        for segment in operation.path.split(separator: "/") where segment.hasPrefix("{") {
            let name = String(segment.dropFirst().dropLast())
            all.append(parameter(name, in: "path", name == "id" ? operation.id : .text, isRequired: true))
        }
        all += operation.query.map { parameter($0.name, in: "query", $0.schema, isRequired: $0.isRequired) }
        if operation.method != .get { all.append(##"{"$ref":"#/components/parameters/RequestedWith"}"##) }
        return all
    }

    private static func parameter(_ name: String, in place: String, _ schema: Schema, isRequired: Bool) -> String {
        text { writer in
            writer.object { writer in
                writer.member("name", name)
                writer.member("in", place)
                if isRequired { writer.member("required", true) }
                writer.name("schema")
                schema.write(to: &writer)
            }
        }
    }

    private static func writeComponents(_ product: ProductVersion, to writer: inout JSONWriter) {
        var models: [String: Schema] = [:]
        refusal.collectModels(&models)
        for operation in API.operations where operation.isServed(by: product) {
            operation.takes?(product).collectModels(&models)
            operation.returns?(product).collectModels(&models)
        }
        writer.object { writer in
            writer.name("schemas")
            writer.object { writer in
                for (name, schema) in models.sorted(by: { $0.key < $1.key }) {
                    writer.name(name)
                    schema.write(to: &writer)
                }
            }
            writer.name("responses")
            writer.object { writer in
                for (status, name, text) in refusals {
                    writer.name(name)
                    writer.object { writer in
                        writer.member("description", text)
                        writer.content(contents(ofStatus: status))
                    }
                }
            }
            writer.name("headers")
            writer.raw(#"{"Total":{"description":"How many rows match in all.","schema":{"type":"integer"}}}"#)
            writer.name("parameters")
            let header = "x-keyfactor-requested-with"
            writer.raw(
                #"{"RequestedWith":{"name":"\#(header)","in":"header","required":true,"schema":{"type":"string","enum":["APIClient","XMLHttpRequest"]}}}"#
            )
            writer.name("securitySchemes")
            writer.raw(#"{"basic":{"type":"http","scheme":"basic"},"bearer":{"type":"http","scheme":"bearer"}}"#)
        }
    }

    /// The switches `bindingErrors` and `unauthorizedBody` decide which.
    private static func contents(ofStatus status: Int) -> KeyValuePairs<String, Schema> {
        switch status {
        case 400: ["application/json": refusal, "application/problem+json": .map(.any)]
        case 401: ["application/json": refusal, "text/html": .text]
        default: ["application/json": refusal]
        }
    }
}

extension JSONWriter {
    /// Writes what a body is, by its media type.
    fileprivate mutating func content(_ schemas: KeyValuePairs<String, Schema>) {
        name("content")
        object { writer in
            for (type, schema) in schemas {
                writer.name(type)
                writer.object { writer in
                    writer.name("schema")
                    schema.write(to: &writer)
                }
            }
        }
    }
}
