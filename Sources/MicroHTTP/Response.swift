/// A reply: a status, header fields and a body, and how to deliver them.
public struct Response: Sendable {
    /// The HTTP status code, 200–599.
    public var status: Int
    /// The header fields, packed as `Name NUL value NUL …`. The listener adds Content-Length and Connection itself.
    public private(set) var fields: [UInt8]
    /// The body. The listener leaves it out where HTTP requires that (HEAD, 204, 304).
    public var body: [UInt8]
    /// How the reply is delivered. Everything but `.whole` and `.closing` is a deliberate fault.
    public var delivery: Delivery
    /// Completes the body before it is sent, where that takes long, and what depends on the whole body; `completed` calls it.
    public var finish: (@Sendable (inout Response) -> Void)?

    /// A response without header fields.
    ///
    /// - Parameters:
    ///   - status: the HTTP status code, 200–599.
    ///   - body: the body, which may be empty.
    ///   - delivery: how the reply is delivered.
    public init(_ status: Int, body: [UInt8] = [], delivery: Delivery = .whole) {
        self.status = status
        self.body = body
        self.delivery = delivery
        fields = []
    }

    /// A response with fields that have been packed already.
    ///
    /// - Parameters:
    ///   - status: the HTTP status code, 200–599.
    ///   - packed: `Name NUL value NUL …`, made by this type.
    ///   - body: the body, which may be empty.
    public init(_ status: Int, packed: [UInt8], body: [UInt8]) {
        self.status = status
        self.body = body
        delivery = .whole
        fields = packed
    }

    /// Adds a header field after the existing ones.
    ///
    /// - Parameters:
    ///   - name: the field's name as it is sent; a token of RFC 9110.
    ///   - value: the value; control characters are left out, since they would end the field, and other characters than ASCII become `?`.
    public mutating func add(_ name: String, _ value: some StringProtocol) {
        fields.append(contentsOf: name.utf8)
        fields.append(0)
        for scalar in value.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F || scalar.value == 0x09 {
            fields.append(scalar.isASCII ? UInt8(truncatingIfNeeded: scalar.value) : UInt8(ascii: "?"))
        }
        fields.append(0)
    }

    /// The response with its body completed.
    public var completed: Response {
        guard let finish else { return self }
        var response = self
        response.finish = nil
        finish(&response)
        return response
    }

    /// The header fields as names and values, in order: for tests and the journal.
    public var headers: [(name: String, value: String)] {
        let parts = fields.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        return stride(from: 0, to: parts.count - 1, by: 2).map { (parts[$0], parts[$0 + 1]) }
    }
}

/// What a handler returns: a reply now, later, or never. Nothing above the listener blocks a thread.
public enum Answer: Sendable {
    /// The response is ready.
    case ready(Response)
    /// Hold the connection for this long without a thread, then call the closure; rounded up to milliseconds.
    ///
    /// If the client leaves first, or only closes its own direction, the closure is released without being called.
    /// - holding: how many bytes the closure holds meanwhile, such as those of a reply; they count in the connections' budget.
    case later(Duration, holding: Int = 0, then: @Sendable () -> Answer)
    /// The same, but the closure is called as soon as the bell rings.
    case until(Bell, atMost: Duration, then: @Sendable () -> Answer)
    /// Send nothing until the client gives up or the listener stops.
    case never
}
