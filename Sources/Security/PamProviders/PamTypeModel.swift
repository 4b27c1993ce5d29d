import Base
public import Entities
public import Model

extension PamType: Modelled {
    /// A type of PAM providers. `Parameters` is an array even where there are none: a client fails otherwise.
    public static let model = Model<PamType>(
        [.shown: "PamProviderType", .create: "PamProviderTypeCreateRequest"], "a type of PAM providers",
        blank: { .init(id: .empty, name: "", parameters: []) }, check: check
    ) {
        Member("Id", .guid) { $0.id }
            .seeded("id", about: "its Id; made from its name if left out", \.id)
        Member("Name", .text("a name", length: 1...128)) { $0.name }
            .asked(.create, required: "at least one character", \.name)
            .seeded("name", required: true, about: "its name", \.name)
        Member("Parameters", .list(.object(Parameter.model))) { $0.parameters }
            .asked(.create, \.parameters)
            .seeded("parameters", about: "what its providers and their secrets say", \.parameters)
    }

    /// The most parameters of a type: a limit of the mock, since each value of a provider looks for its parameter among them.
    private static let mostParameters = 200

    private static func check(_ draft: inout PamType, _ prefix: String, _ reading: Reading) throws(Refusal) {
        guard draft.parameters.count <= mostParameters else {
            throw .badArgument("Parameters: expected at most \(mostParameters) parameters, found \(draft.parameters.count).")
        }
        var seen: Set<String> = []
        for (index, parameter) in draft.parameters.enumerated() where !seen.insert(parameter.name.lowercased()).inserted {
            throw .badArgument(
                "Parameters[\(index)].Name: expected a name unlike those of the other parameters, found '\(parameter.name.prefix(60))' again.",
                member: "Parameters[\(index)].Name")
        }
    }

    /// The refusal of an unknown type.
    static func find(_ id: GUID, _ call: Call, _ estate: Estate) throws(Refusal) -> PamType {
        guard let type = estate.security.pamTypes[id] else { throw .pamTypeNotFound(id).forUnknownID(call.fidelity) }
        return type
    }
}

extension PamType.Parameter: Modelled {
    /// A parameter as types have it, and as the values of providers name it.
    static let model = Model<PamType.Parameter>(
        [.shown: "PamProviderTypeParameter", .create: "PamProviderTypeParameterCreateRequest"], "a parameter",
        blank: { .init(id: 0, name: "", displayName: "") }
    ) {
        Member("Id", .given(from: 0)) { $0.id }
            .seeded("id", about: "its Id; the next free one if left out", \.id)
        Member("Name", .text("a name", length: 1...128)) { $0.name }
            .asked(.create, required: "at least one character", \.name)
            .seeded("name", required: true, about: "its name", \.name)
        Member("DisplayName", .text) { $0.displayName.isEmpty ? $0.name : $0.displayName }
            .asked(.create, \.displayName)
            .seeded("displayName", about: "what people call it; its name if left out", \.displayName)
        Member("DataType", .dataType) { $0.dataType }
            .asked(.create, \.dataType)
            .seeded("type", about: "string (default), or secret", \.dataType)
        Member("InstanceLevel", .flag) { $0.isInstanceLevel }
            .asked(.create, \.isInstanceLevel)
            .seeded("instanceLevel", about: "whether each secret has a value for it; default false", \.isInstanceLevel)
    }
}

extension Kind where Value == PamType.Parameter.DataType {
    /// A data type: a number in answers, a number or a name in requests, a name in files.
    fileprivate static var dataType: Kind {
        let word = Kind.word(nil, lowercasedInFiles: true)
        var kind = Kind(.word(numbers: Value.allCases.map(\.rawValue), names: Value.allCases.map(\.name))) { type, _, writer in
            writer.value(type.rawValue)
        } read: { value, place, reading throws(Refusal) in
            try word.read(value, place, reading)
        }
        (kind.shape, kind.seed, kind.dump) = (word.shape, word.seed, word.dump)
        return kind
    }
}
