import Base
import Command
import Entities
import Journal
import MicroHTTP
import Orchestrators
import ScenarioFormat
import Worlds

/// What a test can do to a world: reset it, and change its time, its jobs and its estate.
enum WorldControl {
    static let all: [ControlEndpoint] = [
        ControlEndpoint(.post, "reset", "Reset the world to its scenario, or to the state of another world", body: resetShape, reset),
        ControlEndpoint(.get, "clock", "The world's time and how it passes", clock),
        ControlEndpoint(.put, "clock", "Set the world's time, and how it passes", body: clockShape, setClock),
        ControlEndpoint(
            .post, "clock/advance", "Advance the time; everything that falls due happens, in order, before the reply", body: advanceShape,
            advanceClock),
        ControlEndpoint(
            .get, "jobs", "The jobs that are scheduled or running",
            query: [("all", "true also says those that are over, and of each what has happened, the newest first")], jobs),
        ControlEndpoint(.get, "jobs/over", "The jobs that are over, with how each ended", jobsOver),
        ControlEndpoint(.post, "jobs/{id}/advance", "Move a job on by one step", advanceJob),
        ControlEndpoint(
            .get, "estate", "Everything that exists, as scenario files write it",
            query: [
                ("keys", "true also says private keys that were sent in"),
                ("kind", "only this kind, such as agents or certificateStores, as {kind, total, rows}"),
                ("q", "of that kind, those that contain this text"), ("offset", "how many of those to pass over"),
                ("limit", "how many of those at most; default 100, at most 1000"),
            ], estate),
        ControlEndpoint(.patch, "estate", "Merge seeds into the estate, all or nothing", body: EstateFile.shape, patchEstate),
    ]

    private static let resetShape = Shape.orNull(
        .object(
            "a reset",
            fields: [.init("from", .text("a world's name"), about: "the world whose state is copied; default the scenario's beginning")]))

    /// Resets estate, clock, rules' counts, journal and tokens to the scenario, or to another world's state.
    private static func reset(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let body = try call.body(resetShape)
        var source: WorldState?
        if let from = body["from"]?.text {
            guard let world = call.worlds[from] else {
                throw call.noWorld(from, "to copy the state of")
            }
            source = world.withState { $0 }
        }
        let before = try call.restart { source ?? $0.beginning(wall: call.wall) }
        defer { Worlds.release(before.0) }
        return .ofControl { writer in
            writer.object { writer in
                writer.member("generation", before.1)
                writer.name("dropped")
                writer.object { writer in
                    writer.member("jobs", before.0.estate.jobs.scheduled.count)
                    writer.member("exchanges", before.0.journal.held)
                }
            }
        }
    }

    // MARK: Clock

    private static func clock(_ call: ControlCall) -> Response {
        let clock = call.world.withState { $0.clock }
        return .ofControl { write(clock, now: clock.now(wall: call.wall), to: &$0) }
    }

    private static let clockShape = Shape.object(
        "a clock",
        fields: [
            .init("mode", .word(WorldClock.Mode.allCases.map(\.rawValue)), about: "how time passes; stays if left out"),
            .init("now", .time, about: "the world's new time, or how far from its present one; stays if left out"),
            .init("rate", .number(0.001...1_000_000), about: "world seconds in a wall-clock second"),
        ])

    /// Sets how time passes and, forwards or backwards, what time it is. What falls due by that happens at the next request.
    private static func setClock(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let body = try call.body(clockShape)
        let (wanted, rate) = (body["mode"]?.text.flatMap { WorldClock.Mode(rawValue: $0) }, body["rate"]?.number)
        if let wanted, rate != nil, wanted != .scaled {
            throw ControlRefusal(400, "A clock that is \(wanted.rawValue) has no 'rate'; write mode: scaled, or leave out one of them.")
        }
        let (clock, running) = call.world.withState { state in
            let present = state.now(wall: call.wall)
            let now = body["now"]?.time.map { $0.resolved(from: present) } ?? present
            let mode = wanted ?? (rate == nil ? state.clock.mode : .scaled)
            let kept = state.clock.mode == .scaled ? state.clock.rate : 1
            state.clock = WorldClock(mode, start: now, rate: rate ?? kept, wall: call.wall)
            state.changed()
            return (state.clock, now < present ? state.estate.jobs.runs.count : 0)
        }
        let warning = running == 0 ? nil : "running jobs: \(running). Each step ends at the time that was set when it began."
        return .ofControl { write(clock, now: clock.now(wall: call.wall), warning, to: &$0) }
    }

    private static let advanceShape = Shape.object(
        "an advance",
        fields: [
            .init("by", .duration, about: "how far, such as 2h"),
            .init("to", .time, about: "to which time"),
        ])

    /// Everything that falls due in between happens, in order, before the reply.
    private static func advanceClock(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let body = try call.body(advanceShape)
        guard (body["by"] == nil) != (body["to"] == nil) else {
            throw ControlRefusal(400, "Give either 'by', such as {\"by\": \"2h\"}, or 'to', such as {\"to\": \"2026-03-01T09:00:00Z\"}.")
        }
        let outcome = call.world.withState { state -> (after: Timestamp, ran: Int, ended: Int, evicted: Int)? in
            let before = state.now(wall: call.wall)
            let after = body["to"]?.time.map { $0.resolved(from: before) } ?? before + (body["by"]?.duration ?? .zero)
            guard after >= before else { return nil }
            state.clock.set(to: after, wall: call.wall)
            let running = state.estate.jobs.runs.count
            let ran = state.estate.advance(to: after)
            state.changed()
            return (after, ran, running + ran - state.estate.jobs.runs.count, state.estate.jobs.history.evicted)
        }
        guard let outcome else { throw ControlRefusal(400, "Time only advances; PUT /_mock/clock sets it back.") }
        return .ofControl { writer in
            writer.object { writer in
                writer.member("now", outcome.after)
                writer.member("ran", outcome.ran)
                writer.member("ended", outcome.ended)
                // The history is bounded: this many attempts of this world are not in it.
                if outcome.evicted > 0 { writer.member("historyEvicted", outcome.evicted) }
            }
        }
    }

    private static func write(_ clock: WorldClock, now: Timestamp, _ warning: String? = nil, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("mode", clock.mode.rawValue)
            writer.member("now", now)
            writer.name("rate")
            writer.raw("\(clock.rate)")
            if let warning { writer.member("warning", warning) }
        }
    }

    // MARK: Jobs

    private static func jobs(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let all = try call.isTrue("all")
        let estate = call.world.withState { state in
            state.estate.advance(to: state.now(wall: call.wall))
            return state.estate
        }
        if all { return .ofControl { estate.writeJobs(to: &$0) } }
        return .ofControl { writer in
            writer.array(estate.jobs.scheduled.all) { $1.writeControl(to: &$0, estate) }
        }
    }

    /// The jobs of the history that are not scheduled any more, by their last attempt.
    private static func jobsOver(_ call: ControlCall) -> Response {
        let estate = call.world.withState { state in
            state.estate.advance(to: state.now(wall: call.wall))
            return state.estate
        }
        let scheduled = estate.jobs.scheduled
        var (last, order): ([GUID: HistoryEntry], [GUID]) = ([:], [])
        for entry in estate.jobs.history.all where scheduled[entry.job.id] == nil {
            if last.updateValue(entry, forKey: entry.job.id) == nil { order.append(entry.job.id) }
        }
        return .ofControl { writer in
            writer.array(order.compactMap { last[$0] }) { $1.writeControl(to: &$0, estate) }
        }
    }

    private static func advanceJob(_ call: ControlCall) throws(ControlRefusal) -> Response {
        guard let id = GUID(dotNet: call.parameter) else {
            throw ControlRefusal(400, "'\(call.parameter.prefix(60))' is not a job's id, a GUID.")
        }
        let state = call.world.withState { state -> String? in
            let now = state.now(wall: call.wall)
            state.estate.advance(to: now)
            guard state.estate.jobs.scheduled[id] != nil else { return nil }
            state.estate.moveOn(id, at: now)
            state.changed()
            return state.estate.jobs.scheduled[id] == nil ? "over" : state.estate.jobs.state(of: id)
        }
        guard let state else {
            throw ControlRefusal(
                404, "There is no job '\(id.text)' that is scheduled or running; GET /_mock/jobs lists them, /_mock/jobs/over the others."
            )
        }
        return .ofControl { writer in
            writer.object { writer in
                writer.member("id", id)
                writer.member("state", state)
            }
        }
    }

    // MARK: Estate

    private static func estate(_ call: ControlCall) throws(ControlRefusal) -> Response {
        if let kind = try call.parameter("kind") { return try rows(kind, call) }
        for name in ["q", "offset", "limit"] where try call.parameter(name) != nil {
            throw ControlRefusal(400, "\(name): only with 'kind', one of \(EstateRows.kinds.joined(separator: ", ")).")
        }
        var estate = call.world.withState { $0.estate }
        estate.requests.dumpsKeys = try call.parameter("keys")?.lowercased() == "true"
        return .ofControl { estate.dump(to: &$0) }
    }

    private static func rows(_ kind: String, _ call: ControlCall) throws(ControlRefusal) -> Response {
        guard EstateRows.kinds.contains(kind) else {
            let nearest = nearestWord(to: kind, among: EstateRows.kinds).map { " Did you mean '\($0)'?" } ?? ""
            throw ControlRefusal(
                400, "kind: expected one of \(EstateRows.kinds.joined(separator: ", ")), found '\(kind.prefix(40))'.\(nearest)")
        }
        let found = EstateRows(
            kind, containing: try call.parameter("q") ?? "", offset: try call.number("offset") ?? 0,
            limit: min(try call.number("limit") ?? 100, 1_000), of: call.world.estate)
        return .ofControl { writer in
            writer.object { writer in
                writer.member("kind", kind)
                writer.member("total", found.total)
                writer.name("rows")
                writer.array(found.rows) { $0.raw(String(decoding: $1, as: UTF8.self)) }
            }
        }
    }

    /// Merges seeds into the estate, as a scenario's `estate` part does; a mistake changes nothing.
    private static func patchEstate(_ call: ControlCall) throws(ControlRefusal) -> Response {
        let body = try call.body(EstateFile.shape)
        let mistakes = call.world.withState { state -> Mistakes? in
            do throws(Mistakes) {
                try state.merge(body, at: state.now(wall: call.wall))
                state.changed()
                return nil
            } catch {
                return error
            }
        }
        if let mistakes { throw call.mistakes(mistakes) }
        return try estate(call)
    }
}
