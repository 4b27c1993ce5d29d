import Base
public import Entities
public import Model
import ScenarioFormat

extension PamProvider: Modelled {
    /// What a request says of a PAM provider. Secrets are dropped as they are read.
    public struct Draft: Sendable {
        var id = 0
        var name = ""
        var type = GUID.empty
        var isRemote = false
        var area = 1
        var securedArea: Int?
        var values: [PamValueRequest] = []
    }

    /// A PAM provider as the first version has it, and files. Assumed: no source names the query fields.
    public static let model = Model<PamProvider>(
        [.shown: "PamProvider", .create: "PamProviderCreateRequest", .update: "PamProviderUpdateRequest"], "a PAM provider",
        blank: { .init() }
    ) { fields(isFirst: true) }

    /// A PAM provider as the second version has it: without Area and SecuredAreaId. Its PUT keeps the type (documented).
    static let modelTwo = Model<PamProvider>(
        [.shown: "PamProviderV2", .create: "PamProviderV2CreateRequest", .update: "PamProviderV2UpdateRequest"], "a PAM provider",
        blank: { .init() }
    ) { fields(isFirst: false) }

    @FieldBuilder<PamProvider> private static func fields(isFirst: Bool) -> [Field<PamProvider>] {
        Member("Id", .given()) { $0.id }.filtered(isKey: true)
            .asked(.update, required: "the id of a PAM provider", \.id)
            .seeded("id", about: "its Id; the next free one if left out", \.id)
        Member("Name", .text("a name", length: 1...128)) { $0.name }.filtered(isKey: true)
            .asked(.requests, required: "at least one character", \.name)
            .seeded("name", required: true, about: "its name", \.name)
        isFirst ? [areaMember.field] : []
        Member(
            "ProviderType", .object(shownOnly: PamTypeOfProvider.model),
            nullable: { provider, view in
                provider.type.flatMap { view.estate.security.pamTypes[$0] }.map { PamTypeOfProvider(type: $0) }
            })
        Asked(
            "ProviderType", .object(PamTypeReference.model), in: isFirst ? .requests : .create, required: "a type such as {\"Id\":\"...\"}"
        ) {
            $0.type = $1.value?.id ?? .empty
        }
        Seed(
            "type", .orNull(.text()), about: "the name of its type",
            dump: { provider, estate, writer in writer.member("type", provider.type.flatMap { estate.security.pamTypes[$0]?.name }) },
            read: { node, provider, seeding in
                provider.type = node.isNull ? nil : seeding.find(node, in: seeding.pamTypes, "type of PAM providers")
            })
        Member("ProviderTypeParamValues", .list(.object(shownOnly: PamValueShown.model))) { provider, view in
            PamValueShown.all(of: provider, view.estate)
        }
        Asked("ProviderTypeParamValues", .objects(PamValueRequest.model), in: .requests) { $0.values = $1.value ?? [] }
        Seed("values", .list(.object(Value.model)), about: "what it says for the parameters of its type", \.values)
        Seed("entries", .list(.object(Entry.model)), about: "the secrets that Command itself keeps for it, without their values", \.entries)
        isFirst ? [securedAreaMember.field] : []
        Member("Remote", .flag) { $0.isRemote }
            .asked(.requests, \.isRemote)
            .seeded("remote", about: "whether an agent asks it; default false", \.isRemote)
    }

    private static var areaMember: Member<PamProvider, Int> {
        Member("Area", .number) { $0.area }
            .asked(.requests, \.area)
            .seeded("area", about: "the part of Command that it is for; default 1", \.area)
    }

    private static var securedAreaMember: Member<PamProvider, Int> {
        Member("SecuredAreaId", .number, nullable: { $0.securedArea })
            .asked(.requests, \.securedArea)
            .seeded("securedArea", about: "the container that it is limited to", \.securedArea)
    }

    /// The PAM providers of an estate, and what their operations share.
    static let noun = Noun(
        "/PamProviders", model, second: { modelTwo }, versionTwoSince: .v11, reads: .pamRead, rows: \.security.pamProviders,
        notFound: { .pamProviderNotFound($0) })
}

/// A type as a request names it.
struct PamTypeReference: Modelled {
    var id = GUID.empty

    static let model = Model<PamTypeReference>(
        [.create: "PamProviderTypeReference", .update: "PamProviderTypeReference"], blank: { .init() }
    ) {
        Asked("Id", .guid, in: .requests, required: "the id of a type of PAM providers", \.id)
        Asked(ignored: "Name", in: .requests)
        Asked(ignored: "ProviderTypeParams", in: .requests)
    }
}
