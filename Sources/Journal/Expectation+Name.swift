import Rules

/// Expectations as people say them, for reports.
extension Expectation {
    /// Such as `POST /OrchestratorJobs/Custom, exactly 1`.
    var name: String {
        switch subject {
        case .requests(let selection, let count, followedBy: let following):
            let counted = count ?? (following == nil ? Count(least: 1, most: nil) : nil)
            return [selection.name, counted?.name, following?.name].compactMap { $0 }.joined(separator: ", ")
        case .every(let selection, has: let conditions): return "every \(selection.name) has \(Self.name(conditions))"
        case .jobs(let type, let agent, let count):
            return ["jobs", type.map { "of the type \($0)" }, agent.map { "on \($0)" }].compactMap { $0 }.joined(separator: " ")
                + ", \(count.name)"
        case .run(let unmatched, let unused):
            let parts = [unmatched.map { "unmatched requests, exactly \($0)" }, unused.map { "rules that never struck, exactly \($0)" }]
            return parts.compactMap { $0 }.joined(separator: "; ")
        }
    }

    fileprivate static func name(_ conditions: [Rule.Condition]) -> String {
        conditions.map { "\($0.text) \($0.shownWanted)" }.joined(separator: " and ")
    }
}

extension Expectation.Count {
    /// Such as `exactly 1`, `at least 3`, `1 to 3`.
    var name: String {
        guard let most else { return "at least \(least)" }
        return most == least ? "exactly \(least)" : "\(least) to \(most)"
    }
}

extension Expectation.Selection {
    fileprivate var name: String {
        let parts = [
            operation?.text ?? "any request", status.map { "with status \($0)" }, rule.map { "struck by '\($0)'" },
            conditions.isEmpty ? nil : "where " + Expectation.name(conditions),
        ]
        return parts.compactMap { $0 }.joined(separator: " ")
    }
}

extension Expectation.Following {
    fileprivate var name: String {
        let parts = [
            "each followed by", selection.name, notBefore.map { "not before \($0)" }, within.map { "within \($0)" },
        ]
        return parts.compactMap { $0 }.joined(separator: " ")
    }
}

extension Rule.Condition {
    /// The wanted value as verdicts show it, unless it is that of a secret.
    var shownWanted: String {
        let says = ["present", "absent", "null"].contains(wanted)
        return Secrets.isSecret(name: text) && !says ? Secrets.struckOut : Secrets.text(wanted)
    }
}
