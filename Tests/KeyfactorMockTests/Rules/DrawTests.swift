import Testing

@testable import Rules
@testable import ScenarioFormat

/// Chance as a stream: draw n depends on (seed, world, rule, n) alone.
struct DrawTests {
    @Test func aDrawDependsOnlyOnSeedWorldRuleAndNumber() {
        let draw = Draw(seed: 42, world: "w", rule: "r")
        #expect((0..<50).map { draw.word($0) } == (0..<50).map { Draw(seed: 42, world: "w", rule: "r").word($0) })
        #expect((0..<50).reversed().map { draw.word($0) } == (0..<50).map { draw.word($0) }.reversed(), "whatever was drawn before")
        for other in [Draw(seed: 43, world: "w", rule: "r"), Draw(seed: 42, world: "v", rule: "r"), Draw(seed: 42, world: "w", rule: "s")] {
            #expect((0..<50).allSatisfy { draw.word($0) != other.word($0) })
        }
        #expect(Draw(seed: 42, world: "r", rule: "w").word(0) != draw.word(0), "world and rule are not the same thing")
    }

    /// 30 % of 100,000 draws within 4 sigma, for several streams; so are the quarters.
    @Test(arguments: 1...8) func drawsAreFair(_ seed: Int) {
        let draw = Draw(seed: UInt64(seed), world: "default", rule: "slow-reads")
        let fractions = (0..<100_000).map { draw.fraction($0) }
        #expect(fractions.allSatisfy { (0..<1).contains($0) })
        func within(_ count: Int, of total: Int, _ share: Double) -> Bool {
            let sigma = (Double(total) * share * (1 - share)).squareRoot()
            return abs(Double(count) - Double(total) * share) <= 4 * sigma
        }
        #expect(within(fractions.count { $0 < 0.3 }, of: 100_000, 0.3))
        for quarter in 0..<4 { #expect(within(fractions.count { Int($0 * 4) == quarter }, of: 100_000, 0.25)) }
        let pairs = zip(fractions, fractions.dropFirst()).count { $0 < 0.3 && $1 < 0.3 }
        #expect(abs(pairs - 9_000) < 500, "neighbours are independent")
    }

    @Test func normalDrawsAreNormal() {
        let draw = Draw(seed: 7, world: "default", rule: "slow")
        let numbers = (0..<100_000).map { draw.normal($0) }
        let mean = numbers.reduce(0, +) / 100_000
        let variance = numbers.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 100_000
        #expect(abs(mean) < 0.0127 && abs(variance - 1) < 0.02)
        #expect(abs(Double(numbers.count { $0 > 1 }) - 15_866) < 470, "a sixth lies more than one deviation above")
    }

    @Test func lognormalDelaysHaveTheirMedianAndStayBelowTheirMaximum() throws {
        let node = try YAMLNode.read(Array("{ lognormal: { median: 400ms, sigma: 0.5, max: 900ms } }".utf8))
        let delay = try Delay(node)
        let draw = Draw(seed: 1, world: "default", rule: "slow-reads")
        var draws = Draws(draw, next: 0)
        let delays = (0..<20_000).map { _ in delay.drawn(&draws) }
        #expect(draws.next == 20_000, "each takes one draw")
        #expect(delays.allSatisfy { $0 > .zero && $0 <= .milliseconds(900) })
        #expect(abs(delays.count { $0 < .milliseconds(400) } - 10_000) < 283)
        #expect(delays.contains(.milliseconds(900)))
    }

    @Test func uniformDelaysLieBetweenTheirBounds() throws {
        let delay = try Delay(try YAMLNode.read(Array("{ uniform: [ 100ms, 2s ] }".utf8)))
        let draw = Draw(seed: 1, world: "default", rule: "slow-reads")
        var draws = Draws(draw, next: 5)
        let delays = (0..<10_000).map { _ in delay.drawn(&draws) }
        #expect(delays.allSatisfy { $0 >= .milliseconds(100) && $0 < .seconds(2) })
        #expect(abs(delays.count { $0 < .milliseconds(1050) } - 5_000) < 200)
        draws = Draws(draw, next: 5)
        #expect((0..<10_000).map { _ in delay.drawn(&draws) } == delays)
    }

    @Test func aFixedDelayDrawsNothing() throws {
        var draws = Draws(Draw(seed: 1, world: "", rule: ""), next: 3)
        #expect(try Delay(YAMLNode.read(Array("250ms".utf8))).drawn(&draws) == .milliseconds(250) && draws.next == 3)
    }

    @Test(arguments: [0, 1, 7, 8, 9, 512]) func garbageHasTheRequestedLengthAndIsRepeatable(_ count: Int) {
        let draw = Draw(seed: 1, world: "default", rule: "noise")
        #expect(draw.bytes(4, count: count).count == count && draw.bytes(4, count: count) == draw.bytes(4, count: count))
        #expect(count == 0 || draw.bytes(4, count: count) != draw.bytes(5, count: count))
    }
}
