import Base
import Entities
import Journal
import MicroHTTP
import Rules
import ScenarioFormat
import Worlds

/// What has happened in a world since somebody last asked, for pages that follow along.
enum ChangesControl {
    static let all: [ControlEndpoint] = [
        ControlEndpoint(
            waits: .get, "changes", "What has happened since a cursor; waits for it",
            query: [
                ("since", "the cursor of the last answer; without one, the latest exchanges"),
                ("wait", "how many seconds to wait at most until something happens, 0 to 60; default 0"),
                ("why", "true notes which rules are asked, for this long and a minute more"),
            ], changes)
    ]

    /// How many exchanges an answer has at most: the newest.
    private static let most = 500
    /// How many of the rules that were added are shown.
    private static let mostRules = 50
    /// Events that come together are shown together: the first one quickly, and where many have come already, four times a second.
    private static let (pause, longPause, many) = (Duration.milliseconds(25), Duration.milliseconds(250), 10)

    /// How much somebody has seen of a world.
    private struct Cursor: Sendable, Equatable {
        let generation: Int
        let revision: Int
        let number: Int

        init(_ state: WorldState) { (generation, revision, number) = (state.generation, state.revision, state.journal.count) }

        init?(_ text: String) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false).compactMap { Int($0) }
            guard parts.count == 3, parts.allSatisfy({ $0 >= 0 }) else { return nil }
            (generation, revision, number) = (parts[0], parts[1], parts[2])
        }

        var text: String { "\(generation).\(revision).\(number)" }
    }

    private static func changes(_ call: ControlCall) throws(ControlRefusal) -> Answer {
        let text = try call.parameter("since")
        let since = text.flatMap { Cursor($0) }
        if let text, since == nil { throw ControlRefusal(400, "since: expected the cursor of an answer, found '\(text.prefix(40))'.") }
        let asked = try call.parameter("wait") ?? "0"
        guard let seconds = Int(asked.hasSuffix("s") ? asked.dropLast() : asked[...]), (0...60).contains(seconds) else {
            throw ControlRefusal(400, "wait: expected 0 to 60 seconds, such as 25 or 25s, found \(asked.prefix(40)).")
        }
        let wait = Duration.seconds(seconds)
        if try call.isTrue("why") { call.world.withState { $0.explain(until: call.wall + wait + .seconds(60)) } }
        let views = call.worlds.budget.viewers
        guard let place = seconds == 0 ? .some(nil) : views.take().map(Optional.some) else {
            throw ControlRefusal(503, "\(views.most) pages wait for changes already; one more may when one of them is closed.")
        }
        return answer(call, since, place, until: call.wall + wait)
    }

    /// Answers soon if anything has happened, at once if nobody waits or the time is over; otherwise waits for it. No thread waits.
    private static func answer(_ call: ControlCall, _ since: Cursor?, _ place: Places.Place?, until end: Timestamp) -> Answer {
        let bell = Bell()
        let left = end.since(call.time.now())
        let news = call.world.withState { state -> Int? in
            if let since, since == Cursor(state), left > .zero, !state.isDropped {
                state.watch(bell)
                return nil
            }
            return state.journal.count - (since?.number ?? state.journal.count)
        }
        let found: @Sendable () -> Answer = {
            withExtendedLifetime(place) { call.aside { .ready(response($0.world.withState { $0 }, since, $0)) } }
        }
        if let news { return news >= many && left > .zero ? .later(min(longPause, left), then: found) : found() }
        let watching = Watching(call.world, bell)
        return .until(bell, atMost: left) {
            watching.end()
            return .later(pause, then: found)
        }
    }

    private static func response(_ state: WorldState, _ since: Cursor?, _ call: ControlCall) -> Response {
        let journal = state.journal
        let isSame = since.map { $0.generation == state.generation && $0.number <= journal.count } == true
        let entries = journal.entries(after: isSame ? since?.number ?? 0 : 0)
        return .ofControl { writer in
            writer.object { writer in
                writer.member("cursor", Cursor(state).text)
                writer.member("generation", state.generation)
                writer.member("continues", isSame)
                writer.name("exchanges")
                writer.array(Array(entries.suffix(most))) { $1.writeRow(to: &$0, world: state.name) }
                writer.member("skipped", max(0, entries.count - most))
                writer.name("pending")
                writer.array(Array(journal.pending.suffix(most))) { $1.writeRow(to: &$0, world: state.name) }
                writer.member("total", journal.count)
                writer.member("evicted", journal.evicted)
                writer.member("gone", journal.gone)
                writeRest(state, call, to: &writer)
            }
        }
    }

    private static func writeRest(_ state: WorldState, _ call: ControlCall, to writer: inout JSONWriter) {
        let live = state.book.rules.indices.filter { number in
            let rule = state.book.rules[number]
            return rule.isLive && rule.expiry.map { $0 > call.wall } ?? true
        }
        writer.name("clock")
        writer.object { writer in
            writer.member("mode", state.clock.mode.rawValue)
            writer.member("now", state.clock.now(wall: call.wall))
            writer.name("rate")
            writer.raw("\(state.clock.rate)")
            writer.member("wall", call.wall.inMilliseconds)
            writer.member("nextDue", state.estate.jobs.timeline.first)
        }
        writer.name("rules")
        writer.array(live.prefix(mostRules).map { $0 }) { RuleControl.write($1, state.book, state.rules, to: &$0) }
        writer.member("liveRules", live.count)
        writer.member("allRules", state.book.rules.count)
        writer.name("jobs")
        writer.object { writer in
            writer.member("scheduled", state.estate.jobs.scheduled.count)
            writer.member("running", state.estate.jobs.runs.count)
        }
        writer.member("worlds", call.worlds.count)
        writer.member("mayWrite", call.pageMayWrite)
    }
}
