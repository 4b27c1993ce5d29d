import Base
public import Entities
public import Model
import ScenarioFormat

extension StoreType.Property: Modelled {
    /// A property as store types show it; 25 adds an id, whose value is assumed, and what must be given on creation.
    static let model = Model<StoreType.Property>([:], "a property", blank: { .init(name: "") }) {
        Member("Id", .number) { $0.id }.sent { $0.traits.storeTypeValidation }
        Asked(ignored: "Id", .integer, in: .requests)
        Member("StoreTypeId", .number) { $0.storeType }
        Asked(ignored: "StoreTypeId", .integer, in: .requests)
        Member("Name", .text) { $0.name }
            .asked(.requests, kind: .nonEmptyText.limited(to: 128), required: "at least one character", \.name).seeded(nameSeed)
        Member("DisplayName", .text, optional: { $0.displayName }).asked(.requests, \.displayName)
            .seeded(Seed("displayName", .text, about: "as people see it; default the name", isNullSaid: true, \.displayName))
        Member("Type", .word(.storeTypes)) { $0.type }.asked(.requests, \.type).seeded("type", about: "default String", \.type)
        Member("DependsOn", .text, optional: { $0.dependsOn }).asked(.requests, \.dependsOn)
            .seeded("dependsOn", about: "the property it depends on", \.dependsOn)
        Member("DefaultValue", .text, optional: { $0.defaultValue }).asked(.requests, kind: .scalar, \.defaultValue)
            .seeded("default", about: "its DefaultValue", \.defaultValue)
        // Required, where it is sent too, has the last word.
        Asked("ValidationOptions", .object(OnCreation.model), in: .requests) { $0.isRequired = $1.value?.isRequired ?? false }
        Member("Required", .flag) { $0.isRequired }.asked(.requests, \.isRequired)
            .seeded("required", about: "whether a store needs it; default false", \.isRequired)
        Member("ValidationOptions", .object(OnCreation.model)) { OnCreation(isRequired: $0.isRequired) }
            .sent { $0.traits.storeTypeValidation }
    }

    private static let nameSeed = Seed<StoreType.Property>(
        "name", .text("a name", length: 1...128), required: true, about: "the property's name"
    ) { property, _, writer in
        writer.member("name", property.name)
    } read: { node, property, _ in
        property.name = node.text ?? ""
        property.displayName = node.text
    }

    private struct OnCreation: Modelled {
        var isRequired = false

        static let model = Model<OnCreation>(blank: { .init() }) {
            Member("OnCreation", .bit) { $0.isRequired }.asked(.requests, \.isRequired)
        }
    }
}

extension StoreType.EntryParameter: Modelled {
    /// An entry parameter as store types show it.
    static let model = Model<StoreType.EntryParameter>([:], "an entry parameter", blank: { .init(name: "") }) {
        Member("StoreTypeId", .number) { $0.storeType }
        Asked(ignored: "StoreTypeId", .integer, in: .requests)
        Member("Name", .text) { $0.name }
            .asked(.requests, kind: .nonEmptyText.limited(to: 128), required: "at least one character", \.name)
            .seeded("name", .text("a name", length: 1...128), required: true, about: "the parameter's name", \.name)
        Member("DisplayName", .text, optional: { $0.displayName }).asked(.requests, \.displayName)
            .seeded("displayName", about: "as people see it", \.displayName)
        Member("Type", .word(.storeTypes)) { $0.type }.asked(.requests, \.type).seeded("type", about: "default String", \.type)
        // Requests of every release may say either; ValidationOptions, where both are sent, has the last word.
        Member("RequiredWhen", .object(Occasions.requiredWhen)) { $0.needed }.sent { !$0.traits.storeTypeValidation }
            .asked(.requests, \.needed)
        Member("ValidationOptions", .object(Occasions.validation)) { $0.needed }.sent { $0.traits.storeTypeValidation }
            .asked(.requests, \.needed)
            .seeded("requiredWhen", .occasions, about: "when it must be given; never if left out", \.needed)
        Member("DependsOn", .text, optional: { $0.dependsOn }).asked(.requests, \.dependsOn)
            .seeded("dependsOn", about: "the parameter it depends on", \.dependsOn)
        Member("DefaultValue", .text, optional: { $0.defaultValue }).asked(.requests, kind: .scalar, \.defaultValue)
            .seeded("default", about: "its DefaultValue", \.defaultValue)
        Member("Options", .text, optional: { $0.options }).asked(.requests, \.options)
            .seeded("options", about: "the choices, separated by commas", \.options)
        Member("Id", .number) { $0.id }.sent { $0.traits.storeTypeValidation }
        Asked(ignored: "Id", .integer, in: .requests)
    }
}

extension StoreType.EntryParameter.Occasions: Modelled {
    private typealias Occasions = StoreType.EntryParameter.Occasions

    /// As releases before 25 say it.
    static let requiredWhen = Model<StoreType.EntryParameter.Occasions>(blank: { [] }) {
        members(.flag, reenrolling: "OnReenrollment")
    }
    /// As 25 says it.
    static let validation = Model<StoreType.EntryParameter.Occasions>(blank: { [] }) { members(.bit, reenrolling: "OnODKG") }

    private static func members(_ kind: Kind<Bool>, reenrolling: String) -> [Field<StoreType.EntryParameter.Occasions>] {
        let names: [(String, Occasions)] = [
            ("HasPrivateKey", .hasPrivateKey), ("OnAdd", .adding), ("OnRemove", .removing), (reenrolling, .reenrolling),
        ]
        return names.map { name, occasion in
            Member<Occasions, Bool>(name, kind) { $0.contains(occasion) }
                .asked(.requests) { if $1.value == true { $0.insert(occasion) } }.field
        }
    }
}

extension Kind where Value == StoreType.EntryParameter.Occasions {
    /// Occasions as scenario files list them.
    fileprivate static var occasions: Kind {
        let words: [(String, Value)] = [
            ("hasPrivateKey", .hasPrivateKey), ("adding", .adding), ("removing", .removing), ("reenrolling", .reenrolling),
        ]
        return Kind.object(Value.validation).listed(words)
    }
}

extension Kind where Value == Set<StoreType.Operation> {
    /// Operations as scenario files list them.
    static var operations: Kind {
        Kind.object(StoreType.Operation.model).listed(StoreType.Operation.allCases.map { ($0.rawValue, [$0]) })
    }
}

extension Kind where Value: SetAlgebra {
    /// A set that scenario files write as a list of words.
    fileprivate func listed(_ words: [(word: String, value: Value)]) -> Kind where Value: Sendable {
        var copy = self
        copy.shape = .list(.word(words.map(\.word)))
        copy.seed = { node, _ in
            node.items.reduce(into: Value()) { all, item in
                if let known = words.first(where: { $0.word == item.text }) { all.formUnion(known.value) }
            }
        }
        copy.dump = { value, _, writer in
            writer.array(words.filter { !value.isDisjoint(with: $0.value) }) { $0.value($1.word) }
        }
        return copy
    }
}

extension StoreType.PasswordOptions: Modelled {
    static let model = Model<StoreType.PasswordOptions>([:], "password options", blank: { .init() }) {
        Member("EntrySupported", .flag) { $0.entrySupported }.asked(.requests, \.entrySupported)
            .seeded("entrySupported", about: "whether entries have passwords of their own; default false", \.entrySupported)
        Member("StoreRequired", .flag) { $0.storeRequired }.asked(.requests, \.storeRequired)
            .seeded("storeRequired", about: "whether a store needs a password; default false", \.storeRequired)
        Member("Style", .word(.storeTypes)) { $0.style }.asked(.requests, \.style).seeded("style", about: "default Default", \.style)
        Asked(ignored: "StorePassword", in: .requests)
    }
}

extension StoreType.Operation {
    /// The members of `SupportedOperations`.
    static let model = Model<Set<StoreType.Operation>>(blank: { [] }) {
        StoreType.Operation.allCases.map { operation in
            Member<Set<StoreType.Operation>, Bool>(operation.wireName, .flag) { $0.contains(operation) }
                .asked(.requests) { if $1.value == true { $0.insert(operation) } }.field
        }
    }

    /// The name of the member of `SupportedOperations`.
    private var wireName: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

extension Set: Modelled where Element == StoreType.Operation {}

extension Kind where Value == Bool {
    /// A boolean that the wire has as 0 or 1; other numbers count as true.
    fileprivate static var bit: Kind {
        Kind(.integer) { truth, _, writer in
            writer.value(truth ? 1 : 0)
        } read: { value, place, reading throws(Refusal) in
            .value(try Kind<Int>.number.read(value, place, reading).value ?? 0 != 0)
        }
    }
}
