/// What to send back: a status, header fields and a body, and how to deliver them.
package struct Response: Sendable {
    /// The HTTP status code, 200–599.
    package var status: Int
    /// The header fields, packed as `Name NUL value NUL …`. Content-Length and Connection are the listener's own.
    package private(set) var fields: [UInt8]
    /// The body. The listener leaves it out where HTTP says so (HEAD, 204, 304).
    package var body: [UInt8]
    /// How the reply goes out. Everything but `.whole` is a fault made on purpose.
    package var delivery: Delivery

    /// A response without header fields.
    ///
    /// - Parameters:
    ///   - status: the HTTP status code, 200–599.
    ///   - body: the body, may be empty.
    ///   - delivery: how the reply goes out.
    package init(_ status: Int, body: [UInt8] = [], delivery: Delivery = .whole) {
        self.status = status
        self.body = body
        self.delivery = delivery
        fields = []
    }

    /// A response with fields that were packed before.
    ///
    /// - Parameters:
    ///   - status: the HTTP status code, 200–599.
    ///   - packed: `Name NUL value NUL …`, made by this type.
    ///   - body: the body, may be empty.
    package init(_ status: Int, packed: [UInt8], body: [UInt8]) {
        self.status = status
        self.body = body
        delivery = .whole
        fields = packed
    }

    /// Adds a header field behind those already there.
    ///
    /// - Parameters:
    ///   - name: the field's name as it goes on the wire; a token of RFC 9110.
    ///   - value: the value; control characters are left out, since they would end the field, and what is not ASCII becomes `?`.
    package mutating func add(_ name: String, _ value: some StringProtocol) {
        fields.append(contentsOf: name.utf8)
        fields.append(0)
        for scalar in value.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F || scalar.value == 0x09 {
            fields.append(scalar.isASCII ? UInt8(truncatingIfNeeded: scalar.value) : UInt8(ascii: "?"))
        }
        fields.append(0)
    }

    /// The header fields as names and values, in order: for tests and the journal.
    package var headers: [(name: String, value: String)] {
        let parts = fields.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        return stride(from: 0, to: parts.count - 1, by: 2).map { (parts[$0], parts[$0 + 1]) }
    }
}

/// What a handler answers: now, after a pause, or never. Nothing above the listener blocks a thread.
package enum Answer: Sendable {
    /// The response is ready.
    case ready(Response)
    /// Hold the connection for this long without a thread, then ask again; rounded up to milliseconds.
    ///
    /// If the client leaves meanwhile, or only closes its own direction, nobody asks and the closure is released.
    case later(Duration, then: @Sendable () -> Answer)
    /// The same, but asked again at once when the bell rings.
    case until(Bell, atMost: Duration, then: @Sendable () -> Answer)
    /// Say nothing until the client gives up or the listener stops.
    case never
}
