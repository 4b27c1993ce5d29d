import Base
import Command
import Entities
import Journal
import MicroHTTP
import Model
public import Rules
public import ScenarioFormat

/// What exists in a world: every name that is written is held against it, so that no test passes because a name is misspelt.
public struct Names: Sendable {
    let product: ProductVersion
    let bases: [String]
    let access: AccessPolicy
    let estate: Estate
    /// What rules add to the estate when they strike.
    let changes: [YAMLNode]
    let rules: [Rule]
    /// The world's name; `nil` where the scenario is checked for all worlds.
    var world: String?
    /// The exchanges so far: what occurs in them exists, too.
    var journal: Journal?
    private let selectors: SelectorDoubts

    /// The names of a scenario.
    init(_ scenario: Scenario) {
        (product, bases, access, estate) = (scenario.product, scenario.basePaths, scenario.access, scenario.estate)
        rules = scenario.rules.rules
        changes = rules.compactMap(\.effects.change)
        selectors = SelectorDoubts(product: product)
    }

    /// The names of a world as it is.
    ///
    /// - Parameters:
    ///   - state: the world.
    ///   - rules: its rules, where they are about to change.
    public init(_ state: WorldState, rules: [Rule]? = nil) {
        let scenario = state.scenario
        (product, bases, access, estate) = (scenario.product, scenario.basePaths, scenario.access, state.estate)
        self.rules = rules ?? state.book.rules
        changes = self.rules.compactMap(\.effects.change)
        (world, journal) = (state.name, state.journal)
        selectors = SelectorDoubts(product: product)
    }

    /// The most warnings that one text gets; each costs a search for the nearest name.
    public static let most = 100

    /// What is wrong with some names, in their order.
    public func warnings(_ names: some Sequence<WrittenName>) -> [Mistake] {
        var mistakes: [Mistake] = []
        // A long text names few things, and each costs a search among all operations or rows.
        var known: Set<WrittenName.Identity> = []
        for name in names where mistakes.count < Self.most && !known.contains(name.identity) {
            if let mistake = warning(name) { mistakes.append(mistake) } else { known.insert(name.identity) }
        }
        return mistakes
    }

    /// What is wrong with a name; `nil` if it exists.
    func warning(_ name: WrittenName) -> Mistake? {
        switch name.kind {
        case .operation: return operation(name)
        case .rule: return missing(name, "rule", rules.map(\.name), exists: occurs { $0.rule == name.text })
        case .jobType: return missing(name, "job type", jobTypes)
        case .agent: return missing(name, "agent", machines("agents") + estate.agents.all.map(\.machine))
        case .store:
            return missing(name, "certificate store on a machine", machines("certificateStores") + estate.stores.all.map(\.machine))
        case .world: return worldName(name)
        case .template: return missing(name, "template", estate.templates.rows.all.map(\.name))
        case .authority:
            let authorities = estate.authorities.rows.all
            return missing(name, "certificate authority", authorities.map(\.name) + authorities.map(\.logicalName))
        case .storeType: return missing(name, "certificate store type", storeTypes)
        case .caller: return caller(name)
        case .method: return method(name)
        case .selector(let operation): return selectors.warning(name, of: operation)
        default: return number(name) ?? id(name)
        }
    }

    private func method(_ name: WrittenName) -> Mistake? {
        let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"]
        guard !known.contains(name.text.uppercased()), !occurs({ $0.request.method.name == name.text.uppercased() }) else { return nil }
        return Mistake(name.mark, "there is no method '\(Mistake.shortened(name.text))'", hint: Self.did(name.text, among: known))
    }

    // MARK: Operations

    private func operation(_ name: WrittenName) -> Mistake? {
        let pattern = OperationPattern(name.text)
        switch pattern.subject {
        case .token: return nil
        case .connection: return Mistake(name.mark, "a connection is no request, so the journal has none", hint: "name an operation")
        case .operation: break
        }
        let met = API.operations.filter { pattern.meets($0.pattern) }
        if met.contains(where: { $0.isServed(by: product) }) { return nil }
        if let elsewhere = Self.elsewhere(pattern) {
            return Mistake(name.mark, "'\(Mistake.shortened(name.text))' is no operation", hint: elsewhere)
        }
        if rules.contains(where: { $0.effects.substitute?.servesAnyPath == true && pattern.meets($0.operation) }) { return nil }
        let router = Router(bases: bases)
        if occurs({ $0.matches(pattern, router) }) { return nil }
        if let later = met.first { return Mistake(name.mark, "Command \(product.rawValue) has no \(later.name)") }
        return Mistake(name.mark, "'\(Mistake.shortened(name.text))' is no operation", hint: Self.hint(pattern, bases))
    }

    /// What was probably meant by a pattern that is no operation.
    static func hint(_ pattern: OperationPattern, _ bases: [String]) -> String {
        let path = pattern.text.split(separator: " ", maxSplits: 1).last.map { String($0).lowercased() } ?? ""
        if let base = bases.first(where: { path == $0.lowercased() || path.hasPrefix($0.lowercased() + "/") }) {
            return "leave out \(base)"
        }
        if let elsewhere = elsewhere(pattern) { return elsewhere }
        if path.hasSuffix("/token") { return "write 'token' for the requests to the token endpoint" }
        let near = nearestWord(to: pattern.text, among: API.operations.map(\.name))
        return near.map { "did you mean '\($0)'?" } ?? methods(pattern) ?? noHint
    }

    /// The methods that a path has, where it has not the one that was written.
    private static func methods(_ pattern: OperationPattern) -> String? {
        guard pattern.method != nil, let path = pattern.text.split(separator: " ", maxSplits: 1).last else { return nil }
        let any = OperationPattern("* \(path)")
        let methods = Set(API.operations.lazy.filter { any.meets($0.pattern) }.map(\.method.name))
        return methods.isEmpty ? nil : "\(path) has \(methods.sorted().joined(separator: ", "))"
    }

    /// Why no request to an operation has such a path, although the server answers there.
    static func elsewhere(_ pattern: OperationPattern) -> String? {
        let words = (pattern.text.split(separator: " ", maxSplits: 1).last ?? "").lowercased().split(separator: "/")
        switch words.first {
        case "_mock": return "below /_mock is the control interface, which no rule strikes and no journal has"
        case "w": return "leave out the world and the base path: a world's rules and journal are its own"
        default: return nil
        }
    }

    /// The hint where nothing is near.
    static let noHint = "keyfactor-mock operations lists them"

    func occurs(_ fits: (JournalEntry) -> Bool) -> Bool { journal?.entries.contains(where: fits) ?? false }

    // MARK: What exists in Command

    /// The names that jobs have: of custom types, and of the jobs on stores of each type.
    private var jobTypes: [String] {
        let custom = estate.jobTypes.all.map(\.name) + changes.flatMap { $0["jobTypes"]?.items ?? [] }.compactMap { $0["name"]?.text }
        let kinds = Job.Kind.allCases.filter { $0 != .custom && $0 != .fetchLogs }
        let capabilities = estate.storeTypes.all.map(\.capability)
        return custom + ["FetchLogs", "Discovery"] + capabilities.flatMap { capability in kinds.map { capability + $0.rawValue } }
    }

    func machines(_ part: String) -> [String] { changes.flatMap { $0[part]?.items ?? [] }.compactMap { $0["machine"]?.text } }

    func missing(_ name: WrittenName, _ what: String, _ names: [String], exists: Bool = false) -> Mistake? {
        let isSame: (String) -> Bool = name.kind == .rule ? { $0 == name.text } : { $0.lowercased() == name.text.lowercased() }
        guard !exists, !names.contains(where: isSame) else { return nil }
        return Mistake(name.mark, "there is no \(what) '\(Mistake.shortened(name.text))'", hint: Self.did(name.text, among: names))
    }

    // MARK: Worlds and callers

    private func worldName(_ name: WrittenName) -> Mistake? {
        if let world {
            guard name.text != world else { return nil }
            return Mistake(
                name.mark, "this is the world '\(world)', and what happens in '\(Mistake.shortened(name.text))' is not seen here",
                hint: Self.did(name.text, among: [world]))
        }
        // Any name makes a world: only one that is nearly another is doubtful.
        let known = [Worlds.standardName] + access.users.compactMap(\.world) + access.clients.compactMap(\.world)
        guard Worlds.isName(name.text) else { return Mistake(name.mark, "a world's name is 1 to 64 letters, digits, '.', '_' or '-'") }
        guard !known.contains(name.text), let near = nearestWord(to: name.text, among: known) else { return nil }
        return Mistake(name.mark, "no caller has the world '\(Mistake.shortened(name.text))'", hint: "did you mean '\(near)'?")
    }

    private func caller(_ name: WrittenName) -> Mistake? {
        let known = access.users.map(\.name) + access.clients.map(\.id)
        guard !known.contains(name.text), !Self.isAddress(name.text) else { return nil }
        if occurs({ $0.caller == name.text }) { return nil }
        let user = Credential.User(name.text)
        let near =
            access.users.first { Credential.User($0.name).isSame(as: user) }?.name ?? nearestWord(to: name.text, among: known)
            ?? access.users.first { $0.nameAndDomain.name == nearestWord(to: user.name, among: access.users.map(\.nameAndDomain.name)) }?
            .name
        // In these modes anybody may come, under any name.
        if access.mode == .any || access.mode == .none, near == nil { return nil }
        let hint = near.map { "did you mean '\($0)'?" }
        return Mistake(name.mark, "there is no user or client '\(Mistake.shortened(name.text))'", hint: hint)
    }

    private static func isAddress(_ text: String) -> Bool {
        text.contains(":")
            || text.split(separator: ".", omittingEmptySubsequences: false).count == 4 && text.allSatisfy { $0.isNumber || $0 == "." }
    }

    // MARK: Hints

    static func did(_ text: String, among names: [String]) -> String? {
        nearestWord(to: text, among: names).map { "did you mean '\($0)'?" }
            ?? (names.isEmpty || names.count > 12 ? nil : "there is " + Mistake.oneOf(names))
    }

    /// The end of a sentence about a name that does not exist: the nearest, or the names that do.
    static func hint(_ text: String, among names: [String], else listed: String) -> String {
        if let near = nearestWord(to: text, among: names) { return "; did you mean '\(near)'?" }
        return names.isEmpty
            ? "" : "; \(listed) " + names.prefix(12).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 12 ? ", …" : "")
    }
}
