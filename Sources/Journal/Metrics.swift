import Base

internal import Synchronization

/// Counts and times of the whole server, for Prometheus (text format 0.0.4).
public final class Metrics: Sendable {
    /// The upper bounds of the buckets in microseconds.
    private static let bounds = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000]

    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }

    private let buckets = (0...bounds.count).map { _ in Counter() }
    private let ticks = Atomic<Int>(0)

    /// Records how long an answer took, from the complete request to the reply handed over, delays included.
    ///
    /// - Parameter duration: in ticks of 100 ns.
    public func record(_ duration: Int64) {
        let place = Self.bounds.firstIndex { duration <= $0 * 10 } ?? Self.bounds.count
        buckets[place].value.wrappingAdd(1, ordering: .relaxed)
        ticks.wrappingAdd(Int(duration), ordering: .relaxed)
    }

    /// Everything, as Prometheus reads it.
    ///
    /// - Parameters:
    ///   - tally: what was counted in all worlds.
    ///   - gauges: what is held now, by name, each with what it is.
    /// - Returns: the text.
    public func text(_ tally: Tally, _ gauges: [(name: String, about: String, value: Int)]) -> String {
        var lines = [
            "# HELP keyfactor_mock_requests_total Requests answered, by operation and status; status 0 is no answer.",
            "# TYPE keyfactor_mock_requests_total counter",
        ]
        for (key, count) in tally.requests {
            lines.append("keyfactor_mock_requests_total{operation=\"\(Self.escaped(key.operation))\",status=\"\(key.status)\"} \(count)")
        }
        lines += ["# HELP keyfactor_mock_strikes_total Requests struck, by rule.", "# TYPE keyfactor_mock_strikes_total counter"]
        for (rule, count) in tally.strikes.sorted(by: { $0.key < $1.key }) {
            lines.append("keyfactor_mock_strikes_total{rule=\"\(Self.escaped(rule))\"} \(count)")
        }
        for gauge in gauges { lines += Self.gauge(gauge.name, gauge.about, gauge.value) }
        lines += [
            "# HELP keyfactor_mock_answer_seconds Time from the complete request to its reply handed over, delays included.",
            "# TYPE keyfactor_mock_answer_seconds histogram",
        ]
        var count = 0
        for (place, bucket) in buckets.enumerated() {
            count += bucket.value.load(ordering: .relaxed)
            let bound = place < Self.bounds.count ? "\(Double(Self.bounds[place]) / 1_000_000)" : "+Inf"
            lines.append("keyfactor_mock_answer_seconds_bucket{le=\"\(bound)\"} \(count)")
        }
        lines.append("keyfactor_mock_answer_seconds_sum \(Double(ticks.load(ordering: .relaxed)) / Double(Timestamp.ticksPerSecond))")
        lines.append("keyfactor_mock_answer_seconds_count \(count)")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func gauge(_ name: String, _ about: String, _ value: Int) -> [String] {
        ["# HELP keyfactor_mock_\(name) \(about)", "# TYPE keyfactor_mock_\(name) gauge", "keyfactor_mock_\(name) \(value)"]
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    /// All counters at 0.
    public init() {}
}
