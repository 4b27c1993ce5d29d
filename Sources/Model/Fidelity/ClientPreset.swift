/// What a published client needs of the mock: the fidelity switches, and where needed the release, each with its reason.
public struct ClientPreset: Sendable {
    /// A switch, or the release, as a client needs it.
    public struct Setting: Sendable {
        /// A key of `fidelity`, or `product`.
        public let key: String
        /// What it is set to.
        public let value: String
        /// Why the client needs it.
        public let reason: String
        /// How that is known.
        public let source: String

        /// The setting as scenarios have it: YAML would read `off` and `24.4` as something else than texts.
        public var text: String { "\(key): " + (value == "off" || value.first?.isNumber == true ? "\"\(value)\"" : value) }
    }

    /// Its name in scenarios and on the command line.
    public let name: String
    /// The client and the versions that were looked at.
    public let about: String
    /// What it sets, in the order of the documentation.
    public let settings: [Setting]

    /// A preset.
    init(_ name: String, _ about: String, _ settings: [Setting]) {
        (self.name, self.about, self.settings) = (name, about, settings)
    }

    /// The value of a switch; `nil` if the preset leaves it alone.
    subscript(key: String) -> String? { settings.first { $0.key == key }?.value }

    /// The release that the client needs; `nil` if any will do.
    public var product: ProductVersion? { self["product"].flatMap { ProductVersion(rawValue: $0) } }

    /// The preset with a name, which is compared with case.
    ///
    /// - Parameter name: one of the names in ``all``.
    /// - Returns: `nil` if there is none.
    public static func named(_ name: String) -> ClientPreset? { all.first { $0.name == name } }
}
