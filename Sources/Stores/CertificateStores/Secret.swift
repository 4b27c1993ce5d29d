import Base
import Model

/// A secret as answers show it: masked. The empty GUID is recorded, SecretType 0 too; the rest is assumed.
struct KeyfactorSecret: Modelled {
    /// Whether there is one.
    var isPresent: Bool
    /// The identifier by which it goes in a store's properties.
    var instance: GUID?

    init(isPresent: Bool, instance: GUID? = nil) {
        self.isPresent = isPresent
        self.instance = instance
    }

    /// A secret as it was written.
    init(_ written: JSONValue) {
        isPresent = written["HasValue"]?.boolean ?? false
        instance = written["InstanceGuid"]?.guid
    }

    static let model = Model<KeyfactorSecret>([.shown: "KeyfactorSecret"], "a secret") {
        Member("Value", .text, nullable: { $0.isPresent ? Secret.mask : nil })
        Member("SecretTypeGuid", .guid) { _ in .empty }
        Member("InstanceId", .number, nullable: { _ in nil })
        Member("InstanceGuid", .guid, nullable: { $0.instance })
            .seeded("secret", about: "the identifier by which answers to writes show it", \.instance)
        Member("ProviderTypeParameterValues", .json(.array(.any))) { _ in "[]" }
        Member("ProviderId", .number, nullable: { _ in nil })
        Member("IsManaged", .flag) { _ in false }
        Member("SecretType", .number) { _ in 0 }
        Member("RemoteProviderName", .text, nullable: { _ in nil })
        Member("HasValue", .flag) { $0.isPresent }.seeded("isSet", about: "whether there is one", \.isPresent)
    }

    /// Writes the secret as a GET shows it, with every member.
    func write(to writer: inout JSONWriter) {
        Self.model.write(self, .nothing, to: &writer)
    }
}
