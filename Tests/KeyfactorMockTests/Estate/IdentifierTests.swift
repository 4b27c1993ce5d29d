import TestSupport
import Testing

@testable import Base

struct IdentifierTests {
    @Test func theSameSeedGivesTheSameIdentifiersInEveryProcess() {
        var identifiers = Identifiers(seed: 1, world: "default")
        #expect(Identifiers.fixed(.agent, "uo-1", seed: 1).text == "e89c945f-da62-482c-9495-ecf36abbd2dd")
        #expect(Identifiers.fixed(.agent, "UO-1", seed: 1).text == "e89c945f-da62-482c-9495-ecf36abbd2dd")
        #expect(identifiers.next(.job).text == "acbcb5c6-172f-43ac-9dd9-49fc7b1adfa9")
    }

    @Test func oneKindsIdentifiersMoveNoOthers() {
        var one = Identifiers(seed: 1, world: "default")
        var other = one
        _ = (one.next(.correlation), one.next(.correlation))
        #expect(one.next(.job) == other.next(.job))
    }

    @Test func noTwoIdentifiersAreTheSame() {
        var seen: Set<GUID> = []
        for seed in UInt64(0)..<4 {
            for world in ["a", "b"] {
                var identifiers = Identifiers(seed: seed, world: world)
                for kind in Identifiers.Kind.allCases {
                    for _ in 0..<500 { #expect(seen.insert(identifiers.next(kind)).inserted) }
                }
            }
        }
    }

    @Test func anIdentifierLooksLikeARandomOne() {
        var identifiers = Identifiers(seed: 99, world: "w")
        for _ in 0..<100 {
            let text = Array(identifiers.next(.store).text)
            #expect(text[14] == "4")
            #expect("89ab".contains(text[19]))
        }
    }

    @Test(arguments: [
        ("0b6c8d8e-1234-4abc-8def-0123456789ab", true, "as Command writes it"),
        ("0B6C8D8E-1234-4ABC-8DEF-0123456789AB", true, "upper case is read"),
        ("{0b6c8d8e-1234-4abc-8def-0123456789ab}", false, "braces"), ("0b6c8d8e12344abc8def0123456789ab", false, "no hyphens"),
        ("0b6c8d8e-1234-4abc-8def-0123456789a", false, "a digit short"), ("0b6c8d8e-1234-4abc-8def-0123456789ag", false, "no digit"),
        ("", false, "nothing"), ("0b6c8d8e_1234-4abc-8def-0123456789ab", false, "another mark"),
    ])
    func aGUIDIsRead(_ text: String, _ isGUID: Bool, _ reason: String) {
        #expect(GUID(text)?.text == (isGUID ? text.lowercased() : nil))
    }
}
