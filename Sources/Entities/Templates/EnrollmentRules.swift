/// The kinds of enrollment that are allowed. Bits as on the wire.
public struct EnrollmentTypes: OptionSet, Sendable {
    /// One bit for each kind.
    public let rawValue: Int

    /// The kinds of these bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The server makes the key.
    public static let pfx = EnrollmentTypes(rawValue: 1)
    /// The client makes the key and sends a request for its certificate.
    public static let csr = EnrollmentTypes(rawValue: 2)
    /// The server makes the key and the request.
    public static let csrGeneration = EnrollmentTypes(rawValue: 4)
}

/// How long the server keeps the keys that it makes. Numbers as on the wire.
public enum KeyRetention: Int, NamedNumber {
    case none, indefinite, afterExpiration, fromIssuance

    /// The name on the wire: None is recorded, the others are assumed.
    public var name: String {
        switch self {
        case .none: "None"
        case .indefinite: "Indefinite"
        case .afterExpiration: "AfterExpiration"
        case .fromIssuance: "FromIssuance"
        }
    }
}

/// A kind of key that may be enrolled for, and its sizes and curves.
public struct KeyAlgorithm: Sendable, Equatable {
    /// As Command calls it: one of `names`.
    public var name: String
    /// The sizes in bits; empty for any.
    public var bitLengths: [Int]
    /// The curves by their OIDs; empty for any.
    public var curves: [String]

    /// Every kind of key, in the order of answers.
    public static let names = ["ECDSA", "RSA", "Ed448", "Ed25519", "MLDSA44", "MLDSA65", "MLDSA87"]

    /// A kind of key by its parts.
    public init(_ name: String = "", _ bitLengths: [Int] = [], curves: [String] = []) {
        self.name = name
        self.bitLengths = bitLengths
        self.curves = curves
    }
}

/// What a part of a subject must look like.
public struct SubjectRegex: Sendable {
    /// The part, such as CN.
    public var part = ""
    /// The regular expression; `nil` for none.
    public var pattern: String?
    /// What a subject is refused with that does not match.
    public var error: String?
    /// Whether it looks at case.
    public var isCaseSensitive = false
    /// The Id of the template, known when it is written; `nil` for that of a pattern.
    public var template: Int?

    /// A regular expression before anything is known of it.
    public init() {}
}

/// What a part of a subject is where a request leaves it out.
public struct SubjectDefault: Sendable {
    /// The part, such as O.
    public var part = ""
    /// What it is; `nil` for nothing.
    public var value: String?

    /// A default before anything is known of it.
    public init() {}
}

/// Something that is asked for at enrollment, next to metadata.
public struct EnrollmentField: Sendable {
    /// What values it takes. Numbers as on the wire.
    public enum DataType: Int, NamedNumber {
        case string = 1
        case multipleChoice

        /// The name in the vendor's portal.
        public var name: String { self == .string ? "String" : "MultipleChoice" }
    }

    /// Its Id, as requests give it.
    public var id = 0
    /// What people call it.
    public var name = ""
    /// The choices of a multiple choice.
    public var options: [String] = []
    /// What values it takes.
    public var type = DataType.string

    /// A field before anything is known of it.
    public init() {}
}

/// What a template or a pattern says of a metadata field differently from the field itself.
public struct MetadataRule: Sendable {
    /// Its own Id, as requests give it.
    public var id = 0
    /// The Id of the field.
    public var field = 0
    /// The value offered at first.
    public var defaultValue: String?
    /// A regular expression for its values.
    public var validation: String?
    /// Whether a value is asked for.
    public var enrollment = MetadataField.Enrollment.optional
    /// What people are shown whose value does not fit.
    public var message: String?
    /// Whether the regular expression looks at case.
    public var isCaseSensitive = false

    /// A rule before anything is known of it.
    public init() {}
}

/// What may be enrolled for, by key and subject. What is `nil` is left to the settings that hold for all.
public struct EnrollmentPolicy: Sendable {
    /// Whether a certificate must have, or may have, an owner. Numbers as on the wire.
    public enum OwnerRole: Int, NamedNumber {
        case optional, required, hidden

        /// The name in the vendor's portal (assumed).
        public var name: String {
            switch self {
            case .optional: "Optional"
            case .required: "Required"
            case .hidden: "Hidden"
            }
        }
    }

    /// Whether a key may be used twice.
    public var allowsKeyReuse: Bool?
    /// Whether a common name may begin with `*.`.
    public var allowsWildcards: Bool?
    /// Whether the common name must be one of the alternative names.
    public var enforcesRFC: Bool?
    /// Whether an owner is asked for.
    public var owner = OwnerRole.optional
    /// The Id of the role that owns what names no owner.
    public var defaultOwner: Int?
    /// The name of the role that owns what names no owner.
    public var defaultOwnerName: String?
    /// Whether that role takes the place of an owner who is named.
    public var overridesOwner = false
    /// The kinds of key that are allowed; `nil` for all that the template has.
    public var keys: [KeyAlgorithm]?
    /// The same for the second key of a hybrid certificate.
    public var alternativeKeys: [KeyAlgorithm]?
    /// The Id of the template, known when it is written; `nil` for that of a pattern.
    public var template: Int?

    /// A policy that leaves all to others.
    public init() {}

    /// The policy, and what it leaves open as another says it. Owners stay.
    public func completed(by common: EnrollmentPolicy) -> EnrollmentPolicy {
        var policy = self
        policy.allowsKeyReuse = allowsKeyReuse ?? common.allowsKeyReuse
        policy.allowsWildcards = allowsWildcards ?? common.allowsWildcards
        policy.enforcesRFC = enforcesRFC ?? common.enforcesRFC
        policy.keys = keys ?? common.keys
        policy.alternativeKeys = alternativeKeys ?? common.alternativeKeys
        return policy
    }
}

/// When expired certificates are deleted. What is `nil` is left to the settings that hold for all.
public struct CertificateCleanup: Sendable {
    /// Whether they are.
    public var isEnabled: Bool?
    /// How long after they expired.
    public var time: Int?
    /// In which units that is.
    public var units: Int?
    /// Whether also those whose keys are kept.
    public var includesArchivedKeys: Bool?

    /// As the settings that hold for all say.
    public init() {}
}

/// The settings that hold for all templates, or patterns, that say nothing else.
public struct EnrollmentSettings: Sendable {
    /// What subjects must look like.
    public var regexes: [SubjectRegex] = []
    /// What subjects are where requests leave it out.
    public var defaults: [SubjectDefault] = []
    /// What may be enrolled for.
    public var policy: EnrollmentPolicy

    /// Keys may be used twice, since many clients send a request for signing again; wildcards are allowed (assumed).
    public init() {
        policy = EnrollmentPolicy()
        (policy.allowsKeyReuse, policy.allowsWildcards, policy.enforcesRFC) = (true, true, false)
    }
}
