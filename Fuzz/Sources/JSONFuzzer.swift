@testable import Base
@testable import Command
@testable import Entities
@testable import Journal
@testable import KeyfactorMock
@testable import Model
@testable import Orchestrators
@testable import Rules
@testable import ScenarioFormat
@testable import Security
@testable import Stores
@testable import Worlds

/// The JSON parsers: writing and parsing a value again gives the same value, wherever the text is in a buffer; errors are inside the text.
enum JSONFuzzer {
    static func run(_ input: [UInt8]) {
        let read = Result { () throws(JSONMistake) in try JSONDocument(input) }
        let inside = Result { () throws(JSONMistake) in try JSONDocument([0x7B] + input + [0x22], in: 1..<(input.count + 1)) }
        switch (read, inside) {
        case (.success(let document), .success(let other)):
            always(isSame(document.root, other.root), "a text has another value inside a buffer")
            check(document.root)
        case (.failure(let mistake), .failure(let other)):
            always(mistake == other, "\(mistake) became \(other) inside a buffer")
            always((0...input.count).contains(mistake.offset), "the offset \(mistake.offset) is outside the text")
            always(mistake.line >= 1 && mistake.column >= 1 && !mistake.message.isEmpty, "\(mistake)")
        default: fatalError("a text is JSON alone or in a buffer, but not both")
        }
        runLeniently(input, strict: try? read.get())
    }

    /// The lenient parser takes all that is JSON for the same, and what it makes of another text is JSON once it is written.
    private static func runLeniently(_ input: [UInt8], strict: JSONDocument?) {
        let read = Result { () throws(JSONMistake) in try JSONDocument.lenient(input) }
        let inside = Result { () throws(JSONMistake) in
            try JSONDocument.lenient([0x27] + input + [0x22], in: 1..<(input.count + 1))
        }
        switch (read, inside) {
        case (.success(let document), .success(let other)):
            always(isSame(document.root, other.root), "a lenient text has another value inside a buffer")
            always((document.departure == nil) == (strict != nil), "a text is plain to one parser only")
            if let strict { always(isSame(document.root, strict.root), "a plain text has another value when it is read leniently") }
            check(document.root)
        case (.failure(let mistake), .failure(let other)):
            always(strict == nil, "JSON is refused when it is read leniently: \(mistake)")
            always(mistake == other, "\(mistake) became \(other) inside a buffer")
            always((0...input.count).contains(mistake.offset), "the offset \(mistake.offset) is outside the text")
        default: fatalError("a lenient text can be read alone or in a buffer, but not both")
        }
    }

    /// Writes a value with both writers and parses it again.
    private static func check(_ value: JSONValue) {
        for escapes in [false, true] {
            var writer = JSONWriter()
            write(value, to: &writer, escapes)
            let text = String(decoding: writer.bytes, as: UTF8.self)
            guard let again = try? JSONDocument(writer.bytes) else { fatalError("not JSON: \(text)") }
            always(isSame(value, again.root), "parsed again it differs: \(text)")
        }
        _ = (value.integer, value.guid, value.shortSource, value["Schedule"], value.covers(value))
        _ = (value.flag, value.number, value.moment, value.word, value.isNothing)
    }

    private static func write(_ value: JSONValue, to writer: inout JSONWriter, _ escapes: Bool) {
        if value.isObject {
            writer.object { writer in
                for member in value.members {
                    writer.name(anyText: member.name)
                    write(member.value, to: &writer, escapes)
                }
            }
        } else if value.isArray {
            writer.array(value.elements) { write($1, to: &$0, escapes) }
        } else if let text = value.text {
            if escapes { writer.escapedValue(text) } else { writer.value(text) }
        } else {
            writer.raw(value.source)
        }
    }

    private static func isSame(_ one: JSONValue, _ other: JSONValue) -> Bool {
        guard one.kindName == other.kindName, one.text == other.text else { return false }
        if one.isObject {
            let (mine, theirs) = (one.members, other.members)
            return mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.name == $1.name && isSame($0.value, $1.value) }
        }
        if one.isArray {
            let (mine, theirs) = (one.elements, other.elements)
            return mine.count == theirs.count && zip(mine, theirs).allSatisfy { isSame($0, $1) }
        }
        return one.isString || one.source == other.source
    }
}
