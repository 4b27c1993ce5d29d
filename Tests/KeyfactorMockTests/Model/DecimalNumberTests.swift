import TestSupport
import Testing

@testable import Base

/// Decimal numbers of any size.
struct DecimalNumberTests {
    @Test(arguments: [
        ("9007199254740992", "9007199254740993", "whole numbers that one Double stands for"),
        ("-9007199254740993", "-9007199254740992", "and their negatives"), ("0.1", "0.10000000000000000001", "a digit far down"),
        ("99999999999999999999", "1e20", "whole and with an exponent"), ("-1", "0", "signs"),
        ("1e-999999999999999999999", "1e-400", "tiny"),
        ("1e400", "1e999999999999999999999", "huge"), ("-1e400", "-9e399", "huge and negative"), ("2", "10", "not as texts"),
    ])
    func oneNumberIsSmallerThanAnother(_ smaller: String, _ larger: String, _ why: String) throws {
        let (smaller, larger) = (try #require(DecimalNumber(smaller)), try #require(DecimalNumber(larger)))
        #expect(smaller < larger, "\(why)")
        #expect(!(larger < smaller) && smaller != larger)
    }

    @Test(arguments: [
        ("1", "1.0"), ("1", "+1"), ("1", "01"), ("100", "1E2"), ("0", "-0.0e5"), ("0.5", ".5"), ("5", "5."), ("1200", "0.0012e6"),
        ("-7", "-7e-0"),
    ])
    func oneNumberIsWrittenInSeveralWays(_ one: String, _ other: String) {
        #expect(DecimalNumber(one) == DecimalNumber(other) && DecimalNumber(one) != nil)
    }

    @Test(arguments: [
        "", "-", ".", "e5", "1e", "1e+", "1e++5", "1 ", " 1", "0x10", "nan", "inf", "1_000", "1,5", "1.2.3", "--1", "1e5.0", "٣",
    ])
    func aTextIsNoNumber(_ text: String) {
        #expect(DecimalNumber(text) == nil)
    }

    @Test func wholeNumbersAreOrderedAsIntIsAndDoublesAsDoubleIs() throws {
        var random = SplitMix(seed: 5)
        for _ in 0..<5_000 {
            let (a, b) = (Int(truncatingIfNeeded: random.next()) >> Int(random.next() % 63), Int(truncatingIfNeeded: random.next()) >> 40)
            #expect((DecimalNumber(a) < DecimalNumber(b)) == (a < b))
            #expect(DecimalNumber("\(a)") == DecimalNumber(a))
            let (c, d) = (Double(bitPattern: random.next()), Double(bitPattern: random.next()))
            guard c.isFinite, d.isFinite else { continue }
            #expect((try #require(DecimalNumber("\(c)")) < #require(DecimalNumber("\(d)"))) == (c < d))
        }
        #expect(DecimalNumber(Int.min) < DecimalNumber(Int.max) && DecimalNumber(0) == DecimalNumber("0"))
    }
}
