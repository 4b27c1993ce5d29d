public import Base
public import Entities
public import ScenarioFormat

/// How values of one type appear everywhere: in answers, requests, queries, the API description, scenario files and the estate dump.
///
/// A member of a noun names its kind once; reader, writer, schema, filter, shape and dump all come from it.
public struct Kind<Value: Sendable>: Sendable {
    /// Writes a value into an answer, for a view.
    public typealias Write = @Sendable (Value, View, inout JSONWriter) -> Void
    /// Reads a value of a request; the place names it in refusals.
    public typealias Read = @Sendable (JSONValue, _ place: String, Reading) throws(Refusal) -> Patch<Value>

    /// What it looks like on the wire, in one release and one form.
    let schema: @Sendable (ProductVersion, Forms) -> Schema
    /// Writes a value into an answer.
    public let write: Write
    /// Reads a value that is not null. Some values mean nothing and count as null, such as the empty GUID.
    public let read: Read
    /// What queries compare, if they can.
    var query: Comparable?
    /// What it looks like in scenario files.
    public var shape = Shape.any
    /// Reads it from a scenario file that was checked against the shape.
    public var seed: @Sendable (YAMLNode, inout Seeding) -> Value? = { _, _ in nil }
    /// Writes it as scenario files have it.
    public var dump: @Sendable (Value, Estate, inout JSONWriter) -> Void = { _, _, writer in writer.null() }
    /// Whether a value is as good as none where one is required.
    public var isEmpty: @Sendable (Value) -> Bool = { _ in false }

    /// What queries compare.
    struct Comparable: Sendable {
        let kind: @Sendable (Estate) -> QueryKind
        let value: @Sendable (Value) -> QueryValue

        init(kind: @autoclosure @escaping @Sendable () -> QueryKind, value: @escaping @Sendable (Value) -> QueryValue) {
            self.init(kindIn: { _ in kind() }, value: value)
        }

        init(kindIn kind: @escaping @Sendable (Estate) -> QueryKind, value: @escaping @Sendable (Value) -> QueryValue) {
            self.kind = kind
            self.value = value
        }
    }

    /// A kind of value.
    ///
    /// - Parameters:
    ///   - schema: what it looks like on the wire.
    ///   - write: writes it into an answer.
    ///   - read: reads it from a request; left out for what only answers hold.
    init(
        _ schema: @escaping @Sendable (ProductVersion, Forms) -> Schema, write: @escaping Write,
        read: @escaping Read = { _, _, _ in .absent }
    ) {
        self.schema = schema
        self.write = write
        self.read = read
    }

    /// A kind of value that looks the same in every release and form.
    public init(_ schema: Schema, write: @escaping Write, read: @escaping Read = { _, _, _ in .absent }) {
        self.init({ _, _ in schema }, write: write, read: read)
    }
}

/// What an answer is written from, for whom and when.
///
/// One reference: it goes to every member of every row, and an estate is many words.
public final class View: Sendable {
    /// What the rows stand in, for members that look other rows up.
    public let estate: Estate
    /// The release that answers.
    public let product: ProductVersion
    /// The world's time.
    public let now: Timestamp
    /// The form that is written.
    public let form: Forms
    /// The switches of the scenario.
    public let fidelity: Fidelity
    /// Whether a schedule that was sent as `{}` is repeated so.
    public let repeatsEmptySchedule: Bool
    /// What a request asked to be shown in addition, such as `includemetadata`, in lower case.
    let inclusions: [String]

    /// A view of one form.
    public init(
        _ form: Forms, _ estate: Estate, product: ProductVersion, now: Timestamp, _ fidelity: Fidelity = Fidelity(),
        repeatsEmptySchedule: Bool = false, inclusions: [String] = []
    ) {
        self.form = form
        self.estate = estate
        self.product = product
        self.now = now
        self.fidelity = fidelity
        self.repeatsEmptySchedule = repeatsEmptySchedule
        self.inclusions = inclusions
    }

    /// Whether a request asked for something to be shown in addition.
    ///
    /// - Parameter name: the parameter that asks for it, in lower case: `includemetadata`.
    /// - Returns: whether the parameter was true.
    public func includes(_ name: String) -> Bool { inclusions.contains(name) }

    /// A view without an estate, for what needs none.
    public static let nothing = View(.shown, Estate(identifiers: Identifiers(seed: 0, world: "")), product: .v25, now: .first)

    /// The same view of another form.
    func of(_ form: Forms) -> View {
        form == self.form ? self : View(form, estate, product: product, now: now, fidelity, inclusions: inclusions)
    }
}

/// Under which rules a request is read.
public struct Reading: Sendable {
    let form: Forms
    /// The release of Command that reads it.
    public let product: ProductVersion
    let fidelity: Fidelity
}

/// The forms in which a noun goes over the wire. A member stands in some of them.
public struct Forms: OptionSet, Sendable, Hashable {
    /// One bit for each form.
    public let rawValue: Int

    /// The forms of these bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// A row of a list, where lists differ from what a single GET sends.
    public static let listed = Forms(rawValue: 1)
    /// As a GET sends it.
    public static let shown = Forms(rawValue: 2)
    /// As the answer to a write sends it.
    public static let written = Forms(rawValue: 4)
    /// The body of a POST.
    public static let create = Forms(rawValue: 8)
    /// The body of a PUT.
    public static let update = Forms(rawValue: 16)
    /// The body of an approval.
    public static let approve = Forms(rawValue: 32)

    static let answers: Forms = [.listed, .shown, .written]
    /// All forms in which a noun is sent to Command.
    public static let requests: Forms = [.create, .update, .approve]
    static let count = 6

    /// The place of a single form among all.
    var index: Int { rawValue.trailingZeroBitCount }
}
