import Base
import MicroHTTP
import ScenarioFormat
import Worlds

/// What the control interface warns of: names of what does not exist. With the parameter `strict` it refuses them.
struct ControlWarnings: Sendable {
    /// The parameter, for lists of parameters.
    static let parameter = (name: "strict", about: "refuses what would be a warning: names of what does not exist")

    let all: [Mistake]

    /// Warnings, unless the call is strict and there are any.
    ///
    /// - Parameters:
    ///   - mistakes: what is doubtful in the body or, with `parameters`, in the query.
    ///   - call: the request.
    ///   - isOfQuery: whether they are about parameters, which have no line.
    ///   - isNew: whether the call has made its world, which may be due to a misspelt name.
    ///   - isIdle: whether nothing is expected, which every run meets.
    /// - Throws: a refusal that draws them, where the call is strict.
    init(_ mistakes: [Mistake], of call: ControlCall, isOfQuery: Bool = false, new isNew: Bool = false, idle isIdle: Bool = false)
        throws(ControlRefusal)
    {
        var others: [String] = []
        if isNew { others.append("the world '\(call.world.name)' is new: no request has named it") }
        if isIdle { others.append("nothing is expected: neither the body nor the scenario has an expectation") }
        all = Mistakes(mistakes).all + others.map { Mistake(Mark(line: 0, column: 0, width: 0), $0) }
        guard try call.isStrict, !all.isEmpty else { return }
        throw isOfQuery || !others.isEmpty ? ControlRefusal(400, all.map(\.sentence).joined(separator: "\n")) : call.mistakes(Mistakes(all))
    }

    /// Each in a sentence, with its line.
    var sentences: [String] { all.map { $0.line > 0 ? "line \($0.line): \($0.sentence)" : $0.sentence } }

    /// Writes the member `warnings`, if there are any.
    func write(to writer: inout JSONWriter) {
        guard !all.isEmpty else { return }
        writer.name("warnings")
        writer.array(sentences) { $0.value($1) }
    }
}

extension ControlCall {
    /// A refusal of a world that does not exist.
    func noWorld(_ name: String, _ purpose: String = "") -> ControlRefusal {
        let hint = nearestWord(to: name, among: worlds.names).map { " Did you mean '\($0)'?" } ?? ""
        return ControlRefusal(404, "There is no world '\(name.prefix(64))'\(purpose.isEmpty ? "" : " " + purpose).\(hint)")
    }

    /// The refusal of what would make the worlds hold too much.
    var noRoom: ControlRefusal { ControlRefusal(503, "No room: \(WorldState.noRoom(worlds.budget.limit)).") }

    /// Restarts the world, if there is room for what it becomes.
    ///
    /// - Parameter fresh: what it becomes.
    /// - Throws: a refusal if there is none.
    /// - Returns: what it was, to be released where that may take time, and how often it has been reset.
    func restart(_ fresh: (WorldState) -> WorldState) throws(ControlRefusal) -> (WorldState, Int) {
        let before = world.withState { state -> (WorldState, Int)? in
            let next = fresh(state)
            return state.hasRoom(for: next.ownBytes) ? (state.restart(as: next), state.generation) : nil
        }
        guard let before else { throw noRoom }
        return before
    }

    /// The names that exist in the world.
    var names: Names { world.withState { Names($0) } }

    /// Whether what would be a warning is refused.
    var isStrict: Bool {
        get throws(ControlRefusal) { try isTrue("strict") }
    }

    /// Whether a query parameter is true, which it is as well if it has no value.
    func isTrue(_ name: String) throws(ControlRefusal) -> Bool {
        switch try parameter(name) {
        case nil, "false", "0": return false
        case "", "true", "1": return true
        case let other?: throw ControlRefusal(400, "\(name): expected true or false, found '\(other.prefix(40))'.")
        }
    }
}
