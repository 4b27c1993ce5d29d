public import Base

/// Command's way of saying no: a status, a code of eight hexadecimal digits and a sentence.
///
/// A code is a family, not a key: Command uses one code for several conditions. Every refusal that the mock can give stands in
/// `RefusalCatalogue`, with where it is known from.
public struct Refusal: Error, Sendable, Equatable {
    /// How well a refusal is known.
    public enum Provenance: String, Sendable {
        /// Recorded from, or quoted of, a real server.
        case recorded
        /// Stated by the vendor's documentation or description.
        case documented
        /// The most plausible behaviour; nobody could establish it.
        case assumed
    }

    /// The HTTP status, 400–599.
    public var status: Int
    /// The code, such as `0xA0110004`.
    public var code: String
    /// The sentence that clients show.
    public var message: String
    /// How well this refusal is known.
    public var provenance: Provenance
    /// What went wrong with each of several items, for operations on many.
    public var failedOperations: [String] = []
    /// The member of the request that could not be read, where this is such a refusal.
    public var bindingMember: String?
    /// What else a developer should know; sent as `X-Mock-Why`, never part of the vendor's body.
    public var why: String?
    /// Header fields that go with the refusal, such as `Allow`.
    public var headers: [Header] = []

    /// A header field.
    public struct Header: Sendable, Equatable {
        /// The field's name, as it is sent.
        public var name: String
        /// The field's value, as it is sent.
        public var value: String
    }

    /// The most items that a refusal names one by one, and the most characters of its sentence: a refusal must not be a lever.
    public static let mostReasons = 100
    private static let longestMessage = 16_384

    private static func shortened(_ message: String) -> String {
        message.utf8.count <= longestMessage ? message : message.prefix(longestMessage) + " …"
    }

    /// The body as Command sends it: `ErrorCode`, `Message` and, for several items, `FailedOperations`.
    public var body: [UInt8] {
        var writer = JSONWriter(capacity: 128 + message.utf8.count)
        writer.object { writer in
            writer.name("ErrorCode")
            writer.value(code)
            writer.name("Message")
            writer.escapedValue(Self.shortened(message))
            guard !failedOperations.isEmpty else { return }
            writer.name("FailedOperations")
            writer.array(failedOperations.prefix(Self.mostReasons)) { writer, reason in
                writer.object { writer in
                    writer.name("Reason")
                    writer.escapedValue(reason)
                }
            }
        }
        return writer.bytes
    }

    /// The body as ASP.NET Core sends it where Command does not replace it: `application/problem+json`.
    ///
    /// - Parameter trace: what the `traceId` member says.
    /// - Returns: the JSON text.
    public func problemBody(trace: GUID) -> [UInt8] {
        var writer = JSONWriter(capacity: 256 + message.utf8.count)
        writer.object { writer in
            writer.member("type", "https://tools.ietf.org/html/rfc9110#section-15.5.1")
            writer.member("title", "One or more validation errors occurred.")
            writer.member("status", status)
            writer.member("traceId", trace.text)
            writer.name("errors")
            writer.object { writer in
                writer.name(bindingMember ?? "$")
                writer.array([Self.shortened(message)]) { $0.escapedValue($1) }
            }
        }
        return writer.bytes
    }

    /// A refusal by its parts.
    public init(
        status: Int, code: String, message: String, provenance: Provenance, failedOperations: [String] = [], bindingMember: String? = nil,
        why: String? = nil, headers: [Header] = []
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.provenance = provenance
        self.failedOperations = failedOperations
        self.bindingMember = bindingMember
        self.why = why
        self.headers = headers
    }
}
