import Base
import MicroHTTP
import Model

/// The header fields of every reply, packed once a second: `X-Keyfactor-Product-Version`, `Date` and a new `X-Keyfactor-Correlation-Id`
/// for each, after `Content-Type` and `Api-Supported-Versions` where the reply has them.
struct WireFields: Sendable {
    /// Which fields a reply has in addition to those that all have.
    enum Kind: Int, CaseIterable {
        /// A success with a JSON body.
        case json
        /// A success without a body.
        case bare
        /// A success with a JSON body, of an operation that has two versions.
        case jsonOfTwo
        /// A success without a body, of an operation that has two versions.
        case bareOfTwo
        /// A refusal with a JSON body.
        case refusal
        /// A reply with its own Content-Type, or without one.
        case other
    }

    private let version: String
    private var second = Int64.min
    /// By kind, up to the value of the last field, the correlation id.
    private var templates: [[UInt8]] = []

    /// The fields of one release.
    init(_ product: ProductVersion) {
        version = product.traits.header
    }

    /// The fields of one reply.
    ///
    /// - Parameters:
    ///   - kind: which fields it has.
    ///   - now: the world's time, for `Date`.
    ///   - correlation: its correlation id.
    /// - Returns: the fields as `Response` takes them.
    mutating func packed(_ kind: Kind, now: Timestamp, correlation: GUID) -> [UInt8] {
        if now.ticks / Timestamp.ticksPerSecond != second {
            second = now.ticks / Timestamp.ticksPerSecond
            templates = Kind.allCases.map { template($0, now) }
        }
        let known = templates[kind.rawValue]
        var fields: [UInt8] = []
        fields.append(addingCapacity: known.count + GUID.length + 1) { out in
            out.append(copying: known.span)
            correlation.write(to: &out)
            out.append(0)
        }
        return fields
    }

    /// The value of `Api-Supported-Versions`. Both were recorded from 25.4.1.
    static func versions(two hasVersionTwo: Bool) -> String { hasVersionTwo ? "1.0, 2" : "1.0" }

    private func template(_ kind: Kind, _ now: Timestamp) -> [UInt8] {
        var response = Response(200)
        if [.json, .jsonOfTwo, .refusal].contains(kind) { response.add("Content-Type", "application/json; charset=utf-8") }
        switch kind {
        case .json, .bare: response.add("Api-Supported-Versions", Self.versions(two: false))
        case .jsonOfTwo, .bareOfTwo: response.add("Api-Supported-Versions", Self.versions(two: true))
        case .refusal, .other: break
        }
        response.add("X-Keyfactor-Product-Version", version)
        response.add("Date", now.httpDate)
        response.add("X-Keyfactor-Correlation-Id", "")
        return response.fields.dropLast()
    }
}
