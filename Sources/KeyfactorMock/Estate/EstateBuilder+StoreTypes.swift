extension StoreType.Details {
    /// What a scenario says of a store type.
    ///
    /// - Parameters:
    ///   - node: the store type in the file.
    ///   - known: what holds where the file says nothing.
    init(_ node: YAMLNode, changing known: Self) {
        self = known
        if let list = node["properties"]?.items {
            properties = list.map { item in
                StoreType.Property(
                    name: item["name"]?.text ?? "", displayName: item["displayName"]?.text ?? item["name"]?.text,
                    type: StoreType.ValueType.allCases.first { $0.name == item["type"]?.text } ?? .string,
                    dependsOn: item["dependsOn"]?.text, defaultValue: item["default"]?.text,
                    isRequired: item["required"]?.boolean ?? false)
            }
        }
        if let options = node["passwordOptions"] {
            passwords.entrySupported = options["entrySupported"]?.boolean ?? passwords.entrySupported
            passwords.storeRequired = options["storeRequired"]?.boolean ?? passwords.storeRequired
            passwords.style =
                StoreType.PasswordOptions.Style.allCases.first { $0.name == options["style"]?.text } ?? passwords.style
        }
        privateKey = StoreType.Presence.allCases.first { $0.name == node["privateKey"]?.text } ?? privateKey
        customAlias = StoreType.Presence.allCases.first { $0.name == node["customAlias"]?.text } ?? customAlias
    }
}
