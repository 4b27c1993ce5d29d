public import Base

/// A member of a request: what it is called, what it holds, and where it goes.
public struct Asked<Draft: Sendable>: Sendable {
    let name: String
    let forms: Forms
    /// Which releases have it.
    let isAsked: @Sendable (ProductVersion) -> Bool
    let schema: @Sendable (ProductVersion, Forms) -> Schema.Member
    /// Reads the member of an object into the draft.
    let read: @Sendable (_ object: JSONValue, _ prefix: String, _ reading: Reading, inout Draft) throws(Refusal) -> Void

    /// A member that is read.
    ///
    /// - Parameters:
    ///   - name: as requests spell it.
    ///   - kind: what it holds.
    ///   - forms: which requests have it.
    ///   - expected: what must be there, as a noun phrase, if the request is wrong without it.
    ///   - isAsked: which releases have it.
    ///   - set: puts what is said into the draft.
    public init<Value>(
        _ name: String, _ kind: Kind<Value>, in forms: Forms = .create, required expected: String? = nil,
        of isAsked: @escaping @Sendable (ProductVersion) -> Bool = { _ in true },
        _ set: @escaping @Sendable (inout Draft, Patch<Value>) -> Void
    ) {
        self.name = name
        self.forms = forms
        self.isAsked = isAsked
        schema = { .init(name: name, schema: kind.schema($0, $1), presence: expected == nil ? .nullable : .always) }
        read = { object, prefix, reading, draft throws(Refusal) in
            let place = prefix + name
            let sent = object[name]
            var patch = Patch<Value>.absent
            if let sent { patch = sent.isNull ? .null : try kind.read(sent, place, reading) }
            if let expected {
                guard let value = patch.value else {
                    throw .badArgument("\(place): expected \(expected), found nothing.", member: place)
                }
                guard !kind.isEmpty(value) else {
                    throw .badArgument("\(place): expected \(expected), found \(sent?.isString == true ? "an empty string" : "none").")
                }
            }
            set(&draft, patch)
        }
    }

    /// A member that is read into a place that always has a value; what is absent or null leaves it.
    public init<Value>(
        _ name: String, _ kind: Kind<Value>, in forms: Forms = .create, required expected: String? = nil,
        _ path: any WritableKeyPath<Draft, Value> & Sendable
    ) {
        self.init(name, kind, in: forms, required: expected) { draft, patch in
            if let value = patch.value { draft[keyPath: path] = value }
        }
    }

    /// A member that is read into a place that may have no value.
    public init<Value>(
        _ name: String, _ kind: Kind<Value>, in forms: Forms = .create, required expected: String? = nil,
        _ path: any WritableKeyPath<Draft, Value?> & Sendable
    ) {
        self.init(name, kind, in: forms, required: expected) { draft, patch in draft[keyPath: path] = patch.value }
    }

    /// A member of which the draft keeps exactly what was said.
    public init<Value>(
        _ name: String, _ kind: Kind<Value>, in forms: Forms = .create, required expected: String? = nil,
        _ path: any WritableKeyPath<Draft, Patch<Value>> & Sendable
    ) {
        self.init(name, kind, in: forms, required: expected) { draft, patch in draft[keyPath: path] = patch }
    }

    /// A member that is read later, when more is known.
    ///
    /// - Parameters:
    ///   - name: as requests spell it.
    ///   - schema: what it holds.
    ///   - forms: which requests have it.
    ///   - isRequired: whether a request is wrong without it, as whoever reads it finds out.
    ///   - path: where it is kept; null counts as absent.
    public init(
        later name: String, _ schema: Schema, in forms: Forms = .create, isRequired: Bool = false,
        _ path: any WritableKeyPath<Draft, JSONValue?> & Sendable
    ) {
        self.name = name
        self.forms = forms
        isAsked = { _ in true }
        self.schema = { _, _ in .init(name: name, schema: schema, presence: isRequired ? .always : .nullable) }
        read = { object, _, _, draft in draft[keyPath: path] = object[name].flatMap { $0.isNull ? nil : $0 } }
    }

    /// A member that the request may have and that says nothing here.
    ///
    /// - Parameters:
    ///   - name: as requests spell it.
    ///   - schema: what it may hold.
    ///   - forms: which requests have it.
    ///   - isAsked: which releases have it.
    public init(
        ignored name: String, _ schema: Schema = .any, in forms: Forms = .create,
        of isAsked: @escaping @Sendable (ProductVersion) -> Bool = { _ in true }
    ) {
        self.name = name
        self.forms = forms
        self.isAsked = isAsked
        self.schema = { _, _ in .init(name: name, schema: schema, presence: .optional) }
        read = { _, _, _, _ in }
    }

    /// A member that is read and checked, and whose value is dropped.
    public init<Value>(dropped name: String, _ kind: Kind<Value>, in forms: Forms = .create) {
        self.init(name, kind, in: forms) { _, _ in }
    }
}
