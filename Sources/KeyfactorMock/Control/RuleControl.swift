import MicroHTTP

/// A world's scenario and its rules, also those that come while it runs.
enum RuleControl {
    static let all: [ControlEndpoint] = [
        ControlEndpoint(.get, "scenario", "The scenario as it was read", scenario),
        ControlEndpoint(
            .put, "scenario", "Swap the whole scenario, all or nothing; the world begins anew", body: .orNull(ScenarioShape.scenario), swap),
        ControlEndpoint(.get, "rules", "The rules in order, with how often each matched and struck", rules),
        ControlEndpoint(.post, "rules", "Add one rule or a list, above the scenario's, behind other live ones", body: liveRules, add),
        ControlEndpoint(.put, "rules/{name}", "Put a rule in the place of the one of that name, or add it", body: Rule.liveShape, replace),
        ControlEndpoint(.delete, "rules/{name}", "Take a rule away", remove),
    ]

    private static let liveRules = Shape.oneOf([Rule.liveShape, .list(Rule.liveShape)], "a rule, or a list of rules")

    private static func scenario(_ call: ControlCall) -> Response {
        .ofControl(String(decoding: call.scenario.source, as: UTF8.self), type: "application/yaml")
    }

    private static func swap(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let scenario: Scenario
        do throws(Mistakes) {
            scenario = try Scenario(call.bytes, now: call.wall, overrides: call.worlds.scenario.overrides)
        } catch {
            throw call.mistakes(error)
        }
        let (before, generation) = call.world.withState { state in
            (
                state.restart(as: WorldState(name: state.name, scenario: scenario, wall: call.wall, budget: state.journal.budget)),
                state.generation
            )
        }
        Worlds.release(before)
        return .ofControl { writer in
            writer.object { writer in
                writer.member("scenario", scenario.name)
                writer.member("generation", generation)
                writer.name("warnings")
                writer.array(scenario.warnings.all) { $0.value("line \($1.line): \($1.message)") }
            }
        }
    }

    // MARK: Rules

    private static func rules(_ call: ControlCall) -> Response {
        call.world.withState { $0.dropExpiredRules(at: call.wall) }
        let (book, states) = call.world.withState { ($0.book, $0.rules) }
        return .ofControl { writer in
            writer.array(book.rules.indices) { writer, number in
                let rule = book.rules[number]
                writer.object { writer in
                    writer.member("name", rule.name)
                    writer.member("operation", rule.operation.text)
                    writer.member("live", rule.isLive)
                    writer.member("matches", states.matches[number])
                    writer.member("strikes", states.strikes[number])
                    writer.name("do")
                    writer.array(rule.effects.words) { $0.value($1) }
                    if let expiry = rule.expiry { writer.member("expires", expiry.inMilliseconds) }
                }
            }
        }
    }

    private static let tooMany = ControlRefusal(400, "A world has at most \(RuleBook.most) rules.")

    private static func add(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let body = try call.body(liveRules)
        let nodes = body.items.isEmpty ? [body] : body.items
        let refusal = call.world.withState { state -> ControlRefusal? in
            state.dropExpiredRules(at: call.wall)
            guard state.book.rules.count + nodes.count <= RuleBook.most else { return Self.tooMany }
            var mistakes: [Mistake] = []
            let rules = Rule.read(nodes, live: call.wall, besides: state.book.rules, &mistakes)
            mistakes += state.mistakes(in: rules, now: state.now(wall: call.wall))
            guard mistakes.isEmpty else { return call.mistakes(Mistakes(mistakes)) }
            let live = state.book.rules.prefix(while: \.isLive)
            state.use(RuleBook(live + rules + state.book.rules.dropFirst(live.count)))
            return nil
        }
        if let refusal { throw refusal }
        return Self.rules(call)
    }

    private static func replace(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let body = try call.body(Rule.liveShape)
        let name = call.parameter
        guard (1...128).contains(name.unicodeScalars.count) else { throw ControlRefusal(400, "A rule's name has 1 to 128 characters.") }
        if let said = body["name"]?.text, said != name {
            throw ControlRefusal(
                400, "The path names the rule '\(name.prefix(60))', the body '\(said.prefix(60))'. Leave the name out of the body.")
        }
        let refusal = call.world.withState { state -> ControlRefusal? in
            state.dropExpiredRules(at: call.wall)
            var mistakes: [Mistake] = []
            let rule = Rule(body, named: name, live: call.wall, &mistakes)
            mistakes += state.mistakes(in: [rule], now: state.now(wall: call.wall))
            guard mistakes.isEmpty else { return call.mistakes(Mistakes(mistakes)) }
            var rules = state.book.rules
            if let place = rules.firstIndex(where: { $0.name == name }) {
                rules[place] = rule
            } else {
                guard rules.count < RuleBook.most else { return Self.tooMany }
                rules.insert(rule, at: rules.prefix(while: \.isLive).count)
            }
            state.use(RuleBook(rules))
            return nil
        }
        if let refusal { throw refusal }
        return Self.rules(call)
    }

    private static func remove(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let names = call.world.withState { state -> [String]? in
            state.dropExpiredRules(at: call.wall)
            guard let place = state.book.rules.firstIndex(where: { $0.name == call.parameter }) else { return state.book.rules.map(\.name) }
            var rules = state.book.rules
            rules.remove(at: place)
            state.use(RuleBook(rules))
            return nil
        }
        guard let names else { return Response(204) }
        let nearest = nearestWord(to: call.parameter, among: names).map { " Did you mean '\($0)'?" } ?? ""
        throw ControlRefusal(404, "There is no rule '\(call.parameter.prefix(128))'.\(nearest)")
    }
}

extension WorldState {
    /// What is wrong with the changes that rules would make to the estate.
    fileprivate func mistakes(in rules: [Rule], now: Timestamp) -> [Mistake] {
        var mistakes: [Mistake] = []
        for change in rules.compactMap(\.effects.change) {
            var copy = self
            do throws(Mistakes) {
                try copy.merge(change, at: now)
            } catch {
                mistakes += error.all
            }
        }
        return mistakes
    }
}
