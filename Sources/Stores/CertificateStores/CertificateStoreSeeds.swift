import Base
import Entities
import Model
import ScenarioFormat

extension CertificateStore {
    /// What scenario files say of stores. `EstateBuilder` reads what tells a store from others, its schedule and `count`.
    @FieldBuilder<CertificateStore> static var seeds: [Field<CertificateStore>] {
        Seed("id", .guid, about: "its Id; drawn from the seed if left out", \.id)
        Seed("machine", .text("a machine's name", length: 1...256), required: true, about: "its ClientMachine", \.machine)
        Seed("path", .text("a path", length: 1...722), required: true, about: "its Storepath", \.path)
        Seed(
            "type", .text("a store type's short name"), about: "the short name of its store type; default PEM",
            dump: { store, estate, writer in writer.member("type", estate.storeTypes[store.type]?.shortName) }, read: { _, _, _ in })
        Seed(
            "agent", .orNull(.text("an agent's machine")), about: "the machine of the agent that serves it",
            dump: { store, estate, writer in writer.member("agent", store.agent.flatMap { estate.agents[$0]?.machine }) },
            read: { node, store, seeding in
                store.agent = node.isNull ? nil : seeding.find(node, in: seeding.agents, "agent")
            })
        Seed(
            "container", .orNull(.text("a container's name")), about: "the name of its container",
            dump: { store, estate, writer in
                writer.member("container", store.container.flatMap { estate.containers[$0]?.name })
            },
            read: { node, store, seeding in
                store.container = node.isNull ? nil : seeding.find(node, in: seeding.containers, "container")
            })
        Seed("approved", .flag, about: "whether it is approved; default true", \.isApproved)
        Seed("createIfMissing", .flag, about: "its CreateIfMissing; default false", \.createsIfMissing)
        Seed("password", .flag, about: "whether it has a password; default false", \.hasPassword)
        Seed(
            "schedule", .orNull(Schedule.shape), about: "its inventory schedule",
            dump: { store, _, writer in
                writer.name("schedule")
                if let schedule = store.schedule { schedule.write(to: &writer) } else { writer.null() }
            }, read: { _, _, _ in })
        Seed(
            "inventoryJob", .orNull(Kind<GUID>.guid.shape),
            about: "the id of its inventory job, which stands under jobs, or null; then no container changes its schedule",
            dump: { store, _, writer in writer.member("inventoryJob", store.inventoryJob) }, read: { _, _, _ in })
        Seed("properties", .propertiesInFiles, about: "its properties; clients get them as JSON in a string", \.properties)
        Seed(
            "inventory", .list(CertificateSeed.entry.shape),
            about: "the certificates in it; entries of one alias are a chain, the certificate itself first",
            dump: { store, estate, writer in
                guard !store.inventory.isEmpty else { return }
                writer.name("inventory")
                writer.array(CertificateSeed.entries(of: store)) { CertificateSeed.entry.dump($1, estate, to: &$0) }
            }, read: { _, _, _ in })
        Seed(
            "count", .integer(0...250_000), about: "makes so many, with .1, .2, … added to the path",
            dump: { _, _, _ in }, read: { _, _, _ in })
    }
}

extension Kind where Value == String {
    /// A store's properties as scenario files have them: a mapping of texts and of secrets, of which only the identifier is known.
    fileprivate static var propertiesInFiles: Kind {
        var kind = Kind.text
        kind.shape = .map(
            of: .oneOf([.text(), KeyfactorSecret.model.shape], "a text, or a secret such as { secret: null, isSet: true }"))
        kind.seed = { node, seeding in
            var writer = JSONWriter(capacity: 64)
            writer.object { writer in
                for entry in node.entries {
                    writer.name(anyText: entry.key.text ?? "")
                    guard entry.value.text == nil, !entry.value.entries.isEmpty else {
                        writer.value(entry.value.text ?? "")
                        continue
                    }
                    var secret = KeyfactorSecret(isPresent: false)
                    KeyfactorSecret.model.seed(entry.value, into: &secret, &seeding)
                    secret.write(to: &writer)
                }
            }
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        kind.dump = { text, estate, writer in
            let root = try? JSONDocument(Array(text.utf8)).root
            writer.object { writer in
                for (name, value) in root?.members ?? [] {
                    writer.name(anyText: name)
                    if let text = value.text { writer.value(text) } else { KeyfactorSecret.model.dump(.init(value), estate, to: &writer) }
                }
            }
        }
        return kind
    }
}
