public import Base

/// The refusals of roles and what surrounds them, and of PAM providers.
extension Refusal {
    /// No role of this id. Recorded from 25.5, without a full stop.
    public static func roleNotFound(_ id: Int) -> Refusal { notFound("Unable to find 'Security Role' with Id '\(id)'", .recorded) }

    /// No identity of this id. Assumed to be as roles have it, and so are the next four.
    public static func identityNotFound(_ id: Int) -> Refusal { notFound("Unable to find 'Security Identity' with Id '\(id)'", .assumed) }

    /// No claim of this id.
    public static func claimNotFound(_ id: Int) -> Refusal { notFound("Unable to find 'Claim' with Id '\(id)'", .assumed) }

    /// No permission set of this id.
    public static func permissionSetNotFound(_ id: GUID) -> Refusal {
        notFound("Unable to find 'Permission Set' with Id '\(id.text)'", .assumed)
    }

    /// No type of PAM providers of this id.
    public static func pamTypeNotFound(_ id: GUID) -> Refusal {
        notFound("Unable to find 'PAM Provider Type' with Id '\(id.text)'", .assumed)
    }

    /// A role that comes with Command can be given to others, but not be changed or deleted.
    public static func roleImmutable(_ name: String) -> Refusal {
        badArgument("The security role '\(name)' is immutable: only its identities and claims can be changed.")
    }

    /// A body names an account that no identity has.
    public static func noSuchAccount(_ place: String, _ name: String) -> Refusal {
        badArgument("\(place): expected the AccountName of an identity, found '\(name.prefix(60))'.", member: place)
    }
}
