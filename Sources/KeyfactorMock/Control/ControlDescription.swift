import Base
import MicroHTTP
import ScenarioFormat

/// The descriptions of the interface under `/_mock/`, written from its list of endpoints: an index, and in OpenAPI 3.1.
enum ControlDescription {
    /// Writes the index: each operation with its link, in which a name in braces stands for one segment.
    static func writeIndex(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("description", "/_mock/control.openapi.json")
            writer.name("operations")
            writer.array(Control.endpoints) { writer, endpoint in
                writer.object { writer in
                    writer.member("method", endpoint.method.name)
                    writer.member("href", "/_mock/" + endpoint.path)
                    writer.member("about", endpoint.about)
                    writer.name("query")
                    writer.array(endpoint.query) { $0.value($1.name) }
                }
            }
        }
    }

    /// Writes the whole description.
    static func write(to writer: inout JSONWriter) {
        var paths: [String] = []
        for endpoint in Control.endpoints where !paths.contains(endpoint.path) { paths.append(endpoint.path) }
        writer.object { writer in
            writer.member("openapi", "3.1.0")
            writer.name("info")
            writer.object { writer in
                writer.member("title", "keyfactor-mock control interface")
                writer.member("version", Version.current)
                writer.member(
                    "description",
                    "Bodies may be YAML or JSON. What is below /_mock/ concerns the world 'default', what is below /_mock/worlds/{world}/ another."
                )
            }
            writer.name("servers")
            writer.raw(#"[{"url":"/_mock"},{"url":"/_mock/worlds/{world}","variables":{"world":{"default":"default"}}}]"#)
            writer.name("paths")
            writer.object { writer in
                for path in paths {
                    writer.name("/" + path)
                    writer.object { writer in
                        for endpoint in Control.endpoints where endpoint.path == path { write(endpoint, to: &writer) }
                    }
                }
            }
        }
    }

    private static func write(_ endpoint: ControlEndpoint, to writer: inout JSONWriter) {
        let path = endpoint.path.isEmpty ? "index" : endpoint.path
        let words = path.split { !$0.isLetter }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
        writer.name(endpoint.method.name.lowercased())
        writer.object { writer in
            writer.member("operationId", endpoint.method.name.lowercased() + words.joined())
            writer.member("summary", endpoint.about)
            let parameters = endpoint.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
            writer.name("parameters")
            writer.array(parameters.map { ($0, "path", "") } + endpoint.query.map { ($0.name, "query", $0.about) }) { writer, parameter in
                writer.object { writer in
                    writer.member("name", parameter.0)
                    writer.member("in", parameter.1)
                    if parameter.1 == "path" { writer.member("required", true) }
                    if !parameter.2.isEmpty { writer.member("description", parameter.2) }
                    writer.name("schema")
                    writer.raw(#"{"type":"string"}"#)
                }
            }
            if let body = endpoint.body {
                writer.name("requestBody")
                let schema = body.jsonSchema(
                    title: endpoint.about, id: "\(endpoint.method.name.lowercased())-\(words.joined()).schema.json")
                writer.raw("{\"content\":{\"application/json\":{\"schema\":\(schema)}}}")
            }
            writer.name("responses")
            writer.raw(
                #"{"2XX":{"description":"Done"},"4XX":{"description":"Refused; error says why","content":{"application/json":{"schema":{"type":"object","required":["error"],"properties":{"error":{"type":"string"}}}}}}}"#
            )
        }
    }
}
