import CListener

/// How the listener delivers a response. Everything but `.whole` is a fault made on purpose (or ends the connection).
///
/// A rule says *what*, the listener knows *how*. All but `.whole` end the connection. What is sent of a head is what `.closing`
/// would send, but for what the fault is about. Where HTTP allows no body (HEAD, 204, 304), the faults that are about one come
/// down to the head and the end of the connection: ``stallInBody``, ``wrongLength(by:)``, ``truncate(keep:then:)`` with either
/// ending, ``dribble(chunks:over:)`` and ``badChunk``. A client that leaves, or closes its own direction, ends them all.
package enum Delivery: Sendable, Equatable {
    /// As HTTP asks.
    case whole
    /// Whole, then the connection is closed.
    case closing
    /// RST and no byte: no FIN, no close_notify of TLS before it.
    case reset
    /// FIN and no byte; over TLS a close_notify, then FIN.
    case close
    /// Status line and header fields in pieces spread over this time, about one in 100 ms and at least two; then the body at once.
    case slowHeaders(over: Duration)
    /// The status line and about half of the header fields, then silence until the client leaves.
    case stallInHeaders
    /// The head with the true Content-Length and half of the body, then silence until the client leaves. At least one byte is kept
    /// back; where the body is empty there is none, and the connection is closed.
    case stallInBody
    /// A Content-Length that is off by so much, never below 0, and the whole body, then the connection is closed.
    case wrongLength(by: Int)
    /// These bytes instead of HTTP, then the connection is closed.
    case garbage([UInt8])
    /// The head with the true Content-Length and so many bytes of the body, at most all of them, then FIN or RST.
    ///
    /// Before a RST the client is given 2 s to read what was sent, since RST takes away what is still on its way.
    case truncate(keep: Int, then: Ending)
    /// The head at once, the body in so many pieces, each of at least a byte, the last when this time has passed; it is whole in
    /// the end, and the connection is closed.
    case dribble(chunks: Int, over: Duration)
    /// `Transfer-Encoding: chunked`, one good chunk with about half of the body, then a malformed chunk-size line, then the
    /// connection is closed.
    case badChunk

    /// How a connection ends.
    package enum Ending: Sendable, Equatable {
        /// By FIN; over TLS a close_notify, then FIN.
        case close
        /// By RST, without a close_notify.
        case reset
    }

    /// Whether the reply is an ordinary one and the last.
    var isClosing: Bool { if case .closing = self { true } else { false } }
}

/// What is wrong with a connection on purpose. Those that are about TLS do nothing to an HTTP connection.
///
/// Where the certificate was given, its authority's key is not at hand: ``expired`` and ``wrongName`` are then signed by an
/// authority that nobody knows, and clients stumble over that first.
package enum ConnectionFault: Sendable, Hashable, CaseIterable {
    /// RST: over HTTP when the first bytes are there, or after a second without any; over HTTPS behind the ClientHello.
    case reset
    /// FIN and no byte. On HTTP what has arrived is read away first; over TLS as ``cut``.
    case close
    /// A certificate of our authority that ended yesterday.
    case expired
    /// A certificate of our authority for the name wrong-name.invalid.
    case wrongName
    /// A certificate for the right names, signed by an authority that nobody knows.
    case untrusted
    /// FIN after the ClientHello, no alert.
    case cut
    /// Silence after the ClientHello until the client leaves.
    case stall
    /// The fatal alert protocol_version after the ClientHello, then FIN.
    case oldProtocol

    /// What C calls it.
    var code: Int {
        switch self {
        case .reset: LISTENER_FAULT_RESET
        case .close: LISTENER_FAULT_CLOSE
        case .expired: LISTENER_FAULT_EXPIRED
        case .wrongName: LISTENER_FAULT_WRONG_NAME
        case .untrusted: LISTENER_FAULT_UNTRUSTED
        case .cut: LISTENER_FAULT_CUT
        case .stall: LISTENER_FAULT_STALL
        case .oldProtocol: LISTENER_FAULT_OLD_PROTOCOL
        }
    }
}
