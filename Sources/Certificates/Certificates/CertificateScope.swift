public import Base
public import Entities
public import Model

/// Which certificates a call may see or change: all, or those of the collection that it names.
struct CertificateScope {
    private let call: Call
    private let estate: Estate
    private let members: Query<Certificate>?

    /// The certificates that a caller has a permission for.
    ///
    /// - Parameters:
    ///   - permission: what is to be done with them.
    ///   - collection: the collection that the request names in its body; `nil` for the one that its query names, if any.
    ///   - call: the request.
    ///   - estate: where the certificates lie.
    /// - Throws: a 403, or a refusal of a collection that does not exist.
    init(_ permission: Permission, collection: Int? = nil, _ call: Call, _ estate: Estate) throws(Refusal) {
        (self.call, self.estate) = (call, estate)
        var number = collection
        if number == nil { number = try Self.collection(of: call) }
        guard let number else {
            try call.require(permission, container: nil)
            members = nil
            return
        }
        guard let collection = estate.collections[number] else {
            throw .collectionNotFound(number).forUnknownID(call.fidelity)
        }
        try call.require(permission, container: number)
        let mayDoAll = call.caller.permissions.allow(permission, container: nil)
        let isPermissionOnly = call.fidelity.collectionID == .permission && mayDoAll
        members = isPermissionOnly ? nil : try Self.query(of: collection.query, call, estate)
    }

    /// The certificates that a query of a collection names; `nil` for all.
    static func query(of text: String, _ call: Call, _ estate: Estate) throws(Refusal) -> Query<Certificate>? {
        try call.filter(text, Certificate.queryFields(call.view(.shown, estate)))
    }

    private static func collection(of call: Call) throws(Refusal) -> Int? {
        guard let text = call.query.trimmed("collectionid"), !text.isEmpty else { return nil }
        guard let number = Int32(text), number >= 0 else {
            throw .badArgument("collectionId: expected the id of a collection, found '\(text.prefix(60))'.", member: "collectionId")
        }
        return number == 0 ? nil : Int(number)
    }

    /// Whether a certificate is one of them.
    func contains(_ certificate: Certificate) -> Bool { members?.matches(certificate) ?? true }

    /// Whether it is all certificates.
    var isEverything: Bool { members == nil }

    /// The certificates of the scope that a query names; all of them without one.
    func matching(_ query: String?) throws(Refusal) -> [Certificate] {
        var filter: Query<Certificate>?
        if let query { filter = try Self.query(of: query, call, estate) }
        let rows = filter?.key.flatMap { estate.certificates.rows(withKey: $0) } ?? estate.certificates.all
        return rows.filter { contains($0) && (filter?.matches($0) ?? true) }
    }

    /// A certificate by its id.
    ///
    /// - Throws: the refusal of an id that does not exist, or that is not among these.
    func find(_ id: Int) throws(Refusal) -> Certificate {
        guard let certificate = estate.certificates[id], contains(certificate) else {
            throw .certificateNotFound(id).forUnknownID(call.fidelity)
        }
        return certificate
    }
}

extension Estate {
    /// What is wrong with a query of certificates, in one line; `nil` for one that can be read.
    public func mistake(inQuery text: String, _ product: ProductVersion, now: Timestamp) -> String? {
        let fields = Certificate.queryFields(View(.shown, self, product: product, now: now))
        return Query.mistake(in: text, fields, now: now)
    }
}

extension Certificate {
    /// What lists of certificates can be filtered and sorted by: the members of the model, and the metadata fields by their names.
    static func queryFields(_ view: View) -> [QueryField<Certificate>] {
        model.queryFields(view)
            + view.estate.metadataFields.rows.all.map { field in
                let name = field.name
                return QueryField(name, field.type.queryKind) { field.type.queryValue($0.metadata[name]) }
            }
    }
}

extension MetadataField.DataType {
    fileprivate var queryKind: QueryKind {
        switch self {
        case .integer: .number
        case .date: .time
        case .boolean: .boolean
        case .string, .multipleChoice, .bigText, .email: .text
        }
    }

    fileprivate func queryValue(_ text: String?) -> QueryValue {
        guard let text, !text.isEmpty else { return .null }
        return switch self {
        case .integer: Int(text).map { .number($0) } ?? .null
        case .date: Timestamp(written: text).map { .time($0) } ?? .null
        case .boolean: Bool(text.lowercased()).map { .boolean($0) } ?? .null
        case .string, .multipleChoice, .bigText, .email: .text(text)
        }
    }
}
