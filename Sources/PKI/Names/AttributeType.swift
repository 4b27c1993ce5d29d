/// A type of attribute in a name.
struct AttributeType {
    /// How it is written.
    let name: String
    let oid: OID
    /// Other words for it.
    let others: [String]
    /// The type of its values.
    let tag: UInt8

    private init(_ name: String, _ oid: OID, _ others: [String] = [], _ tag: UInt8 = Tag.utf8) {
        (self.name, self.oid, self.others, self.tag) = (name, oid, others, tag)
    }

    private init(unnamed oid: OID) { self.init("OID." + oid.text, oid) }

    private static let all: [AttributeType] = [
        AttributeType("CN", "2.5.4.3"),
        AttributeType("O", "2.5.4.10"),
        AttributeType("OU", "2.5.4.11"),
        AttributeType("L", "2.5.4.7"),
        AttributeType("ST", "2.5.4.8", ["S"]),
        AttributeType("C", "2.5.4.6", [], Tag.printable),
        AttributeType("E", "1.2.840.113549.1.9.1", ["EMAIL", "EMAILADDRESS"], Tag.ia5),
        AttributeType("DC", "0.9.2342.19200300.100.1.25", [], Tag.ia5),
        AttributeType("UID", "0.9.2342.19200300.100.1.1"),
        AttributeType("STREET", "2.5.4.9"),
        AttributeType("SERIALNUMBER", "2.5.4.5", [], Tag.printable),
        AttributeType("T", "2.5.4.12", ["TITLE"]),
        AttributeType("SURNAME", "2.5.4.4", ["SN"]),
        AttributeType("GIVENNAME", "2.5.4.42", ["G", "GN"]),
        AttributeType("INITIALS", "2.5.4.43"),
        AttributeType("POSTALCODE", "2.5.4.17"),
        AttributeType("BUSINESSCATEGORY", "2.5.4.15"),
        AttributeType("ORGANIZATIONIDENTIFIER", "2.5.4.97"),
        AttributeType("DNQUALIFIER", "2.5.4.46", [], Tag.printable),
    ]

    private static let byOID = Dictionary(uniqueKeysWithValues: all.map { ($0.oid, $0) })
    private static let byName = Dictionary(uniqueKeysWithValues: all.flatMap { type in ([type.name] + type.others).map { ($0, type) } })

    /// The type with an identifier.
    static func with(_ oid: OID) -> AttributeType { byOID[oid] ?? AttributeType(unnamed: oid) }

    /// The type that a word means, whatever its case, or an identifier with or without `OID.`; `nil` if there is none.
    static func named(_ word: String) -> AttributeType? {
        if let type = byName[word] { return type }
        let word = word.uppercased()
        return byName[word] ?? OID(word.hasPrefix("OID.") ? word.dropFirst(4) : word[...]).map(with)
    }

    /// The words that are known, for mistakes.
    static let words = all.prefix(8).map(\.name).joined(separator: ", ")
}
