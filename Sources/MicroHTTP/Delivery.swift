import CListener

/// How the listener delivers a response. Everything but `.whole` and `.closing` is a deliberate fault.
///
/// All but `.whole` end the connection. A head is sent as `.closing` sends it, except for the fault itself. Where HTTP allows no
/// body (HEAD, 204, 304), faults of the body send only the head and end the connection: ``stallInBody``, ``wrongLength(by:)``,
/// ``truncate(keep:then:)`` with either ending, ``dribble(chunks:over:)`` and ``badChunk``. A client that leaves, or closes its own
/// direction, ends each of them.
public enum Delivery: Sendable, Equatable {
    /// As HTTP requires.
    case whole
    /// Whole, then the connection is closed.
    case closing
    /// RST and no byte: no FIN, no close_notify of TLS before it.
    case reset
    /// FIN and no byte; over TLS a close_notify, then FIN.
    case close
    /// Status line and header fields in pieces spread over this time, one about every 100 ms and at least two; then the body at once.
    case slowHeaders(over: Duration)
    /// The status line and about half of the header fields, then silence until the client leaves.
    case stallInHeaders
    /// The head with the true Content-Length and half of the body, then silence until the client leaves. At least one byte is held
    /// back; if the body is empty, the connection is closed instead.
    case stallInBody
    /// A Content-Length that is wrong by this much, but never below 0, and the whole body, then the connection is closed.
    case wrongLength(by: Int)
    /// These bytes instead of HTTP, then the connection is closed.
    case garbage([UInt8])
    /// The head with the true Content-Length and at most this many bytes of the body, then FIN or RST.
    ///
    /// The client gets 2 s to read what was sent before RST, which discards what has not arrived.
    case truncate(keep: Int, then: Ending)
    /// The head at once, the whole body in this many pieces of at least a byte, the last when this time has passed; then the
    /// connection is closed.
    case dribble(chunks: Int, over: Duration)
    /// `Transfer-Encoding: chunked`, one good chunk with about half of the body, then a malformed chunk-size line, then the
    /// connection is closed.
    case badChunk

    /// How a connection ends.
    public enum Ending: Sendable, Equatable {
        /// By FIN; over TLS a close_notify, then FIN.
        case close
        /// By RST, without a close_notify.
        case reset
    }

    /// Whether the reply is an ordinary one, and the connection's last.
    var isClosing: Bool { if case .closing = self { true } else { false } }
}

/// What is deliberately wrong with a connection. Faults of TLS do nothing to an HTTP connection.
///
/// If the certificate was given, its authority's key is not available: ``expired`` and ``wrongName`` are then signed by an unknown
/// authority, and clients reject them for that.
public enum ConnectionFault: Sendable, Hashable, CaseIterable {
    /// RST: over HTTP when the first bytes have arrived, or after a second without any; over HTTPS after the ClientHello.
    case reset
    /// FIN and no byte. Over HTTP, what has arrived is read and dropped first; over TLS this is ``cut``.
    case close
    /// A certificate of our authority that ended yesterday.
    case expired
    /// A certificate of our authority for the name wrong-name.invalid.
    case wrongName
    /// A certificate for the right names, signed by an unknown authority.
    case untrusted
    /// FIN after the ClientHello, no alert.
    case cut
    /// Silence after the ClientHello until the client leaves.
    case stall
    /// The fatal alert protocol_version after the ClientHello, then FIN.
    case oldProtocol

    /// Its number in C.
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
