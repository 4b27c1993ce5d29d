import TestSupport
import Testing

@testable import Base

/// What is written by words and whole runs is held against what is written digit by digit and character by character.
struct JSONWriterTests {
    private static func written(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// A string of JSON as the RFC has it, with the short escapes of .NET.
    private static func escaped(_ text: String) -> String {
        let short: [UInt32: String] = [8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 0x22: "\\\"", 0x5C: "\\\\"]
        let parts = text.unicodeScalars.map { scalar in
            if let escape = short[scalar.value] { return escape }
            guard scalar.value < 0x20 else { return String(Character(scalar)) }
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\"\(parts.joined())\""
    }

    @Test func everyControlCharacterIsEscaped() {
        for value in UInt32(0)..<0x100 {
            let character = Unicode.Scalar(value).map { String(Character($0)) } ?? ""
            for text in [character, "before" + character, character + "after", String(repeating: character, count: 40)] {
                #expect(Self.written { $0.value(text) } == Self.escaped(text))
            }
        }
    }

    @Test func longAndShortTextsAreWrittenAlike() throws {
        var random = SplitMix(seed: 3)
        let parts = ["a", "\"", "\\", "\n", "\u{1F}", "\u{7F}", "Ä", "\u{1F600}", " ", "plain text of some length"]
        for length in 0..<200 {
            let text = (0..<length).map { _ in parts[Int(random.next() % UInt64(length % 3 == 0 ? parts.count : 1))] }.joined()
            #expect(Self.written { $0.value(text) } == Self.escaped(text))
            #expect(try JSONDocument(Array(Self.written { $0.value(text) }.utf8)).root.text == text)
        }
    }

    @Test func aGUIDHasItsDigitsInOrder() {
        var random = SplitMix(seed: 4)
        for _ in 0..<1_000 {
            let (high, low) = (random.next(), random.next())
            let digits = [high, low].map { half in
                let digits = String(half, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }.joined()
            var (expected, rest) = ([String](), digits[...])
            for length in [8, 4, 4, 4, 12] {
                expected.append(String(rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
            #expect(GUID(high: high, low: low).text == expected.joined(separator: "-"))
        }
        #expect(GUID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210).text == "01234567-89ab-cdef-fedc-ba9876543210")
    }

    @Test(arguments: [0, 7, 10, 99, 100, 12_345, -1, -100, Int.max, Int.min])
    func aNumberIsInDecimal(_ number: Int) {
        #expect(Self.written { $0.value(number) } == String(number))
    }

    @Test(arguments: ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-03-20T00:20:11.017Z", "9999-12-31T23:59:59.9999999Z"])
    func aTimeIsWrittenAsItWasRead(_ text: String) {
        #expect(Timestamp(text)?.iso == text)
    }
}
