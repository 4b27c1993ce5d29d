public import Base
public import Command
import Entities
public import Journal
public import Model
import Orchestrators
import Rules
public import ScenarioFormat

/// What a world begins as: an estate, who is let in, and how Command behaves. Read from YAML or JSON; see `docs/SCENARIOS.md`.
public final class Scenario: Sendable {
    /// Its name, for messages; the file's name says no more.
    public let name: String
    /// Every drawn GUID comes from it.
    public let seed: UInt64
    /// The client whose needs it serves; `nil` for none in particular.
    public let client: ClientPreset?
    /// The release of Command that is stood in for.
    public let product: ProductVersion
    /// The base paths below which the API is served, each with a leading slash and no trailing one.
    public let basePaths: [String]
    let fidelity: Fidelity
    /// A warning if the command line names another client than the scenario.
    let clientDoubt: Mistake?
    /// Who is admitted, and as whom.
    public let access: AccessPolicy
    /// What is hardly meant about them, the clock and the scripts of jobs.
    let doubts: [Mistake]
    /// The time to begin with, and how it passes.
    public let clock: ClockSettings
    /// The estate at the beginning. Worlds copy it, which costs nothing.
    let estate: Estate
    /// What strikes which requests.
    let rules: RuleBook
    /// What must have happened in the end.
    public let expectations: [Expectation]
    /// The names that its part `progress` writes.
    let progressNames: [WrittenName]
    /// Where requests lead, below its base paths.
    public let router: Router
    /// The file as it was read.
    public let source: [UInt8]
    /// What the command line set over it.
    public let overrides: Overrides

    /// What is served when nothing is said: the vendor's default, and the one of container installs.
    static let standardBasePaths = ["/KeyfactorAPI", "/Keyfactor/API"]

    /// What the command line may set over a scenario.
    public struct Overrides: Sendable {
        var seed: UInt64?
        var client: ClientPreset?
        var product: ProductVersion?
        var accessMode: AccessPolicy.Mode?
        /// The most bytes that its estate, and all worlds together, may hold.
        var estateBytes: Int

        /// Nothing over the scenario.
        public init(
            seed: UInt64? = nil, client: ClientPreset? = nil, product: ProductVersion? = nil, accessMode: AccessPolicy.Mode? = nil,
            estateBytes: Int = 256 << 20
        ) {
            self.estateBytes = estateBytes
            self.seed = seed
            self.client = client
            self.product = product
            self.accessMode = accessMode
        }
    }

    /// Reads a scenario.
    ///
    /// - Parameters:
    ///   - text: YAML 1.1 or JSON; nothing at all is the built-in estate with the vendor's behaviour.
    ///   - now: what relative dates are relative to.
    ///   - overrides: what the command line sets over it.
    /// - Throws: every mistake, each with its place.
    public init(_ text: [UInt8], now: Timestamp, overrides: Overrides = Overrides()) throws(Mistakes) {
        let node = try YAMLNode.read(text, as: .orNull(ScenarioShape.scenario))
        name = node["scenario"]?.text ?? "unnamed"
        seed = overrides.seed ?? node["seed"].flatMap { $0.integer }.map { UInt64($0) } ?? 1
        let ownClient = node["client"]?.text.flatMap { ClientPreset.named($0) }
        client = overrides.client ?? ownClient
        clientDoubt = Self.doubt(about: node["client"], overriddenBy: overrides.client)
        product = overrides.product ?? node["product"]?.text.flatMap { ProductVersion(rawValue: $0) } ?? client?.product ?? .v25
        fidelity = Fidelity(reading: node["fidelity"], for: client)
        var access = node["auth"].map { AccessPolicy(reading: $0) } ?? AccessPolicy()
        if let mode = overrides.accessMode { access.mode = mode }
        self.access = access
        basePaths = Self.basePaths(node["basePath"])
        clock = ClockSettings(reading: node["clock"], now: now)
        var mistakes: [Mistake] = []
        let listed = node["rules"]?.items ?? []
        if let first = listed.dropFirst(RuleBook.most).first {
            throw Mistakes([Mistake(first.mark, "a scenario has at most \(RuleBook.most) rules, found \(listed.count)")])
        }
        let rules = Rule.read(listed, &mistakes)
        let expected = Expectation.read(node["expect"], &mistakes)
        let start = clock.start ?? now.inMilliseconds
        let most = overrides.estateBytes
        var builder = EstateBuilder(seed: seed, now: start, product: product, fidelity: fidelity, mostBytes: most)
        var estate = Estate(identifiers: Identifiers(seed: seed, world: ""))
        do throws(Mistakes) {
            estate = try builder.estate(node["estate"])
            for change in rules.compactMap(\.effects.change) {
                var builder = EstateBuilder(
                    seed: seed, now: start, product: product, fidelity: fidelity, mostBytes: most, merging: estate)
                _ = try builder.merge(change)
            }
        } catch {
            mistakes += error.all
        }
        guard mistakes.isEmpty else { throw Mistakes(mistakes) }
        estate.jobs.progress = Progress(reading: node["progress"], &builder.seeding)
        self.estate = estate
        doubts =
            AccessDoubts(node: node, estate: estate).warnings + ScenarioDoubts.warnings(node)
            + EstateDoubts(node: node["estate"], estate: estate, product: product, now: start).warnings
        self.rules = rules.isEmpty ? .empty : RuleBook(rules)
        expectations = expected
        progressNames = WrittenName.inProgress(node["progress"])
        router = Router(bases: basePaths)
        source = text
        self.overrides = overrides
    }

    /// About how many bytes it holds: the estate, the rules, the file as it was read and what is made of it.
    var bytes: Int { estate.bytes.held + rules.bytes + 4 * source.count + (64 << 10) }

    private static func doubt(about node: YAMLNode?, overriddenBy client: ClientPreset?) -> Mistake? {
        guard let node, let name = node.text, let client, client.name != name else { return nil }
        return Mistake(
            node.mark, "the scenario's client is '\(name)', and the server serves '\(client.name)', which its option --client names",
            hint: "leave the option out where worlds serve different clients")
    }

    /// One path is served before the vendor's two; a list is served instead of them.
    private static func basePaths(_ node: YAMLNode?) -> [String] {
        guard let node else { return standardBasePaths }
        guard node.items.isEmpty else { return node.items.compactMap(\.text) }
        let chosen = node.text ?? standardBasePaths[0]
        return [chosen] + standardBasePaths.filter { $0.lowercased() != chosen.lowercased() }
    }
}

/// When a world's time begins, and how it passes: the `clock` part of a scenario.
public struct ClockSettings: Sendable, Equatable {
    var mode = WorldClock.Mode.running
    /// `nil` begins with the wall clock's time.
    var start: Timestamp?
    /// World seconds in a wall-clock second, for a scaled clock.
    var rate = 1.0

    /// Reads a checked mapping; nothing is the wall clock.
    ///
    /// - Parameters:
    ///   - node: the `clock` part of a scenario.
    ///   - now: the wall clock's time.
    init(reading node: YAMLNode?, now: Timestamp) {
        mode = node?["mode"]?.text.flatMap { WorldClock.Mode(rawValue: $0) } ?? (node?["rate"] == nil ? .running : .scaled)
        start = node?["start"]?.time.map { $0.resolved(from: now).inMilliseconds }
        rate = node?["rate"]?.number ?? 1
    }

    /// A clock that begins now.
    ///
    /// - Parameter wall: the wall clock's time.
    /// - Returns: the clock.
    func started(wall: Timestamp) -> WorldClock {
        WorldClock(mode, start: start ?? wall, rate: rate, wall: wall)
    }
}

extension AccessPolicy {
    /// Reads who is let in from a checked mapping.
    init(reading node: YAMLNode) {
        self.init()
        mode = node["mode"]?.text.flatMap { Mode(rawValue: $0) } ?? .any
        users = (node["users"]?.items ?? []).map { user in
            User(
                name: user["name"]?.text ?? "", password: user["password"]?.text ?? "", permissions: Self.permissions(user),
                roles: Self.roles(user),
                world: user["world"]?.text)
        }
        clients = (node["clients"]?.items ?? []).map { client in
            Client(
                id: client["id"]?.text ?? "", secret: client["secret"]?.text ?? "", permissions: Self.permissions(client),
                roles: Self.roles(client),
                world: client["world"]?.text)
        }
        if let lifetime = node["tokens"]?["expiresIn"]?.duration { tokenLifetime = lifetime }
    }

    private static func permissions(_ node: YAMLNode) -> Permissions {
        node["permissions"].map { Permissions($0.items.compactMap(\.text)) } ?? (node["roles"] == nil ? .all : Permissions([]))
    }

    private static func roles(_ node: YAMLNode) -> [String] { node["roles"]?.items.compactMap(\.text) ?? [] }
}
