public import Base

extension StoreType {
    /// What a store type says of its stores beyond what jobs and lists need.
    public struct Details: Sendable, Equatable {
        /// Command's LocalStore.
        public var isLocal = false
        /// What its stores are given, in Command's order.
        public var properties: [Property] = []
        /// What its jobs are given for each certificate.
        public var entryParameters: [EntryParameter] = []
        /// Command's JobProperties; only stored and sent back.
        public var jobProperties: [String] = []
        /// Which passwords its stores and entries have.
        public var passwords = PasswordOptions()
        /// How store paths are chosen, such as MultipleChoice; "" and nothing differ for clients.
        public var pathType: String?
        /// Command's StorePathValue, as it was given; `nil` for none.
        public var pathValue: String?
        /// Whether certificates in its stores have private keys: Command's PrivateKeyAllowed.
        public var privateKey = Presence.forbidden
        /// Whether an alias of one's choice is given: Command's CustomAliasAllowed.
        public var customAlias = Presence.forbidden
        /// 0 is recorded; what 1 means is not known.
        public var certificateFormat = 0
        /// Command's ServerRequired: whether a store needs credentials for its server.
        public var needsServer = false
        /// Command's PowerShell; only stored and sent back.
        public var usesPowerShell = false
        /// Command's BlueprintAllowed; only stored and sent back.
        public var allowsBlueprints = false
        /// Command's ServerRegistration, set at creation and never updated.
        public var serverRegistration: Int?
        /// Command's InventoryEndpoint, set at creation and never updated.
        public var inventoryEndpoint: String?
        /// The ids of job types that were given; the others are drawn from the capability.
        public var jobTypes: [String: GUID] = [:]

        /// The names of its secret properties, in lower case.
        public var secrets: [String] { properties.filter { $0.type == .secret }.map { $0.name.lowercased() } }

        /// As a request leaves it that says nothing.
        public init() {}

        /// What the built-in types say, and those of a scenario before it says otherwise. Assumed.
        static let standard = {
            var details = Details()
            details.privateKey = .optional
            return details
        }()
    }

    /// Whether something may or must be there. Numbers as on the wire; for aliases only Forbidden is recorded as a name.
    public enum Presence: Int, Sendable, NamedNumber {
        case forbidden, optional, required

        /// The word for it on the wire, where names are sent.
        public var name: String {
            switch self {
            case .forbidden: "Forbidden"
            case .optional: "Optional"
            case .required: "Required"
            }
        }
    }

    /// What a property or an entry parameter holds. The names are recorded, their order is assumed.
    public enum ValueType: Int, Sendable, NamedNumber {
        case string, bool, secret, multipleChoice

        /// The word for it on the wire, where names are sent.
        public var name: String {
            switch self {
            case .string: "String"
            case .bool: "Bool"
            case .secret: "Secret"
            case .multipleChoice: "MultipleChoice"
            }
        }
    }

    /// Something that stores of a type are given, in the JSON text of their Properties.
    public struct Property: Sendable, Equatable {
        /// The key under which stores hold it.
        public var name: String
        /// What people see as its name; `nil` if nothing was given.
        public var displayName: String?
        /// What kind of value it takes; text unless said otherwise.
        public var type = ValueType.string
        /// The name of another property without which it has no meaning.
        public var dependsOn: String?
        /// The value offered at first, as text.
        public var defaultValue: String?
        /// Whether every store must have it.
        public var isRequired = false
        /// The number of its store type and its place in it, which are known when it is written.
        public var storeType = 0
        /// Its place among the properties, as a number.
        public var id = 0

        /// A property by its parts.
        public init(
            name: String, displayName: String? = nil, type: ValueType = .string, dependsOn: String? = nil, defaultValue: String? = nil,
            isRequired: Bool = false, storeType: Int = 0, id: Int = 0
        ) {
            self.name = name
            self.displayName = displayName
            self.type = type
            self.dependsOn = dependsOn
            self.defaultValue = defaultValue
            self.isRequired = isRequired
            self.storeType = storeType
            self.id = id
        }
    }

    /// Something that jobs are given when they put a certificate into a store.
    public struct EntryParameter: Sendable, Equatable {
        /// The key under which jobs hold it.
        public var name: String
        /// What people see as its name; `nil` if nothing was given.
        public var displayName: String?
        /// What kind of value it takes; text unless said otherwise.
        public var type = ValueType.string
        /// The name of another parameter without which it has no meaning.
        public var dependsOn: String?
        /// The value offered at first, as text.
        public var defaultValue: String?
        /// The choices, separated by commas.
        public var options: String?
        /// When it must be given.
        public var needed: Occasions = []
        /// The number of its store type and its place in it, which are known when it is written.
        public var storeType = 0
        /// Its place among the parameters, as a number.
        public var id = 0

        /// Occasions on which an entry parameter must be given.
        public struct Occasions: OptionSet, Sendable {
            /// One bit for each occasion.
            public let rawValue: Int

            /// The occasions of these bits.
            public init(rawValue: Int) { self.rawValue = rawValue }

            /// When the certificate has a private key.
            public static let hasPrivateKey = Occasions(rawValue: 1)
            /// When a certificate is added.
            public static let adding = Occasions(rawValue: 2)
            /// When a certificate is removed.
            public static let removing = Occasions(rawValue: 4)
            /// When a key is made on the device: Command's reenrollment, or ODKG.
            public static let reenrolling = Occasions(rawValue: 8)
        }

        /// An entry parameter by its parts.
        public init(
            name: String, displayName: String? = nil, type: ValueType = .string, dependsOn: String? = nil, defaultValue: String? = nil,
            options: String? = nil, needed: Occasions = [], storeType: Int = 0, id: Int = 0
        ) {
            self.name = name
            self.displayName = displayName
            self.type = type
            self.dependsOn = dependsOn
            self.defaultValue = defaultValue
            self.options = options
            self.needed = needed
            self.storeType = storeType
            self.id = id
        }
    }

    /// Which passwords stores and entries have.
    public struct PasswordOptions: Sendable, Equatable {
        /// Default is recorded as a name, Custom is assumed.
        public enum Style: Int, Sendable, NamedNumber {
            case standard, custom

            /// The word for it on the wire, where names are sent.
            public var name: String { self == .standard ? "Default" : "Custom" }
        }

        /// Whether entries have passwords of their own.
        public var entrySupported = false
        /// Whether every store needs a password.
        public var storeRequired = false
        /// Command's Style: Default or Custom.
        public var style = Style.standard

        /// No passwords, in the standard style.
        public init() {}
    }
}

extension StoreType: HoldsBytes {
    /// Its texts and details.
    public var heldBytes: Int {
        let details = details
        let texts = name.heldBytes + shortName.heldBytes + capability.heldBytes + details.jobProperties.heldBytes
        let places = details.pathType.heldBytes + details.pathValue.heldBytes + details.inventoryEndpoint.heldBytes
        return MemoryLayout<Details>.size + texts + places + details.properties.heldBytes + details.entryParameters.heldBytes
    }
}

extension StoreType.Property: HoldsBytes {
    /// Its texts.
    public var heldBytes: Int { name.heldBytes + displayName.heldBytes + dependsOn.heldBytes + defaultValue.heldBytes }
}

extension StoreType.EntryParameter: HoldsBytes {
    /// Its texts.
    public var heldBytes: Int {
        name.heldBytes + displayName.heldBytes + dependsOn.heldBytes + defaultValue.heldBytes + options.heldBytes
    }
}
