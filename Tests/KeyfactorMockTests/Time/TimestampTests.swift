import TestSupport
import Testing

@testable import Base

struct TimestampTests {
    @Test(arguments: [
        ("2026-11-22T20:00:00Z", "2026-11-22T20:00:00Z", "the documented form"),
        ("2026-11-22T20:00:00.000Z", "2026-11-22T20:00:00Z", "documented with a fraction"),
        ("2026-11-22T20:00:00.123000Z", "2026-11-22T20:00:00.123Z", "Python with microseconds"),
        ("2026-11-22T20:00:00.123456789+02:00", "2026-11-22T18:00:00.1234567Z", "Go with nanoseconds; .NET keeps seven digits"),
        ("2026-11-22T20:00:00.005+02:00", "2026-11-22T18:00:00.005Z", "Java with an offset"),
        ("2026-11-22T20:00:00.1234567-05:30", "2026-11-23T01:30:00.1234567Z", "PowerShell 7, west of Greenwich"),
        ("2026-11-22T20Z", "2026-11-22T20:00:00Z", "the Python SDKs with a naive datetime"),
        ("2026-11-22T20:15", "2026-11-22T20:15:00Z", "no zone is UTC"),
        ("2025-01-01T08:10:55", "2025-01-01T08:10:55Z", "the sample custom job's own date"),
        ("2026-11-22", "2026-11-22T00:00:00Z", "a date alone"),
        ("2026-11-22t20:00:00z", "2026-11-22T20:00:00Z", "small letters"),
        ("2026-11-22T20:00:00+0200", "2026-11-22T18:00:00Z", "an offset without colon"),
        ("2026-11-22T20:00:00+02", "2026-11-22T18:00:00Z", "an offset of hours"),
        ("/Date(1763841600000)/", "2025-11-22T20:00:00Z", "Windows PowerShell 5.1"),
        ("/Date(1763841600000+0200)/", "2025-11-22T20:00:00Z", "with a zone that is only for show"),
        ("/Date(-1000)/", "1969-12-31T23:59:59Z", "before 1970"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "a leap day"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", ".NET's first moment"),
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z", "its last"),
    ])
    func aMoment(isRead text: String, as iso: String, _ reason: String) {
        #expect(Timestamp(text)?.iso == iso)
    }

    @Test(arguments: [
        ("", "nothing"), ("tomorrow", "a word"), ("2026-13-01T00:00:00Z", "month 13"), ("2026-02-29T00:00:00Z", "no leap year"),
        ("2026-11-22T24:00:00Z", "hour 24"), ("2026-11-22T20:60:00Z", "minute 60"), ("2026-11-22T20:00:60Z", "second 60"),
        ("2026-11-22T20:00:00.Z", "a point without digits"), ("2026-11-22T20:00:00.1234567890Z", "ten digits"),
        ("2026-11-22T20:00:00+15:00", "an offset beyond 14 hours"), ("2026-11-22T20:00:00+02:60", "60 minutes of offset"),
        ("2026-11-22 20:00:00", "a blank for the T"), ("2026-11-22T", "nothing after the T"), ("26-11-22", "a short year"),
        ("/Date(12)", "not closed"), ("/Date()/", "no number"), ("2026-11-22T20:00:00Zx", "something after"),
        ("0001-01-01T00:00:00+01:00", "before the first moment"), ("/Date(999999999999999)/", "beyond the last"),
        ("0000-01-01", "year 0"), ("2026-11-22T20:00:00Z\u{0}", "NUL"),
    ])
    func aText(isNoMoment text: String, _ reason: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func everyDayOfFourCenturiesComesBack() {
        var moment = Timestamp(year: 1890, month: 1, day: 1, hour: 23, minute: 59, second: 58, tick: 7)!
        var weekday = moment.parts.weekday.rawValue
        #expect(moment.parts.weekday == .wednesday)
        for _ in 0..<146_097 {
            let parts = moment.parts
            let again = Timestamp(
                year: parts.year, month: parts.month, day: parts.day, hour: parts.hour, minute: parts.minute, second: parts.second,
                tick: parts.tick)
            guard again == moment, parts.weekday.rawValue == weekday else {
                Issue.record("\(moment.iso) came back as \(String(describing: again))")
                return
            }
            moment = moment + .seconds(86_400)
            weekday = (weekday + 1) % 7
        }
    }

    @Test func commandTenSendsNeitherZoneNorFraction() {
        let bytes = [UInt8](capacity: 28) { Timestamp("2023-05-06T00:27:00.5Z")!.write(to: &$0, style: .bare) }
        #expect(String(decoding: bytes, as: UTF8.self) == "2023-05-06T00:27:00")
    }

    @Test func theDateHeaderIsHTTPs() {
        #expect(Timestamp("1994-11-06T08:49:37Z")!.httpDate == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(Mock.noon.httpDate == "Sun, 22 Nov 2026 12:00:00 GMT")
    }
}
