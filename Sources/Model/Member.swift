public import Base

/// A member of a noun, said once: its name, its kind, where it comes from, in which answers it stands, what may be asked by it,
/// which requests may set it, and what scenario files call it.
///
///     Member("Username", .text, \.username).filtered(aliases: ["Identity"]).seeded("username", about: "the user it logs in as")
public struct Member<Row: Modelled, Value: Sendable>: Sendable {
    /// The value that a row has, if it has one.
    public typealias Get = @Sendable (Row, View) -> Value?

    let name: String
    let kind: Kind<Value>
    let get: Get
    let presence: Schema.Member.Presence
    private(set) var forms = Forms.answers
    private(set) var isSent: @Sendable (ProductVersion) -> Bool = { _ in true }
    private(set) var query: (@Sendable (View) -> QueryField<Row>)?
    private(set) var asked: [Asked<Row.Draft>] = []
    private(set) var seed: Seed<Row>?

    private init(_ name: String, _ kind: Kind<Value>, _ presence: Schema.Member.Presence, _ get: @escaping Get) {
        self.name = name
        self.kind = kind
        self.presence = presence
        self.get = get
    }

    /// A member that always has a value.
    ///
    /// - Parameters:
    ///   - name: as answers spell it.
    ///   - kind: what it holds.
    ///   - get: takes the value from a row.
    public init(_ name: String, _ kind: Kind<Value>, _ get: @escaping @Sendable (Row) -> Value) {
        self.init(name, kind, .always) { row, _ in get(row) }
    }

    /// A member that is null where it has no value, or left out where the world says `nulls: omit`.
    public init(_ name: String, _ kind: Kind<Value>, nullable get: @escaping @Sendable (Row) -> Value?) {
        self.init(name, kind, .nullable) { row, _ in get(row) }
    }

    /// A member that is left out where it has no value, whatever the world says about nulls.
    public init(_ name: String, _ kind: Kind<Value>, optional get: @escaping @Sendable (Row) -> Value?) {
        self.init(name, kind, .optional) { row, _ in get(row) }
    }

    /// A member whose value depends on other rows, on the release or on the time.
    public init(_ name: String, _ kind: Kind<Value>, _ get: @escaping @Sendable (Row, View) -> Value) {
        self.init(name, kind, .always) { row, view in get(row, view) }
    }

    /// A member that may be null and depends on other rows, on the release or on the time.
    public init(_ name: String, _ kind: Kind<Value>, nullable get: @escaping Get) {
        self.init(name, kind, .nullable, get)
    }

    /// A member that is left out where it has no value and depends on other rows, on the release or on the time.
    public init(_ name: String, _ kind: Kind<Value>, optional get: @escaping Get) {
        self.init(name, kind, .optional, get)
    }

    /// The same member in some answers only.
    public func only(in forms: Forms) -> Member {
        var copy = self
        copy.forms = forms
        return copy
    }

    /// The same member, sent by some releases only.
    public func sent(by isSent: @escaping @Sendable (ProductVersion) -> Bool) -> Member {
        var copy = self
        copy.isSent = isSent
        return copy
    }

    // MARK: Queries

    /// Lets lists be filtered and sorted by the member.
    ///
    /// - Parameters:
    ///   - name: what queries call it, if not as answers do.
    ///   - aliases: other names of it.
    ///   - isKey: whether tables find rows by it without looking at all.
    /// - Returns: the member.
    public func filtered(_ name: String? = nil, aliases: [String] = [], isKey: Bool = false) -> Member {
        queried(name, aliases, isKey: isKey, sortsOnly: false)
    }

    /// Lets lists be sorted by the member, not filtered.
    public func sorted() -> Member { queried(nil, [], isKey: false, sortsOnly: true) }

    /// Lets lists be filtered and sorted by something that no answer holds.
    public func queryOnly(aliases: [String] = [], isKey: Bool = false) -> Member {
        only(in: []).queried(nil, aliases, isKey: isKey, sortsOnly: false)
    }

    private func queried(_ name: String?, _ aliases: [String], isKey: Bool, sortsOnly: Bool) -> Member {
        var copy = self
        let (name, get, comparable) = (name ?? self.name, get, kind.query)
        copy.query = { view in
            QueryField(name, comparable?.kind(view.estate) ?? .text, aliases: aliases, isKey: isKey, sortsOnly: sortsOnly) { row in
                get(row, view).flatMap { comparable?.value($0) } ?? .null
            }
        }
        return copy
    }

    // MARK: Requests

    /// Lets requests set the member.
    ///
    /// - Parameters:
    ///   - forms: which requests.
    ///   - name: what requests call it, if not as answers do.
    ///   - kind: what they send, if it is not what answers hold but can be turned into the same value.
    ///   - expected: what must be there, as a noun phrase, if the request is wrong without it.
    ///   - isAsked: which releases have it.
    ///   - set: puts what is said into the draft.
    /// - Returns: the member.
    public func asked(
        _ forms: Forms, as name: String? = nil, kind: Kind<Value>? = nil, required expected: String? = nil,
        of isAsked: @escaping @Sendable (ProductVersion) -> Bool = { _ in true },
        _ set: @escaping @Sendable (inout Row.Draft, Patch<Value>) -> Void
    ) -> Member {
        var copy = self
        copy.asked.append(Asked(name ?? self.name, kind ?? self.kind, in: forms, required: expected, of: isAsked, set))
        return copy
    }

    /// Lets requests set the member; what is absent or null leaves the draft's value. See `asked(_:as:kind:required:of:_:)`.
    public func asked(
        _ forms: Forms, as name: String? = nil, kind: Kind<Value>? = nil, required expected: String? = nil,
        _ path: any WritableKeyPath<Row.Draft, Value> & Sendable
    ) -> Member {
        asked(forms, as: name, kind: kind, required: expected) { draft, patch in
            if let value = patch.value { draft[keyPath: path] = value }
        }
    }

    /// Lets requests set a member that may have no value; what is absent or null leaves none.
    public func asked(
        _ forms: Forms, as name: String? = nil, kind: Kind<Value>? = nil, required expected: String? = nil,
        _ path: any WritableKeyPath<Row.Draft, Value?> & Sendable
    ) -> Member {
        asked(forms, as: name, kind: kind, required: expected) { draft, patch in draft[keyPath: path] = patch.value }
    }

    /// Lets requests set a member of which the draft keeps exactly what was said.
    public func asked(
        _ forms: Forms, as name: String? = nil, kind: Kind<Value>? = nil, required expected: String? = nil,
        _ path: any WritableKeyPath<Row.Draft, Patch<Value>> & Sendable
    ) -> Member {
        asked(forms, as: name, kind: kind, required: expected) { draft, patch in draft[keyPath: path] = patch }
    }

    // MARK: Scenario files

    /// Lets scenario files set the member, and the estate dump write it.
    ///
    /// - Parameters:
    ///   - key: what files call it.
    ///   - kind: what files say, if it is not what answers hold.
    ///   - required: whether a row is wrong without it.
    ///   - about: what it is, in a few words, for the schema.
    ///   - path: where the value lies.
    /// - Returns: the member.
    public func seeded(
        _ key: String, _ kind: Kind<Value>? = nil, required: Bool = false, about: String,
        _ path: any WritableKeyPath<Row, Value> & Sendable
    ) -> Member {
        seeded(Seed(key, kind ?? self.kind, required: required, about: about, path))
    }

    /// Lets scenario files set a member that may have no value, which they say as null.
    public func seeded(
        _ key: String, _ kind: Kind<Value>? = nil, about: String, _ path: any WritableKeyPath<Row, Value?> & Sendable
    ) -> Member {
        seeded(Seed(key, kind ?? self.kind, about: about, path))
    }

    /// Lets scenario files set the member in words of their own.
    public func seeded(_ seed: Seed<Row>) -> Member {
        var copy = self
        copy.seed = seed
        return copy
    }

    /// The member without its kind, as models keep it.
    public var field: Field<Row> {
        let (get, write, presence, isSent, forms, schema) = (get, kind.write, presence, isSent, forms, kind.schema)
        let (name, written) = (name, JSONWriter.Name(name))
        return Field(
            isSent: { product, form in forms.contains(form) && isSent(product) },
            schema: { product, form in Schema.Member(name: name, schema: schema(product, form), presence: presence) },
            write: { row, view, writer in
                guard let value = get(row, view) else {
                    if presence != .optional { writer.null(written) }
                    return
                }
                writer.name(written)
                write(value, view, &writer)
            },
            query: query, asked: asked, seed: seed)
    }
}

/// A member of a noun without the type of its value.
public struct Field<Row: Modelled>: Sendable {
    /// Writes name and value of a row's member into an answer.
    public typealias Write = @Sendable (Row, View, inout JSONWriter) -> Void

    /// Whether answers of a release and a form hold it.
    var isSent: @Sendable (ProductVersion, Forms) -> Bool = { _, _ in false }
    /// What such answers hold; `nil` for what no answer holds.
    var schema: (@Sendable (ProductVersion, Forms) -> Schema.Member)?
    /// Writes name and value.
    var write: Write = { _, _, _ in }
    var query: (@Sendable (View) -> QueryField<Row>)?
    /// How requests give it, one for each way of doing so.
    var asked: [Asked<Row.Draft>] = []
    var seed: Seed<Row>?

    /// A field by its parts; one that is left out does nothing.
    public init(
        isSent: @escaping @Sendable (ProductVersion, Forms) -> Bool = { _, _ in false },
        schema: (@Sendable (ProductVersion, Forms) -> Schema.Member)? = nil, write: @escaping Write = { _, _, _ in },
        query: (@Sendable (View) -> QueryField<Row>)? = nil, asked: [Asked<Row.Draft>] = [], seed: Seed<Row>? = nil
    ) {
        self.isSent = isSent
        self.schema = schema
        self.write = write
        self.query = query
        self.asked = asked
        self.seed = seed
    }
}

/// Collects the members of a model, one an expression.
@resultBuilder public enum FieldBuilder<Row: Modelled> {
    /// A member of answers, perhaps of requests and files too.
    public static func buildExpression<Value>(_ member: Member<Row, Value>) -> [Field<Row>] { [member.field] }
    /// A member of requests alone.
    public static func buildExpression(_ asked: Asked<Row.Draft>) -> [Field<Row>] { [Field(asked: [asked])] }
    /// A key of files alone.
    public static func buildExpression(_ seed: Seed<Row>) -> [Field<Row>] { [Field(seed: seed)] }
    /// Fields that were made elsewhere.
    public static func buildExpression(_ fields: [Field<Row>]) -> [Field<Row>] { fields }
    /// All fields in the order of the lines.
    public static func buildBlock(_ parts: [Field<Row>]...) -> [Field<Row>] { parts.flatMap { $0 } }
}
