import Base
import Entities
import Model
import ScenarioFormat

/// What holds for containers and their stores, whichever of the two a file names.
extension EstateBuilder {
    /// Notes each container that is limited to a store type and has a store of another one.
    mutating func checkContainers(_ node: YAMLNode?) {
        for container in estate.containers.all {
            guard let type = container.storeType, let store = estate.stores.rows(inGroup: container.id).first(where: { $0.type != type })
            else { continue }
            let (wanted, found) = (estate.storeTypes[type]?.shortName ?? "", estate.storeTypes[store.type]?.shortName ?? "")
            seeding.note(
                Self.place(of: container, in: node),
                """
                the container '\(container.name)' takes certificate stores of type \(wanted) only, and the one on '\(store.machine)' \
                with the path '\(store.path)' is of type \(found)
                """)
        }
    }

    /// Where a file speaks of a container: at a store that it puts into it, else at the container.
    private static func place(of container: Container, in node: YAMLNode?) -> YAMLNode? {
        let isMeant = { (name: YAMLNode?) in name?.text?.lowercased() == container.name.lowercased() }
        return node?["certificateStores"]?.items.first { isMeant($0["container"]) }?["container"]
            ?? node?["containers"]?.items.first { isMeant($0["name"]) } ?? node
    }
}
