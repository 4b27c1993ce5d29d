package import Base

extension StoreType {
    /// What a store type says of its stores beyond what jobs and lists need.
    package struct Details: Sendable, Equatable {
        /// Command's LocalStore.
        package var isLocal = false
        package var properties: [Property] = []
        package var entryParameters: [EntryParameter] = []
        package var jobProperties: [String] = []
        package var passwords = PasswordOptions()
        /// How store paths are chosen, such as MultipleChoice; "" and nothing differ for clients.
        package var pathType: String?
        package var pathValue: String?
        package var privateKey = Presence.forbidden
        package var customAlias = Presence.forbidden
        /// 0 is recorded; what 1 means is not known.
        package var certificateFormat = 0
        package var needsServer = false
        package var usesPowerShell = false
        package var allowsBlueprints = false
        package var serverRegistration: Int?
        package var inventoryEndpoint: String?
        /// The ids of job types that were given; the others are drawn from the capability.
        package var jobTypes: [String: GUID] = [:]

        /// The names of its secret properties, in lower case.
        package var secrets: [String] { properties.filter { $0.type == .secret }.map { $0.name.lowercased() } }

        /// As a request leaves it that says nothing.
        package init() {}

        /// What the built-in types say, and those of a scenario before it says otherwise. Assumed.
        static let standard = {
            var details = Details()
            details.privateKey = .optional
            return details
        }()
    }

    /// Whether something may or must be there. Numbers as on the wire; for aliases only Forbidden is recorded as a name.
    package enum Presence: Int, Sendable, NamedNumber {
        case forbidden, optional, required

        package var name: String {
            switch self {
            case .forbidden: "Forbidden"
            case .optional: "Optional"
            case .required: "Required"
            }
        }
    }

    /// What a property or an entry parameter holds. The names are recorded, their order is assumed.
    package enum ValueType: Int, Sendable, NamedNumber {
        case string, bool, secret, multipleChoice

        package var name: String {
            switch self {
            case .string: "String"
            case .bool: "Bool"
            case .secret: "Secret"
            case .multipleChoice: "MultipleChoice"
            }
        }
    }

    /// Something that stores of a type are given, in the JSON text of their Properties.
    package struct Property: Sendable, Equatable {
        package var name: String
        package var displayName: String?
        package var type = ValueType.string
        package var dependsOn: String?
        package var defaultValue: String?
        package var isRequired = false
        /// The number of its store type and its place in it, which are known when it is written.
        package var storeType = 0
        package var id = 0

        package init(
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
    package struct EntryParameter: Sendable, Equatable {
        package var name: String
        package var displayName: String?
        package var type = ValueType.string
        package var dependsOn: String?
        package var defaultValue: String?
        /// The choices, separated by commas.
        package var options: String?
        /// When it must be given.
        package var needed: Occasions = []
        /// The number of its store type and its place in it, which are known when it is written.
        package var storeType = 0
        package var id = 0

        /// Occasions on which an entry parameter must be given.
        package struct Occasions: OptionSet, Sendable {
            package let rawValue: Int

            package init(rawValue: Int) { self.rawValue = rawValue }

            package static let hasPrivateKey = Occasions(rawValue: 1)
            package static let adding = Occasions(rawValue: 2)
            package static let removing = Occasions(rawValue: 4)
            package static let reenrolling = Occasions(rawValue: 8)
        }

        package init(
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
    package struct PasswordOptions: Sendable, Equatable {
        /// Default is recorded as a name, Custom is assumed.
        package enum Style: Int, Sendable, NamedNumber {
            case standard, custom

            package var name: String { self == .standard ? "Default" : "Custom" }
        }

        package var entrySupported = false
        package var storeRequired = false
        package var style = Style.standard

        package init() {}
    }
}
