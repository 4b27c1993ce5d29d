public import Base
public import Entities
import ScenarioFormat

extension Kind where Value == String {
    /// A string.
    public static var text: Kind { text() }

    /// A string.
    ///
    /// - Parameters:
    ///   - wanted: what scenario files expect, as a noun phrase.
    ///   - pattern: a regular expression for the whole text in scenario files.
    ///   - length: how many characters it has in scenario files, and at most in requests.
    /// - Returns: the kind.
    public static func text(_ wanted: String = "text", pattern: String? = nil, length: ClosedRange<Int> = 0...Int.max) -> Kind {
        var kind = Kind(.text) { text, _, writer in
            writer.value(text)
        } read: { value, place, _ throws(Refusal) in
            guard let text = value.text else {
                throw .badArgument("\(place): expected a string, found \(value.kindName).", member: place)
            }
            try text.require(atMost: length.upperBound, at: place)
            return .value(text)
        }
        kind.query = .init(kind: .text) { .text($0) }
        kind.shape = .text(wanted, pattern: pattern, length: length)
        kind.seed = { node, _ in node.text }
        kind.dump = { text, _, writer in writer.value(text) }
        kind.isEmpty = \.isEmpty
        return kind
    }

    /// A string that holds something.
    public static var nonEmptyText: Kind {
        let text = Kind.text
        return Kind(.text, write: text.write) { value, place, reading throws(Refusal) in
            let patch = try text.read(value, place, reading)
            guard patch.value != "" else { throw .badArgument("\(place): expected at least one character, found ''.", member: place) }
            return patch
        }
    }

    /// A string; a number or a boolean is taken as it is written.
    public static var scalar: Kind {
        var kind = Kind.text
        kind = Kind(.either([.text, .integer, .boolean]), write: kind.write) { value, place, _ throws(Refusal) in
            guard !value.isObject, !value.isArray else {
                throw .badArgument(
                    "\(place): expected a string, a number or a boolean, found \(value.kindName).", member: place)
            }
            return .value(value.text ?? value.source)
        }
        return kind
    }
}

extension Kind where Value == GUID {
    /// A GUID. Assumed: the empty one counts as null.
    public static var guid: Kind<GUID> {
        var kind = Kind(.guid) { guid, _, writer in
            writer.value(guid)
        } read: { value, place, _ throws(Refusal) in
            guard let guid = value.guid else {
                if value.isNothing { return .null }
                throw .notAGUID(place, value.shortSource)
            }
            return guid == .empty ? .null : .value(guid)
        }
        kind.query = .init(kind: .guid) { .guid($0) }
        kind.shape = .text("a GUID", pattern: "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
        kind.seed = { node, seeding in
            let guid = node.text.flatMap { GUID($0) }
            if guid == .empty { seeding.note(node, "the empty GUID stands for no id") }
            return guid == .empty ? nil : guid
        }
        kind.dump = { guid, _, writer in writer.value(guid) }
        return kind
    }
}

extension Kind where Value == Int {
    /// A number that an estate gives to what is made in it. Files may say two thousand million of them, which leaves more to give than fit
    /// into any memory: whatever has a number of more than 32 bits cannot be named in a request.
    ///
    /// - Parameters:
    ///   - least: the lowest that files may say.
    ///   - null: a number that means nothing, if one does.
    /// - Returns: the kind.
    public static func given(from least: Int = 1, null: Int? = nil) -> Kind { number(least...2_000_000_000, null: null) }

    /// A whole number of 32 bits; one in quotes is taken too, as .NET does.
    public static var number: Kind { number() }

    /// The same kind for numbers that queries may also give by a name.
    ///
    /// - Parameters:
    ///   - what: the name, as refusals call it: "the short name of a store type".
    ///   - number: finds the number that a name stands for.
    /// - Returns: the kind.
    public func named(_ what: String, _ number: @escaping @Sendable (String, Estate) -> Int?) -> Kind {
        var kind = self
        kind.query = .init(kindIn: { estate in .named(what: what) { number($0, estate) } }) { .number($0) }
        return kind
    }

    /// A whole number of 32 bits; one in quotes is taken too, as .NET does.
    ///
    /// - Parameters:
    ///   - range: what scenario files may say.
    ///   - null: a number that means nothing, if one does.
    /// - Returns: the kind.
    public static func number(_ range: ClosedRange<Int> = 0...Int(Int32.max), null: Int? = nil) -> Kind {
        var kind = Kind(.integer) { number, _, writer in
            writer.value(number)
        } read: { value, place, _ throws(Refusal) in
            guard let number = value.number.flatMap({ Int32(exactly: $0) }).map({ Int($0) }) else {
                if value.isNothing { return .null }
                throw .badArgument("\(place): expected a whole number of 32 bits, found \(value.shortSource).", member: place)
            }
            return number == null ? .null : .value(number)
        }
        kind.query = .init(kind: .number) { .number($0) }
        kind.shape = .integer(range)
        kind.seed = { node, _ in node.integer }
        kind.dump = { number, _, writer in writer.value(number) }
        return kind
    }
}

extension Kind where Value == Bool {
    /// True or false.
    public static var flag: Kind {
        var kind = Kind(.boolean) { truth, _, writer in
            writer.value(truth)
        } read: { value, place, _ throws(Refusal) in
            guard let truth = value.flag else {
                if value.isNothing { return .null }
                throw .badArgument("\(place): expected true or false, found \(value.shortSource).", member: place)
            }
            return .value(truth)
        }
        kind.query = .init(kind: .boolean) { .boolean($0) }
        kind.shape = .boolean
        kind.seed = { node, _ in node.boolean }
        kind.dump = { truth, _, writer in writer.value(truth) }
        return kind
    }
}

extension Kind where Value == Timestamp {
    /// A moment. Scenario files may say it relative to the world's start.
    public static var time: Kind<Timestamp> {
        var kind = Kind(.time) { moment, _, writer in
            writer.value(moment)
        } read: { value, place, _ throws(Refusal) in
            guard let moment = value.moment else {
                if value.isNothing { return .null }
                throw .badArgument("\(place): expected a time such as 2026-11-22T20:00:00Z, found \(value.shortSource).", member: place)
            }
            return .value(moment)
        }
        kind.query = .init(kind: .time) { .time($0) }
        kind.shape = .time
        kind.seed = { node, seeding in node.time.map { $0.resolved(from: seeding.now) } }
        kind.dump = { moment, _, writer in writer.value(moment) }
        return kind
    }
}

extension Kind {
    /// An array of values of one kind.
    public static func list<Element>(_ element: Kind<Element>) -> Kind where Value == [Element] {
        var kind = Kind {
            .array(element.schema($0, $1))
        } write: { values, view, writer in
            writer.array(values) { element.write($1, view, &$0) }
        } read: { value, place, reading throws(Refusal) in
            guard value.isArray else { throw .badArgument("\(place): expected an array, found \(value.kindName).", member: place) }
            var values: [Element] = []
            for (index, item) in value.elements.enumerated() {
                if let value = try element.read(item, "\(place)[\(index)]", reading).value { values.append(value) }
            }
            return .value(values)
        }
        if let query = element.query {
            kind.query = .init(kind: .list) { values in
                .list(values.map { if case .text(let text) = query.value($0) { text } else { "" } })
            }
        }
        kind.shape = .list(element.shape)
        kind.seed = { node, seeding in node.items.compactMap { element.seed($0, &seeding) } }
        kind.dump = { values, estate, writer in writer.array(values) { element.dump($1, estate, &$0) } }
        return kind
    }

    /// An object that is described by a model of its own.
    public static func object(_ model: Model<Value>) -> Kind where Value: Modelled, Value.Draft == Value {
        var kind = Kind {
            model.schema($0, $1)
        } write: { value, view, writer in
            model.write(value, view, to: &writer)
        } read: { value, place, reading throws(Refusal) in
            var draft = model.blank()
            try model.read(value, at: place, reading, into: &draft)
            return .value(draft)
        }
        kind.shape = model.shape
        kind.seed = { node, seeding in
            var value = model.blank()
            model.seed(node, into: &value, &seeding)
            return value
        }
        kind.dump = { value, estate, writer in model.dump(value, estate, to: &writer) }
        return kind
    }
}

extension Kind where Value == [GUID] {
    /// An array of at least one GUID, each counted once, in the order of first mention.
    ///
    /// - Parameter what: what they name, for refusals.
    /// - Returns: the kind.
    public static func guids(of what: String) -> Kind {
        Kind(.array(.guid)) { guids, _, writer in
            writer.array(guids) { $0.value($1) }
        } read: { value, place, _ throws(Refusal) in
            .value(try value.guids(at: place, of: what))
        }
    }
}

extension Kind where Value == [Int] {
    /// An array of at least one whole number, each counted once, in the order of first mention.
    ///
    /// - Parameter what: what they name, for refusals.
    /// - Returns: the kind.
    public static func numbers(of what: String) -> Kind {
        Kind(.array(.integer)) { numbers, _, writer in
            writer.array(numbers) { $0.value($1) }
        } read: { value, place, _ throws(Refusal) in
            .value(try value.integers(at: place, of: what))
        }
    }
}

extension Kind where Value == String {
    /// JSON, kept as text, of which no more is known than its schema.
    public static func json(_ schema: Schema) -> Kind { Kind(schema) { json, _, writer in writer.raw(json) } }
}

extension Kind {
    /// An array of objects that only requests hold, at least one of them where it is required.
    public static func objects<Element>(_ model: Model<Element>) -> Kind where Value == [Element], Element.Draft == Element {
        let list = Kind.list(.object(model))
        var kind = Kind(list.schema, write: list.write) { value, place, reading throws(Refusal) in
            guard value.isArray else {
                throw .badArgument("\(place): expected an array of objects, found \(value.kindName).", member: place)
            }
            return try list.read(value, place, reading)
        }
        kind.isEmpty = \.isEmpty
        return kind
    }
}

extension Kind where Value == JSONValue {
    /// An object of which nothing more is said.
    public static var object: Kind<JSONValue> {
        Kind(.map(.any)) { _, _, writer in
            writer.null()
        } read: { value, place, _ throws(Refusal) in
            guard value.isObject else {
                throw .badArgument("\(place): expected an object, found \(value.kindName).", member: place)
            }
            return .value(value)
        }
    }
}

extension Kind {
    /// An object of a model that only answers hold, always in one form. The model is made when it is asked for: two may hold each other.
    public static func object(shownOnly model: @autoclosure @escaping @Sendable () -> Model<Value>, _ form: Forms = .shown) -> Kind
    where Value: Modelled {
        Kind {
            product, _ in
            model().schema(product, form)
        } write: { row, view, writer in
            model().write(row, view.of(form), to: &writer)
        }
    }
}
