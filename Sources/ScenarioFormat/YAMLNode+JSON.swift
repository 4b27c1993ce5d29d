public import Base

extension YAMLNode {
    /// Writes the value as JSON. Plain scalars that are numbers or booleans are written as such.
    ///
    /// - Parameter writer: the writer to append to.
    public func write(to writer: inout JSONWriter) {
        switch content {
        case .null: writer.null()
        case .scalar(let text, quoted: _):
            if let boolean {
                writer.value(boolean)
            } else if let integer {
                writer.value(integer)
            } else if let number {
                // Unchanged if it is valid JSON, which `17.E7` and `.5` are not.
                writer.raw((try? JSONDocument(Array(text.utf8))) == nil ? "\(number)" : text)
            } else {
                writer.value(text)
            }
        case .sequence(let items): writer.array(items) { $1.write(to: &$0) }
        case .mapping(let entries):
            writer.object { writer in
                for entry in entries {
                    writer.name(anyText: entry.key.text ?? "")
                    entry.value.write(to: &writer)
                }
            }
        }
    }

    /// The value as a JSON document, for code that reads request bodies.
    public var json: JSONValue? {
        var writer = JSONWriter()
        write(to: &writer)
        return (try? JSONDocument(writer.bytes, values: .max))?.root
    }
}
