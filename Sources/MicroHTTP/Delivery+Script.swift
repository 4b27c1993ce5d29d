import CListener

/// What the listener does instead of an ordinary reply: bytes, and steps that write them, wait, or end the connection.
struct Script {
    private(set) var bytes: [UInt8] = []
    private(set) var steps: [listener_step] = []

    /// Writes bytes, followed by others, in one piece.
    mutating func write(_ first: some Collection<UInt8>, _ second: ArraySlice<UInt8> = []) {
        bytes += first
        bytes += second
        step(LISTENER_WRITE, Int64(first.count + second.count))
    }

    /// Writes bytes in pieces.
    ///
    /// - Parameters:
    ///   - more: the bytes.
    ///   - count: the number of pieces; no more than there are bytes.
    ///   - span: the time they are spread over evenly, up to the last piece.
    ///   - startsAtOnce: whether the first piece is sent at once, or when its share of the time has passed.
    mutating func write(_ more: [UInt8], inPieces count: Int, over span: Duration, startsAtOnce: Bool) {
        let count = min(max(1, count), more.count)
        let time = max(0, span.milliseconds)
        let waits = startsAtOnce ? count - 1 : count
        var (sent, waited): (Int, Int64) = (0, 0)
        for piece in 0..<count {
            let end = Self.share(piece + 1, of: count, Int64(more.count))
            let until = waits == 0 ? 0 : Self.share(startsAtOnce ? piece : piece + 1, of: waits, time)
            if until > waited { step(LISTENER_WAIT, until - waited) }
            write(more[sent..<Int(end)])
            (sent, waited) = (Int(end), until)
        }
    }

    /// A part of a whole, rounded down; the product may need more than 64 bits.
    private static func share(_ part: Int, of parts: Int, _ whole: Int64) -> Int64 {
        let product = whole.multipliedFullWidth(by: Int64(part))
        return Int64(parts).dividingFullWidth(product).quotient
    }

    mutating func step(_ kind: Int, _ amount: Int64 = 0) {
        steps.append(listener_step(kind: Int32(kind), amount: amount))
    }

    /// Hands over the script. If C cannot run it, it closes the connection.
    func run(_ exchange: OpaquePointer) {
        _ = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe steps.withUnsafeBufferPointer { steps in
                unsafe listener_script(exchange, bytes.baseAddress, bytes.count, steps.baseAddress, steps.count)
            }
        }
    }
}

extension Response {
    /// The script that delivers this response, `nil` for an ordinary reply.
    ///
    /// - Parameter toHead: whether the request's method is HEAD.
    /// - Returns: the script.
    func script(toHead: @autoclosure () -> Bool) -> Script? {
        switch delivery {
        case .whole, .closing: return nil
        default: break
        }
        var script = Script()
        switch delivery {
        case .whole, .closing, .close: break
        case .reset:
            script.step(LISTENER_RESET)
        case .garbage(let bytes):
            script.write(bytes)
        case .stallInHeaders:
            let head = head()
            let first = head.prefix { $0 != UInt8(ascii: "\n") }.count + 1
            script.write(head.prefix(first + (head.count - first) / 2))
            script.step(LISTENER_STALL)
        case .slowHeaders(let span):
            let pieces = Int(clamping: span.milliseconds / 100)
            script.write(head(), inPieces: max(2, pieces), over: span, startsAtOnce: true)
            if !toHead(), allowsBody { script.write(body) }
        default:
            if toHead() || !allowsBody { script.write(head()) } else { write(&script) }
        }
        script.step(LISTENER_CLOSE)
        return script
    }

    /// The faults of a body.
    private func write(_ script: inout Script) {
        switch delivery {
        case .stallInBody where !body.isEmpty:
            script.write(head(), body.prefix(body.count / 2))
            script.step(LISTENER_STALL)
        case .wrongLength(let difference):
            let (length, overflows) = body.count.addingReportingOverflow(difference)
            script.write(head(length: overflows ? .max : max(0, length)), body[...])
        case .truncate(let keep, let ending):
            script.write(head(), body.prefix(max(0, keep)))
            if ending == .reset { script.step(LISTENER_RESET) }
        case .dribble(let chunks, let span):
            script.write(head())
            script.write(body, inPieces: chunks, over: span, startsAtOnce: false)
        case .badChunk:
            let half = body.prefix((body.count + 1) / 2)
            script.write(head(framing: "Transfer-Encoding: chunked"))
            if !half.isEmpty { script.write("\(String(half.count, radix: 16))\r\n".utf8 + half + "\r\n".utf8) }
            script.write("not a chunk size\r\n".utf8)
        default:
            script.write(head())
        }
    }

    private var allowsBody: Bool { status != 204 && status != 304 }

    private func head(length: Int? = nil) -> [UInt8] {
        head(framing: status == 204 ? nil : "Content-Length: \(length ?? body.count)")
    }

    /// The head as `listener_reply` would send it, which leaves out the same fields.
    ///
    /// - Parameter framing: the field that delimits the body.
    /// - Returns: the head, including the empty line.
    private func head(framing: String?) -> [UInt8] {
        let leftOut = ["connection", "content-length", "transfer-encoding"] + (status == 204 ? ["content-type"] : [])
        let reason = unsafe String(cString: listener_reason(UInt32(clamping: status)))
        var lines = ["HTTP/1.1 \(status) \(reason)", "Connection: close"]
        for (name, value) in headers where !leftOut.contains(name.lowercased()) { lines.append("\(name): \(value)") }
        if let framing { lines.append(framing) }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}
