import Base
public import Entities
public import Model
import ScenarioFormat

/// The type of a provider as its provider shows it: the parameters go by another name there.
struct PamTypeOfProvider: Modelled {
    /// A parameter, which does not repeat its type.
    struct Parameter: Modelled {
        let parameter: PamType.Parameter

        static let model = Model<Parameter>([.shown: "PamProviderTypeParam"]) {
            Member("Id", .number) { $0.parameter.id }
            Member("Name", .text) { $0.parameter.name }
            Member("DisplayName", .text) { $0.parameter.displayName.isEmpty ? $0.parameter.name : $0.parameter.displayName }
            Member("DataType", .number) { $0.parameter.dataType.rawValue }
            Member("InstanceLevel", .flag) { $0.parameter.isInstanceLevel }
            Member("ProviderType", .json(.any), nullable: { _ in nil })
        }
    }

    let type: PamType

    static let model = Model<PamTypeOfProvider>([.shown: "PamTypeOfProvider"]) {
        Member("Id", .guid) { $0.type.id }
        Member("Name", .text) { $0.type.name }
        Member("ProviderTypeParams", .list(.object(shownOnly: Parameter.model))) { $0.type.parameters.map { Parameter(parameter: $0) } }
    }
}

/// A value as answers have it: in place of a secret stands a GUID (recorded).
struct PamValueShown: Modelled {
    let value: PamProvider.Value
    let parameter: PamType.Parameter

    /// The values of a provider whose parameters its type has.
    static func all(of provider: PamProvider, _ estate: Estate) -> [PamValueShown] {
        guard let type = provider.type.flatMap({ estate.security.pamTypes[$0] }) else { return [] }
        return provider.values.compactMap { value in
            type.parameter(named: value.parameter).map { PamValueShown(value: value, parameter: $0) }
        }
    }

    static let model = Model<PamValueShown>([.shown: "PamProviderTypeParamValue"]) {
        Member("Id", .number) { $0.value.id }
        Member("Value", .text) { shown, view in
            shown.value.text ?? view.estate.identifiers.fixed(.security, "PAM secret \(shown.value.id)").text
        }
        Member("InstanceId", .number, nullable: { _ in nil })
        Member("InstanceGuid", .guid) { shown, view in view.estate.identifiers.fixed(.security, "PAM instance \(shown.value.id)") }
        Member("ProviderTypeParam", .object(shownOnly: PamType.Parameter.model)) { $0.parameter }
    }
}

extension PamProvider.Value: Modelled {
    /// A value as files have it.
    static let model = Model<PamProvider.Value>([:], "a value", blank: { .init(id: 0, parameter: "", text: nil) }) {
        Seed("parameter", .text("a name", length: 1...128), required: true, about: "the name of the parameter", \.parameter)
        Seed("value", .text, about: "what it is; of a secret only that it is there", \.text)
        Seed("id", .given(from: 0), about: "its Id; the next free one if left out", \.id)
    }
}

/// A value as requests have it, with the parameter by its Id or its name.
public struct PamValueRequest: Modelled {
    /// A parameter as a request names it.
    struct Reference: Modelled {
        var id: Int?
        var name: String?

        static let model = Model<Reference>([.create: "PamParameterReference", .update: "PamParameterReference"], blank: { .init() }) {
            Asked("Id", .number(null: 0), in: .requests, \.id)
            Asked("Name", .text, in: .requests, \.name)
            Asked(ignored: "DisplayName", in: .requests)
            Asked(ignored: "DataType", in: .requests)
            Asked(ignored: "InstanceLevel", in: .requests)
        }
    }

    var text: String?
    var parameter = Reference()

    static let model = Model<PamValueRequest>(
        [.create: "PamProviderTypeParamValueRequest", .update: "PamProviderTypeParamValueRequest"], blank: { .init() }
    ) {
        Asked("Value", .text, in: .requests, \.text)
        Asked("ProviderTypeParam", .object(Reference.model), in: .requests, required: "a parameter such as {\"Id\":1}", \.parameter)
        Asked(ignored: "Id", in: .requests)
        Asked(ignored: "InstanceId", in: .requests)
        Asked(ignored: "InstanceGuid", in: .requests)
    }
}

extension PamProvider.Draft {
    /// The values that a request sets. One that it leaves out is gone; one that it names without a value stays.
    ///
    /// - Parameters:
    ///   - type: the provider's type.
    ///   - known: the values before.
    /// - Throws: a refusal that names the parameter, and never the value.
    /// - Returns: the values, of which new ones have the Id 0.
    func values(of type: PamType, over known: [PamProvider.Value]) throws(Refusal) -> [PamProvider.Value] {
        var (made, seen): ([PamProvider.Value], Set<Int>) = ([], [])
        for (index, asked) in values.enumerated() {
            let reference = asked.parameter
            let named = type.parameters.first { $0.id == reference.id } ?? reference.name.flatMap { type.parameter(named: $0) }
            guard let parameter = named else {
                let names = type.parameters.map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
                throw .badArgument(
                    "ProviderTypeParamValues[\(index)].ProviderTypeParam: expected one of \(names.isEmpty ? "none" : names), found another.",
                    member: "ProviderTypeParamValues[\(index)].ProviderTypeParam")
            }
            guard seen.insert(parameter.id).inserted else {
                throw .badArgument("ProviderTypeParamValues[\(index)]: expected each parameter once, found \(parameter.name) again.")
            }
            let old = known.first { $0.parameter.lowercased() == parameter.name.lowercased() }
            guard let text = asked.text else {
                if let old { made.append(old) }
                continue
            }
            made.append(.init(id: old?.id ?? 0, parameter: parameter.name, text: parameter.dataType == .secret ? nil : text))
        }
        return made
    }
}
