public import Base
public import Entities
public import ScenarioFormat

/// A row that a model describes. Requests are read into its draft, which is the row itself unless requests say less or more than rows hold.
public protocol Modelled: Sendable {
    associatedtype Draft: Sendable = Self
}

/// Everything that is known of a noun's members. Reader, writer, schema, query fields, scenario shape and dump are derived from it.
///
/// One reference: every request that needs one takes it.
public final class Model<Row: Modelled>: Sendable {
    /// A check of a draft as a whole: what no single member shows.
    public typealias Check = @Sendable (inout Row.Draft, _ prefix: String, Reading) throws(Refusal) -> Void
    /// Writes a row as a GET shows it, as its members would; returns false, and writes nothing, where it leaves the row to them.
    ///
    /// For what clients ask for most: members cost some 700 instructions each, and a view of an estate 7,000.
    public typealias ByHand = @Sendable (Row, Call, Estate, inout JSONWriter) -> Bool

    /// The names of its schemas in the API description; a form without one is described where it stands.
    private let names: [Forms: String]
    /// What a row looks like in scenario files.
    public let shape: Shape
    private let fields: [Field<Row>]
    private let check: Check?
    private let byHand: ByHand?
    /// What requests are read into where nothing was there before.
    private let makeBlank: (@Sendable () -> Row.Draft)?
    /// By form and release, what writes the members that are sent.
    private let writes: [[Field<Row>.Write]]
    /// By form and release, the members of a request.
    private let asked: [[Asked<Row.Draft>]]

    /// A model.
    ///
    /// - Parameters:
    ///   - names: what the API description calls its forms.
    ///   - what: what a row is in scenario files, with its article.
    ///   - blank: makes what requests are read into where nothing was there before.
    ///   - check: checks a draft as a whole once it is read.
    ///   - byHand: writes rows without asking the members; a test must hold it against them.
    ///   - fields: the members in the order of the wire.
    public init(
        _ names: [Forms: String] = [:], _ what: String = "an object", blank: (@Sendable () -> Row.Draft)? = nil, check: Check? = nil,
        byHand: ByHand? = nil,
        @FieldBuilder<Row> _ fields: () -> [Field<Row>]
    ) {
        let fields = fields()
        self.names = names
        shape = .object(what, fields: fields.compactMap(\.seed?.field))
        self.fields = fields
        self.check = check
        self.byHand = byHand
        makeBlank = blank
        let all = (0..<Forms.count).flatMap { index in ProductVersion.allCases.map { (Forms(rawValue: 1 << index), $0) } }
        let (sent, members) = (fields.filter { $0.schema != nil }, fields.flatMap(\.asked))
        // Half of the forms are answers, half are requests: the rest would be empty, and models are made when the server starts.
        writes = all.map { form, product in
            Forms.answers.contains(form) ? sent.compactMap { $0.isSent(product, form) ? $0.write : nil } : []
        }
        asked = all.map { form, product in
            Forms.requests.contains(form) ? members.filter { $0.forms.contains(form) && $0.isAsked(product) } : []
        }
    }

    private func index(_ form: Forms, _ product: ProductVersion) -> Int { form.index * ProductVersion.allCases.count + product.index }

    // MARK: The wire

    /// Writes a row as an answer sends it.
    public func write(_ row: Row, _ view: View, to writer: inout JSONWriter) {
        let writes = writes[index(view.form, view.product)]
        writer.object { writer in
            for write in writes { write(row, view, &writer) }
        }
    }

    /// Writes a row as the answer to a call sends it.
    ///
    /// - Parameters:
    ///   - row: the row.
    ///   - form: the form of the answer.
    ///   - call: the request.
    ///   - estate: what the row stands in.
    ///   - view: the view for the members. It is made for the first row that is not written by hand, and serves those after it.
    ///   - writer: what to write to.
    func write(_ row: Row, _ form: Forms, _ call: Call, _ estate: Estate, _ view: inout View?, to writer: inout JSONWriter) {
        if form == .shown, let byHand, byHand(row, call, estate, &writer) { return }
        let seen = view ?? call.view(form, estate)
        view = seen
        write(row, seen, to: &writer)
    }

    /// Reads a request's object into a draft.
    ///
    /// - Parameters:
    ///   - object: the object.
    ///   - path: where it stands in the body, empty for the body itself.
    ///   - reading: the form, the release and the switches.
    ///   - draft: receives what is said.
    /// - Throws: a refusal that names the member at fault.
    public func read(_ object: JSONValue, at path: String = "", _ reading: Reading, into draft: inout Row.Draft) throws(Refusal) {
        guard object.isObject else {
            throw .badArgument("\(path): expected an object, found \(object.kindName).", member: path)
        }
        let asked = asked[index(reading.form, reading.product)]
        if reading.fidelity.unknownMembers == .refuse { try object.refuseUnknown(asked.map(\.name), path) }
        let prefix = path.isEmpty ? "" : path + "."
        for member in asked { try member.read(object, prefix, reading, &draft) }
        try check?(&draft, prefix, reading)
    }

    /// What requests are read into where nothing was there before.
    public func blank() -> Row.Draft {
        guard let makeBlank else { preconditionFailure("a model that is read from scratch needs a blank") }
        return makeBlank()
    }

    /// What a form looks like in a release.
    func schema(_ product: ProductVersion, _ form: Forms) -> Schema {
        let members =
            Forms.answers.contains(form)
            ? fields.filter { $0.isSent(product, form) }.compactMap { $0.schema?(product, form) }
            : asked[index(form, product)].map { $0.schema(product, form) }
        return names[form].map { .model($0, .object(members)) } ?? .object(members)
    }

    /// What lists can be filtered and sorted by.
    public func queryFields(_ view: View) -> [QueryField<Row>] {
        fields.compactMap { $0.query?(view) }
    }

    // MARK: Scenario files

    /// Puts what a file says of a row over what holds where it says nothing.
    ///
    /// - Parameters:
    ///   - node: the row in the file, checked against the shape.
    ///   - row: the row as it is so far.
    ///   - seeding: looks names up and takes mistakes.
    public func seed(_ node: YAMLNode, into row: inout Row, _ seeding: inout Seeding) {
        for seed in fields.compactMap(\.seed) {
            if let value = node[seed.field.key] { seed.read(value, &row, &seeding) }
        }
    }

    /// Writes a row as scenario files have it.
    public func dump(_ row: Row, _ estate: Estate, to writer: inout JSONWriter) {
        writer.object { writer in
            for seed in fields.compactMap(\.seed) { seed.dump(row, estate, &writer) }
        }
    }
}
