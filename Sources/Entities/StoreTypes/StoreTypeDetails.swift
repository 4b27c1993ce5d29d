public import Base

extension StoreType {
    /// What a store type says of its stores beyond what jobs and lists need.
    public struct Details: Sendable, Equatable {
        /// Command's LocalStore.
        public var isLocal = false
        public var properties: [Property] = []
        public var entryParameters: [EntryParameter] = []
        public var jobProperties: [String] = []
        public var passwords = PasswordOptions()
        /// How store paths are chosen, such as MultipleChoice; "" and nothing differ for clients.
        public var pathType: String?
        public var pathValue: String?
        public var privateKey = Presence.forbidden
        public var customAlias = Presence.forbidden
        /// 0 is recorded; what 1 means is not known.
        public var certificateFormat = 0
        public var needsServer = false
        public var usesPowerShell = false
        public var allowsBlueprints = false
        public var serverRegistration: Int?
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
        public var name: String
        public var displayName: String?
        public var type = ValueType.string
        public var dependsOn: String?
        public var defaultValue: String?
        public var isRequired = false
        /// The number of its store type and its place in it, which are known when it is written.
        public var storeType = 0
        public var id = 0

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
        public var name: String
        public var displayName: String?
        public var type = ValueType.string
        public var dependsOn: String?
        public var defaultValue: String?
        /// The choices, separated by commas.
        public var options: String?
        /// When it must be given.
        public var needed: Occasions = []
        /// The number of its store type and its place in it, which are known when it is written.
        public var storeType = 0
        public var id = 0

        /// Occasions on which an entry parameter must be given.
        public struct Occasions: OptionSet, Sendable {
            public let rawValue: Int

            public init(rawValue: Int) { self.rawValue = rawValue }

            public static let hasPrivateKey = Occasions(rawValue: 1)
            public static let adding = Occasions(rawValue: 2)
            public static let removing = Occasions(rawValue: 4)
            public static let reenrolling = Occasions(rawValue: 8)
        }

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

            public var name: String { self == .standard ? "Default" : "Custom" }
        }

        public var entrySupported = false
        public var storeRequired = false
        public var style = Style.standard

        public init() {}
    }
}
