import Base
import Command
import MicroHTTP
import Model
public import Worlds

/// A request for each operation of a release, with ids that a scenario has: for programs with which people send requests.
public struct RequestCollection {
    /// One request.
    struct Entry {
        let operation: Operation
        /// The path below the base path, and the query.
        let target: String
        /// JSON, `nil` for none.
        let body: String?
        /// The first segment of its path, which names its folder.
        var folder: String { String(operation.path.dropFirst().prefix { $0 != "/" }) }
    }

    let entries: [Entry]
    /// The first base path.
    let basePath: String

    /// The requests for a scenario.
    ///
    /// - Parameter scenario: says the release and what exists; it must not ask for a login.
    public init(_ scenario: Scenario) {
        let known = KnownValues(scenario)
        basePath = scenario.basePaths[0]
        entries = API.operations.filter { $0.isServed(by: scenario.product) }.map { operation in
            let path = operation.path.split(separator: "/").reduce(("", "")) { made, segment in
                let value = segment.hasPrefix("{") ? known.value(below: made.1, parameter: String(segment)) : String(segment)
                return (made.0 + "/" + value, made.1 + "/" + segment)
            }.0
            let query = operation.query.filter(\.isRequired).map { parameter in
                "\(parameter.name)=\(Self.plain(known.member(parameter.name, of: operation)) ?? "1")"
            }
            let body = operation.takes.map { content in
                var writer = JSONWriter()
                content(scenario.product).writeExample(to: &writer) { known.member($0, of: operation) }
                return String(decoding: writer.bytes, as: UTF8.self)
            }
            return Entry(operation: operation, target: path + (query.isEmpty ? "" : "?" + query.joined(separator: "&")), body: body)
        }
    }

    /// A JSON value for a query.
    private static func plain(_ json: String?) -> String? { json?.replacing("\"", with: "") }

    /// The header fields of a request.
    private static func headers(_ entry: Entry) -> [(name: String, value: String)] {
        (entry.operation.method == .get ? [] : [("x-keyfactor-requested-with", "APIClient")])
            + (entry.body == nil ? [] : [("Content-Type", "application/json")])
    }

    /// A file for the REST clients of VS Code and JetBrains.
    ///
    /// - Parameter host: where the server is.
    /// - Returns: the text of the file.
    public func http(host: String) -> String {
        var text =
            "# A request for each operation of keyfactor-mock \(Version.current), written by 'keyfactor-mock operations --format http'.\n"
        text += "# Where the scenario asks for a login, add a line to a request: Authorization: Basic EXAMPLE\\ops password\n"
        text += "@api = \(host)\(basePath)\n"
        for entry in entries {
            text += "\n### \(entry.operation.name)\n\(entry.operation.method.name) {{api}}\(entry.target)\n"
            for header in Self.headers(entry) { text += "\(header.name): \(header.value)\n" }
            if let body = entry.body { text += "\n\(body)\n" }
        }
        return text
    }

    /// A collection in Postman's format 2.1, which Bruno, Insomnia and others import.
    ///
    /// - Parameter host: where the server is.
    /// - Returns: JSON.
    public func postman(host: String) -> String {
        var folders: [String] = []
        for entry in entries where !folders.contains(entry.folder) { folders.append(entry.folder) }
        var writer = JSONWriter(capacity: 1 << 17)
        writer.object { writer in
            writer.name("info")
            writer.object { writer in
                writer.member("name", "keyfactor-mock")
                writer.member("version", Version.current)
                writer.member("schema", "https://schema.getpostman.com/json/collection/v2.1.0/collection.json")
            }
            writer.name("variable")
            writer.array([host + basePath]) { writer, value in
                writer.object { writer in
                    writer.member("key", "api")
                    writer.member("value", value)
                }
            }
            writer.name("item")
            writer.array(folders) { writer, folder in
                writer.object { writer in
                    writer.member("name", folder)
                    writer.name("item")
                    writer.array(entries.filter { $0.folder == folder }) { Self.write($1, to: &$0) }
                }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func write(_ entry: Entry, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", entry.operation.name)
            writer.name("request")
            writer.object { writer in
                writer.member("method", entry.operation.method.name)
                writer.name("header")
                writer.array(headers(entry)) { writer, header in
                    writer.object { writer in
                        writer.member("key", header.name)
                        writer.member("value", header.value)
                    }
                }
                writer.member("url", "{{api}}" + entry.target)
                guard let body = entry.body else { return }
                writer.name("body")
                writer.object { writer in
                    writer.member("mode", "raw")
                    writer.member("raw", body)
                    writer.name("options")
                    writer.raw(#"{"raw":{"language":"json"}}"#)
                }
            }
        }
    }
}
