import Base
public import Entities
public import Model

extension SecurityClaim: Modelled {
    /// A claim: its type goes by its name in answers, and by name or number in requests.
    public static let model = Model<SecurityClaim>(
        [.shown: "SecurityClaim", .create: "SecurityClaimCreateRequest", .update: "SecurityClaimUpdateRequest"], "a claim",
        blank: { .init(id: 0, kind: .user, value: "", description: "", scheme: "") }
    ) {
        Member("Id", .given()) { $0.id }.filtered(isKey: true)
            .asked(.update, required: "the id of a claim", \.id)
            .seeded("id", about: "its Id; the next free one if left out", \.id)
        Member("Description", .anyText.limited(to: 512)) { $0.description }.filtered()
            .asked(.requests, required: "a description", \.description)
            .seeded("description", about: "what people call it", \.description)
        Member("ClaimType", .word(nil)) { $0.kind }.filtered()
            .asked(.create, required: Kind.oneOfAll, \.kind)
            .seeded("type", required: true, about: "what is claimed", \.kind)
        Member("ClaimValue", .text("a value", length: 1...512).limited(to: 512)) { $0.value }.filtered(isKey: true)
            .asked(.create, required: "at least one character", \.value)
            .seeded("value", required: true, about: "the value that is claimed", \.value)
        Member("Provider", .object(shownOnly: ClaimProvider.model)) { ClaimProvider(claim: $0) }
        Asked(
            "ProviderAuthenticationScheme", .text.limited(to: 512), in: .create, required: "the scheme of an identity provider", \.scheme)
        Seed("scheme", .text("a scheme", length: 1...512), required: true, about: "the authentication scheme of its provider", \.scheme)
    }

    /// The claims of an estate, and what their operations share.
    static let noun = Noun(
        "/Security/Claims", model, since: .v11, reads: .securityRead, rows: \.security.claims, notFound: { .claimNotFound($0) })
}

/// The identity provider of a claim.
struct ClaimProvider: Modelled {
    let claim: SecurityClaim

    static let model = Model<ClaimProvider>([.shown: "SecurityClaimProvider"]) {
        Member("Id", .guid) { $0.claim.provider($1.estate.identifiers) }
        Member("AuthenticationScheme", .text) { $0.claim.scheme }
        Member("DisplayName", .text) { $0.claim.scheme }
    }
}

/// A role as a claim that gives it shows it.
struct RoleOfClaim: Modelled {
    let role: SecurityRole

    static let model = Model<RoleOfClaim>([.shown: "SecurityRoleOfClaim"]) {
        Member("Id", .number) { $0.role.id }
        Member("Name", .text) { $0.role.name }
        Member("Description", .text) { $0.role.description }
        Member("PermissionSetId", .guid) { $0.role.permissionSet ?? .empty }
    }
}
