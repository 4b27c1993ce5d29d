import Base
import Testing

@Suite struct EditDistanceTests {
    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("Agents", "Agent", 1), ("abc", "abc", 0), ("ab", "ba", 2),
    ])
    func countsInsertionsRemovalsAndReplacements(_ one: String, _ other: String, _ distance: Int) {
        #expect(EditDistance(from: Array(one.utf8)).to(Array(other.utf8)) == distance)
        #expect(EditDistance.between(Array(one.utf8), Array(other.utf8)) == distance)
    }

    @Test func theQuickWayFindsWhatThePlainOneDoes() {
        var drawn: UInt64 = 0
        func draw(_ bound: Int) -> Int {
            drawn += 1
            return Int(Mixing.mix(drawn) % UInt64(bound))
        }
        // Around 64 bytes, where the quick way ends, and few letters, so that much is alike.
        for _ in 0..<2_000 {
            let texts = (0..<2).map { _ in (0..<draw(71)).map { _ in UInt8(draw(4)) } }
            #expect(EditDistance(from: texts[0]).to(texts[1]) == EditDistance.between(texts[0], texts[1]), "\(texts)")
        }
    }
}
