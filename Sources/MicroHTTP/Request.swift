/// A whole HTTP request: its target, headers and body are in one buffer that is shared, never copied.
///
/// Reading a header walks the buffer without allocating; a request has about ten of them.
public struct Request: Sendable {
    /// The request's method.
    public private(set) var method: Method
    /// The method as it was sent, where its case was changed: `Put`.
    public private(set) var methodAsSent: String?
    /// Target, then header fields, then body. Whoever keeps the request keeps this one buffer.
    public private(set) var bytes: [UInt8]
    /// The path as sent, still percent-encoded, without the query: a part of `bytes`.
    public private(set) var path: Range<Int>
    /// The query as sent, without the question mark: a part of `bytes`, empty if there is none.
    public let query: Range<Int>
    /// The body: a part of `bytes`.
    public private(set) var body: Range<Int>
    /// The header fields: a part of `bytes`, each two little-endian 32-bit lengths, then the name and the value.
    let fields: Range<Int>
    /// How many bytes the body had when it was sent, which are fewer if it was compressed.
    public private(set) var sentBodyLength: Int
    /// Why the body could not be decoded; the body is as it was sent then.
    public private(set) var bodyMistake: ContentCodingMistake?
    /// Whether the request came over TLS.
    let isSecure: Bool
    /// The client's address, without its port, such as `127.0.0.1` or `::1`.
    public let peer: String

    /// A request in one buffer of exactly the needed size.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - target: path and query as in the request line.
    ///   - headers: name and value pairs, in the order sent.
    ///   - body: the body, without its transfer coding.
    ///   - isSecure: whether the request came over TLS.
    ///   - peer: the client's address, without its port.
    public init(
        _ method: Method, _ target: String, headers: [(String, String)] = [], body: [UInt8] = [],
        isSecure: Bool = false, peer: String = "127.0.0.1"
    ) {
        var bytes = Array(target.utf8)
        let targetEnd = bytes.count
        for (name, value) in headers {
            Self.append(lengths: name.utf8.count, value.utf8.count, to: &bytes)
            bytes.append(contentsOf: name.utf8)
            bytes.append(contentsOf: value.utf8)
        }
        let fieldsEnd = bytes.count
        bytes.append(contentsOf: body)
        self.init(method, bytes: bytes, targetEnd: targetEnd, fieldsEnd: fieldsEnd, isSecure: isSecure, peer: peer)
    }

    /// A request in an existing buffer of target, packed header fields and body.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - bytes: the whole buffer.
    ///   - targetEnd: where the target ends.
    ///   - fieldsEnd: where the header fields end and the body begins.
    ///   - isSecure: whether the request came over TLS.
    ///   - peer: the client's address, without its port.
    init(_ method: Method, bytes: [UInt8], targetEnd: Int, fieldsEnd: Int, isSecure: Bool, peer: String) {
        self.method = method
        self.bytes = bytes
        var mark = 0
        while mark < targetEnd, bytes[mark] != UInt8(ascii: "?") { mark += 1 }
        path = 0..<mark
        query = min(mark + 1, targetEnd)..<targetEnd
        fields = targetEnd..<fieldsEnd
        body = fieldsEnd..<bytes.count
        sentBodyLength = body.count
        self.isSecure = isSecure
        self.peer = peer
    }

    /// Appends the two lengths that precede each packed header field.
    static func append(lengths name: Int, _ value: Int, to bytes: inout [UInt8]) {
        for length in [name, value] {
            for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
        }
    }

    /// The same request without a prefix of its path.
    ///
    /// - Parameter length: the bytes of the prefix.
    /// - Returns: a request that shares this one's buffer; its path begins after the prefix.
    public func below(_ length: Int) -> Request {
        var request = self
        request.path = min(path.lowerBound + length, path.upperBound)..<path.upperBound
        return request
    }

    /// The same request with less of its body, in a buffer of its own.
    ///
    /// - Parameter length: how many bytes of the body to keep.
    /// - Returns: a request that keeps no more memory than it needs.
    public func cut(body length: Int) -> Request {
        with(body: bytes[body].prefix(length))
    }

    /// The same request with another body, in a buffer of its own.
    func with(body other: some Collection<UInt8>) -> Request {
        var request = self
        request.bytes = Array(bytes[..<body.lowerBound]) + other
        request.body = body.lowerBound..<request.bytes.count
        return request
    }

    /// The same request, whose body could not be decoded.
    func undecoded(_ mistake: ContentCodingMistake) -> Request {
        var request = self
        request.bodyMistake = mistake
        return request
    }

    /// Whether the path, as it was sent, begins with a text.
    ///
    /// - Parameter start: ASCII, in the right case.
    /// - Returns: whether it does.
    public func pathBegins(with start: StaticString) -> Bool {
        guard path.count >= start.utf8CodeUnitCount else { return false }
        return start.withUTF8Buffer { wanted in
            for offset in wanted.indices where unsafe bytes[path.lowerBound + offset] != wanted[offset] { return false }
            return true
        }
    }

    /// Where a header field's value is in `bytes`.
    ///
    /// - Parameter name: the field's name, in lower case; names are compared without case.
    /// - Returns: the first such field's value, `nil` if there is none.
    public func headerRange(_ name: StaticString) -> Range<Int>? {
        var found: Range<Int>?
        forEachField { field, value in
            if matches(name, at: field) { found = value }
            return found == nil
        }
        return found
    }

    /// A header field's value. Several lines of one name are one value, joined with commas: RFC 9110, section 5.3.
    ///
    /// - Parameter name: the field's name, in lower case; names are compared without case.
    /// - Returns: the value, `nil` if there is none. Bytes that are not UTF-8 are replaced.
    public func header(_ name: StaticString) -> String? {
        var found: String?
        forEachField { field, value in
            if matches(name, at: field) { found = found.map { $0 + ", " + text(value) } ?? text(value) }
            return true
        }
        return found
    }

    /// Whether the request has a header field more than once.
    ///
    /// - Parameter name: the field's name, in lower case; names are compared without case.
    /// - Returns: whether there are two or more.
    public func isRepeated(_ name: StaticString) -> Bool {
        var count = 0
        forEachField { field, _ in
            if matches(name, at: field) { count += 1 }
            return count < 2
        }
        return count == 2
    }

    /// The values of a header field whose name is known only at run time.
    ///
    /// - Parameter name: the field's name, in lower case; names are compared without case.
    /// - Returns: the value of each line of that name, in the order sent. Bytes that are not UTF-8 are replaced.
    public func headerLines(_ name: String) -> [String] {
        let wanted = name.utf8Span.span
        var lines: [String] = []
        forEachField { field, value in
            let isWanted =
                field.count == wanted.count && wanted.indices.allSatisfy { bytes[field.lowerBound + $0] | 0x20 == wanted[$0] | 0x20 }
            if isWanted { lines.append(text(value)) }
            return true
        }
        return lines
    }

    /// All header fields in the order sent.
    public var headers: [(name: String, value: String)] {
        var all: [(name: String, value: String)] = []
        forEachField { name, value in
            all.append((text(name), text(value)))
            return true
        }
        return all
    }

    /// A part of the buffer as text. Bytes that are not UTF-8 are replaced.
    ///
    /// - Parameter range: a part of `bytes`.
    /// - Returns: the text.
    public func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// Walks the fields until `visit` returns false.
    private func forEachField(_ visit: (_ name: Range<Int>, _ value: Range<Int>) -> Bool) {
        var position = fields.lowerBound
        while position < fields.upperBound {
            let nameStart = position + 8
            let valueStart = nameStart + length(at: position)
            let end = valueStart + length(at: position + 4)
            guard visit(nameStart..<valueStart, valueStart..<end) else { return }
            position = end
        }
    }

    private func length(at position: Int) -> Int {
        Int(bytes[position]) | Int(bytes[position + 1]) << 8 | Int(bytes[position + 2]) << 16 | Int(bytes[position + 3]) << 24
    }

    private func matches(_ name: StaticString, at range: Range<Int>) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { wanted in
            for offset in 0..<range.count where unsafe (bytes[range.lowerBound + offset] | 0x20) != wanted[offset] | 0x20 { return false }
            return true
        }
    }
}

extension Request {
    /// The request with its method as ASP.NET reads it, without case. Assumed: a client spells `Put`, and works.
    public var withMethodInAnyCase: Request {
        guard case .other(let name) = method, case let meant = method.withoutCase, meant != method else { return self }
        var request = self
        (request.method, request.methodAsSent) = (meant, name)
        return request
    }
}
