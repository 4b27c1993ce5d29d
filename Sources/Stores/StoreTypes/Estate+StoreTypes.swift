import Base
public import Entities
import Model

extension Kind where Value == Int {
    /// The number of a store type, for which queries may say its short name (assumed; a client does).
    ///
    /// - Parameter null: a number that means any type, if one does.
    /// - Returns: the kind.
    static func storeType(null: Int? = nil) -> Kind {
        given(from: 0, null: null).named("the short name of a store type") { name, estate in estate.storeType(shortName: name)?.number }
    }
}

extension Estate {
    /// A store type by its short name, without case.
    func storeType(shortName: String) -> StoreType? {
        let shortName = shortName.lowercased()
        return storeTypes.all.first { $0.shortName.lowercased() == shortName }
    }

    /// The names, in lower case, of the properties that a store type declares to be secret.
    public func secrets(ofStoreType number: Int) -> [String] { storeTypes[number]?.details.secrets ?? [] }

    /// What is of a store type, in words: stores, or else containers limited to it; `nil` if nothing is.
    func users(ofStoreType number: Int) -> String? {
        let stores = stores.all.count { $0.type == number }
        if stores > 0 { return stores == 1 ? "1 certificate store" : "\(stores) certificate stores" }
        guard let container = containers.all.first(where: { $0.storeType == number }) else { return nil }
        return "the container '\(container.name)'"
    }

    /// A number above all that store types ever had, 102 at least.
    mutating func nextStoreTypeNumber() -> Int {
        highestStoreType = max(highestStoreType, storeTypes.lastKey ?? 0) + 1
        return highestStoreType
    }
}
