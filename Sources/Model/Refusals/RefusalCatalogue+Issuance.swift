/// The refusals of what certificates refer to: metadata fields, collections, templates, enrollment patterns, authorities.
extension Refusal {
    /// No metadata field of this name. An Ansible module decides by this text.
    public static func metadataFieldNotFound(named name: String) -> Refusal {
        notFound("MetadataFieldType with Name '\(name)' does not exist.", .recorded)
    }

    /// No metadata field of this Id.
    public static func metadataFieldNotFound(_ id: Int) -> Refusal {
        notFound("MetadataFieldType with Id '\(id)' does not exist.", .assumed)
    }

    /// A metadata field's name is taken. The text is quoted in an Ansible module; status and code are assumed.
    public static func metadataFieldExists(_ name: String) -> Refusal {
        Refusal(
            status: 400, code: "0xA011000A", message: "Metadata Field with Name '\(name.prefix(60))' already exists.", provenance: .recorded
        )
    }

    /// No certificate collection of this Id.
    public static func collectionNotFound(_ id: Int) -> Refusal {
        notFound("Certificate collection with id '\(id)' does not exist.", .assumed)
    }

    /// No certificate collection of this name.
    public static func collectionNotFound(named name: String) -> Refusal {
        notFound("Certificate collection with name '\(name.prefix(100))' does not exist.", .assumed)
    }

    /// A certificate collection is to come from a query and from another collection. The code is known from a client, the text is not.
    public static var collectionOfTwoSources: Refusal {
        Refusal(
            status: 400, code: "0xA011000F", message: "Query and CopyFromId cannot both be given.", provenance: .assumed)
    }

    /// No certificate template of this Id.
    public static func templateNotFound(_ id: Int) -> Refusal {
        notFound("Certificate template with id '\(id)' does not exist.", .assumed)
    }

    /// No enrollment pattern of this Id.
    public static func patternNotFound(_ id: Int) -> Refusal {
        notFound("Enrollment pattern with id '\(id)' does not exist.", .assumed)
    }

    /// A template or a pattern is written without policies. Recorded of PUT /Templates from 25.4.1; the code is assumed.
    public static var policiesEmpty: Refusal {
        Refusal(status: 400, code: badArgumentCode, message: "'Policies' cannot be empty", provenance: .recorded)
    }

    /// A key usage that is no number. Recorded from 25.5: the text of its JSON reader; the code is assumed.
    public static func unexpectedCharacter(_ character: Character, at path: String) -> Refusal {
        Refusal(
            status: 400, code: badArgumentCode,
            message: "Unexpected character encountered while parsing value: \(character). Path '\(path)'",
            provenance: .recorded, bindingMember: path)
    }

    /// No certificate authority of this Id.
    public static func authorityNotFound(_ id: Int) -> Refusal {
        notFound("Certificate authority with id '\(id)' does not exist.", .assumed)
    }

    /// No certificate authority of this name. Known from a client's documentation: the text holds `CA does not exist`.
    public static func authorityNotFound(named name: String) -> Refusal {
        Refusal(status: 400, code: badArgumentCode, message: "The CA does not exist: '\(name.prefix(100))'.", provenance: .assumed)
    }

    /// A list of authorities has none, in releases that refuse that. The code is known from a client, the text is not.
    public static var noAuthorities: Refusal { notFound("No certificate authorities were found.", .assumed) }

    /// An authority is to be logged in to in two ways. Recorded from 25.5; the status is assumed.
    public static var authorityOfTwoLogIns: Refusal {
        Refusal(
            status: 400, code: "0xA011000F",
            message: "Fields for OAuth and Client Certificate Authentication cannot both be provided for the same CA.",
            provenance: .recorded)
    }

    /// No recipient of alerts of this Id.
    public static func recipientNotFound(_ id: Int) -> Refusal {
        notFound("Alert recipient with id '\(id)' does not exist.", .assumed)
    }
}
