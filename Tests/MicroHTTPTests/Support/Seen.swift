import Foundation

import TestSupport

@testable import MicroHTTP

/// What a client saw of a connection: what arrived, and how it ended.
struct Seen: Equatable {
    enum End: String {
        /// FIN; over TLS a close_notify before it.
        case closed
        /// FIN without a close_notify, over TLS.
        case ragged
        /// RST.
        case reset
        /// Nothing more arrived before the client gave up.
        case silent
    }

    var text: String
    var end: End

    init(_ text: String, _ end: End) {
        self.text = text
        self.end = end
    }

    /// Sends a request to a server and reads for as long as something arrives.
    ///
    /// - Parameters:
    ///   - server: the server.
    ///   - secure: whether over TLS; the client is Python then, with a socket of its own below TLS, which can tell
    ///     a close_notify, a mere FIN and RST apart.
    ///   - request: the request line's method and path.
    ///   - patience: after how long nothing more is expected, in seconds.
    /// - Throws: if it cannot connect.
    init(_ server: Server, secure: Bool, _ request: String = "GET /fault", patience: Int = 5 * slowness) throws {
        let text = "\(request) HTTP/1.1\r\nHost: h\r\n\r\n"
        if secure {
            let result = try Self.python(
                """
                import socket, ssl, sys
                plain = socket.create_connection(("127.0.0.1", \(server.listener.httpsPort!)))
                plain.settimeout(\(patience))
                incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
                session = ssl._create_unverified_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
                def until_done(step):
                    while True:
                        try: return step()
                        except ssl.SSLWantReadError:
                            if outgoing.pending: plain.sendall(outgoing.read())
                            piece = plain.recv(65536)
                            if not piece: raise EOFError
                            incoming.write(piece)
                came, end = b"", "closed"
                try:
                    until_done(session.do_handshake)
                    session.write(\(text.debugDescription).encode())
                    plain.sendall(outgoing.read())
                    while piece := until_done(lambda: session.read(65536)): came += piece
                    while plain.recv(65536): pass
                except TimeoutError: end = "silent"
                except EOFError: end = "ragged"
                except ConnectionResetError: end = "reset"
                sys.stdout.buffer.write(end.encode() + b"\\n" + came)
                """)
            let parts = result.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            self.init(String(parts.last ?? ""), End(rawValue: String(parts[0])) ?? .silent)
            if End(rawValue: String(parts[0])) == nil { self.text = result }
        } else {
            let wire = try server.wire(patience: patience)
            wire.send(text)
            let rest = wire.rest()
            self.init(rest, wire.wasReset ? .reset : wire.timedOut ? .silent : .closed)
        }
    }

    static func python(_ script: String) throws -> String { try Tool.run("python3", "-c", script).output }
}
