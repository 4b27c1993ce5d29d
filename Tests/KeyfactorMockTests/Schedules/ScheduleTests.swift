import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import Model

struct ScheduleTests {
    @Test(arguments: [
        (#"{"Immediate":true}"#, #"{"Immediate":true}"#, "as soon as possible"),
        (#"{"interval":{"minutes":30}}"#, #"{"Interval":{"Minutes":30}}"#, "camelCase, as the Python SDK of 11 sends"),
        (#"{"Interval":{"Minutes":"30"}}"#, #"{"Interval":{"Minutes":30}}"#, "a number in quotes"),
        (#"{"Interval":{"Minutes":2147483647}}"#, #"{"Interval":{"Minutes":2147483647}}"#, "the longest"),
        (#"{"Daily":{"Time":"2026-11-22T20:00:00Z"}}"#, #"{"Daily":{"Time":"2026-11-22T20:00:00Z"}}"#, "daily"),
        (
            #"{"Weekly":{"Days":[1,5],"Time":"2026-11-22T20Z"}}"#,
            #"{"Weekly":{"Days":["Monday","Friday"],"Time":"2026-11-22T20:00:00Z"}}"#, "days as numbers"
        ),
        (
            #"{"Weekly":{"Days":["friday","Monday","5"],"Time":"2026-11-22"}}"#,
            #"{"Weekly":{"Days":["Friday","Monday"],"Time":"2026-11-22T00:00:00Z"}}"#, "days as names, in the order given, each once"
        ),
        (
            #"{"Monthly":{"Day":27,"Time":"\/Date(1763841600000)\/"}}"#, #"{"Monthly":{"Day":27,"Time":"2025-11-22T20:00:00Z"}}"#,
            "monthly, with an escaped date of PowerShell 5.1"
        ),
        (#"{"ExactlyOnce":{"Time":"2025-06-01T06:00:00Z"}}"#, #"{"ExactlyOnce":{"Time":"2025-06-01T06:00:00Z"}}"#, "once, in the past"),
        (#"{"Immediate":null,"Interval":{"Minutes":1},"Daily":null}"#, #"{"Interval":{"Minutes":1}}"#, "nulls beside it"),
        (#"{"Immediate":false,"Interval":{"Minutes":1}}"#, #"{"Interval":{"Minutes":1}}"#, "a no beside it"),
        (#"{"Off":false,"Interval":{"Minutes":1}}"#, #"{"Interval":{"Minutes":1}}"#, "not off"),
        (#"{"Interval":{"Minutes":5},"IsEmpty":false,"Schedule":"I_5"}"#, #"{"Interval":{"Minutes":5}}"#, "the two extra members of 11.x"),
    ])
    func aSchedule(isRead text: String, as shown: String, _ reason: String) throws {
        guard case .set(let schedule) = try Schedule.read(value(text), Fidelity()) else {
            Issue.record("no schedule: \(reason)")
            return
        }
        #expect(written(schedule) == shown)
    }

    @Test(arguments: [
        "{}", #"{"Off":true}"#, #"{"Off":{}}"#, #"{"Off":null}"#, #"{"off":true}"#, #"{"Off":false}"#, #"{"Immediate":false}"#,
        #"{"Daily":null}"#,
    ])
    func nothingSetIsOff(_ text: String) throws {
        #expect(try Schedule.read(value(text), Fidelity()) == .off)
    }

    @Test func nullAndNothingAreMissing() throws {
        #expect(try Schedule.read(nil, Fidelity()) == .missing)
        #expect(try Schedule.read(value("null"), Fidelity()) == .missing)
    }

    @Test(arguments: [
        (#""I_60""#, #"Schedule: expected an object such as {"Interval":{"Minutes":60}}, found a string."#),
        (
            #"{"Interval":{"Minutes":1},"Daily":{"Time":"2026-11-22T20:00:00Z"}}"#,
            "Schedule: expected one kind of schedule, found Interval and Daily."
        ),
        (#"{"Interval":{"Minutes":1},"Off":true}"#, "Schedule: expected one kind of schedule, found Interval and Off."),
        (#"{"Immediate":"yes"}"#, "Schedule.Immediate: expected true or false, found a string."),
        (#"{"Interval":30}"#, "Schedule.Interval: expected an object, found a number."),
        (#"{"Interval":{}}"#, "Schedule.Interval.Minutes: expected a whole number, found nothing."),
        (#"{"Interval":{"Minutes":0}}"#, "Schedule.Interval.Minutes: expected at least 1, found 0."),
        (#"{"Interval":{"Minutes":-5}}"#, "Schedule.Interval.Minutes: expected at least 1, found -5."),
        (#"{"Interval":{"Minutes":1.5}}"#, "Schedule.Interval.Minutes: expected a whole number of 32 bits, found 1.5."),
        (#"{"Interval":{"Minutes":2147483648}}"#, "Schedule.Interval.Minutes: expected a whole number of 32 bits, found 2147483648."),
        (#"{"Daily":{}}"#, "Schedule.Daily.Time: expected a time such as 2026-11-22T20:00:00Z, found nothing."),
        (#"{"Daily":{"Time":"noon"}}"#, "Schedule.Daily.Time: expected a time such as 2026-11-22T20:00:00Z, found 'noon'."),
        (
            #"{"Daily":{"Time":{"value":"\/Date(1)\/","DateTime":"x"}}}"#,
            "Schedule.Daily.Time: expected a time such as 2026-11-22T20:00:00Z, found an object."
        ),
        (#"{"Weekly":{"Time":"2026-11-22T20:00:00Z"}}"#, "Schedule.Weekly.Days: expected at least one day, found none."),
        (#"{"Weekly":{"Days":[],"Time":"2026-11-22T20:00:00Z"}}"#, "Schedule.Weekly.Days: expected at least one day, found none."),
        (#"{"Weekly":{"Days":"Monday","Time":"2026-11-22T20:00:00Z"}}"#, "Schedule.Weekly.Days: expected an array, found a string."),
        (
            #"{"Weekly":{"Days":[7],"Time":"2026-11-22T20:00:00Z"}}"#,
            "Schedule.Weekly.Days[0]: expected a day's name such as Monday or a number from 0 (Sunday) to 6, found 7."
        ),
        (
            #"{"Weekly":{"Days":[1,"Moonday"],"Time":"2026-11-22T20:00:00Z"}}"#,
            "Schedule.Weekly.Days[1]: expected a day's name such as Monday or a number from 0 (Sunday) to 6, found Moonday."
        ),
        (#"{"Monthly":{"Day":28,"Time":"2026-11-22T20:00:00Z"}}"#, "Schedule.Monthly.Day: expected a day from 1 to 27, found 28."),
        (#"{"Monthly":{"Day":0,"Time":"2026-11-22T20:00:00Z"}}"#, "Schedule.Monthly.Day: expected a day from 1 to 27, found 0."),
        (#"{"Monthly":{"Day":3}}"#, "Schedule.Monthly.Time: expected a time such as 2026-11-22T20:00:00Z, found nothing."),
        (#"{"ExactlyOnce":{"Time":5}}"#, "Schedule.ExactlyOnce.Time: expected a time such as 2026-11-22T20:00:00Z, found 5."),
    ])
    func aScheduleIsRefused(_ text: String, _ message: String) throws {
        #expect(throws: Refusal.self) { try Schedule.read(value(text), Fidelity()) }
        do throws(Refusal) {
            _ = try Schedule.read(value(text), Fidelity())
        } catch {
            #expect(error.message == message)
            #expect(error.status == 400)
        }
    }

    @Test func unknownMembersAreRefusedWhereTheWorldSaysSo() throws {
        var fidelity = Fidelity()
        fidelity.unknownMembers = .refuse
        do throws(Refusal) {
            _ = try Schedule.read(value(#"{"Hourly":{}}"#), fidelity)
            Issue.record("not refused")
        } catch {
            #expect(
                error.message
                    == "Schedule.Hourly: unknown member; expected one of Immediate, Interval, Daily, Weekly, Monthly, ExactlyOnce, Off.")
        }
    }

    @Test(arguments: [
        (
            #"{"Daily":{"Time":"2025-01-01T02:03:04Z"}}"#, #"{"Daily":{"Time":"2026-11-22T02:03:00Z"}}"#,
            "the time of day on the day of the GET, to the minute"
        ),
        (
            #"{"Weekly":{"Days":[0],"Time":"2025-01-01T02:00:00Z"}}"#, #"{"Weekly":{"Days":["Sunday"],"Time":"2026-11-22T02:00:00Z"}}"#,
            "also weekly"
        ),
        (
            #"{"Monthly":{"Day":1,"Time":"1969-01-01T23:59:59Z"}}"#, #"{"Monthly":{"Day":1,"Time":"2026-11-22T23:59:00Z"}}"#,
            "also monthly, and before 1970"
        ),
        (
            #"{"ExactlyOnce":{"Time":"2025-06-01T06:00:01Z"}}"#, #"{"ExactlyOnce":{"Time":"2025-06-01T06:00:01Z"}}"#,
            "a moment keeps its date"
        ),
    ])
    func aLaterGetShows(_ sent: String, _ shown: String, _ reason: String) throws {
        guard case .set(let schedule) = try Schedule.read(value(sent), Fidelity()) else { return }
        #expect(written(schedule.shown(on: Mock.noon)) == shown)
    }

    @Test func weekdaysAreNumbersForGeneratedSDKs() {
        var style = WireStyle()
        style.numbers.insert(.weekdays)
        var writer = JSONWriter(style: style)
        Schedule.weekly([.monday, .saturday], Mock.noon).write(to: &writer)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"Weekly":{"Days":[1,6],"Time":"2026-11-22T12:00:00Z"}}"#)
    }

    private func value(_ text: String) -> JSONValue { try! JSONDocument(Array(text.utf8)).root }

    private func written(_ schedule: Schedule) -> String {
        var writer = JSONWriter()
        schedule.write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
