import Base
import Entities
import Model

extension Member where Row.Draft == Row {
    /// A member that answers show, requests set and files say in the same way.
    ///
    /// - Parameters:
    ///   - name: as answers and requests spell it; files spell it so too, with a small first letter.
    ///   - kind: what it holds.
    ///   - path: where the value lies; what requests leave out stays.
    ///   - forms: which requests set it.
    ///   - products: which releases have it.
    ///   - about: what it is, in a few words, for the schema of files.
    init(
        _ name: String, _ kind: Kind<Value>, _ path: any WritableKeyPath<Row, Value> & Sendable, in forms: Forms = .requests,
        by products: @escaping @Sendable (ProductVersion) -> Bool = { _ in true }, about: String
    ) {
        self = Member(name, kind) { $0[keyPath: path] }.sent(by: products)
            .asked(forms, of: products) { row, patch in
                if let value = patch.value { row[keyPath: path] = value }
            }
            .seeded(Self.key(name), about: about, path)
    }

    /// A member that may have no value. What requests leave out, or give as null, has none. See `init(_:_:_:in:by:about:)`.
    init(
        _ name: String, _ kind: Kind<Value>, nullable path: any WritableKeyPath<Row, Value?> & Sendable, in forms: Forms = .requests,
        by products: @escaping @Sendable (ProductVersion) -> Bool = { _ in true }, about: String
    ) {
        self = Member(name, kind, nullable: { $0[keyPath: path] }).sent(by: products)
            .asked(forms, of: products) { $0[keyPath: path] = $1.value }
            .seeded(Self.key(name), about: about, path)
    }

    /// A member's name with a small beginning: `RFCEnforcement` is `rfcEnforcement`, `Id` is `id`.
    private static func key(_ name: String) -> String {
        let capitals = name.prefix { $0.isUppercase }.count
        let small = capitals > 1 && capitals < name.count ? capitals - 1 : capitals
        return name.prefix(small).lowercased() + name.dropFirst(small)
    }
}

extension Call {
    /// What `{id}` of the path is: a whole number, which is an Id, or else a name.
    var idOrName: (id: Int?, name: String) {
        let text = parameters.first { $0.name == "id" }?.value ?? ""
        return (Int(text), text)
    }

    /// The body as an array of Ids.
    ///
    /// - Parameter what: what they name, for refusals.
    /// - Throws: a refusal if there is no body, or it is no array of at least one whole number.
    /// - Returns: each Id once, in the order of first mention.
    func ids(of what: String) throws(Refusal) -> [Int] {
        guard let root = body?.root else {
            throw .badArgument("The request body is empty; expected a JSON array of \(what) ids.", member: "$")
        }
        return try root.integers(at: nil, of: what)
    }
}
