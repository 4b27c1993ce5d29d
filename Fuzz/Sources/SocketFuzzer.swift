import Glibc
import MicroHTTP

@testable import Base
@testable import Command
@testable import Entities
@testable import Journal
@testable import KeyfactorMock
@testable import Model
@testable import Orchestrators
@testable import Rules
@testable import ScenarioFormat
@testable import Security
@testable import Stores
@testable import Worlds

/// Raw bytes on a connection to a listening server. The first byte is the number of pieces in which the rest is sent. The server
/// responds or closes, and still serves others afterwards. Each input gets a new server; all share one listener.
enum SocketFuzzer {
    private static let server = Lock(fresh())
    private static let runs = Lock(0)

    /// Low limits, so that short inputs reach them.
    private static let listener: Listener = {
        let limits = Limits(maxBody: 2048, maxHeaders: 1024, idleTimeout: .seconds(1))
        do throws(ListenerError) {
            return try Listener(
                ListenerConfiguration(limits: limits, refusal: MockServer.refusal),
                connected: { secure, peer in server.withLock { $0 }.connected(isSecure: secure, peer: peer) },
                handler: { request in server.withLock { $0 }.answer(request) })
        } catch {
            fatalError("\(error)")
        }
    }()

    private static func fresh() -> MockServer { MockServer(scenario: Common.scenario, limits: Worlds.Limits(most: 16)) }

    static func run(_ input: [UInt8]) {
        guard let pieces = input.first.map({ Int($0 % 8) + 1 }) else { return }
        let bytes = Array(input.dropFirst())
        let reply = converse(bytes, pieces: pieces)
        let text = String(decoding: bytes, as: UTF8.self)
        // Requests below /_mock/ can create rules, and rules can send anything.
        if !text.contains("_mock") {
            always(reply.isEmpty || reply.starts(with: "HTTP/1.".utf8), "not HTTP: \(String(decoding: reply.prefix(200), as: UTF8.self))")
            let failed = Array("HTTP/1.1 500".utf8)
            always(text.contains("HTTP/1.1 500") || reply.firstRange(of: failed) == nil, "500: \(String(decoding: reply, as: UTF8.self))")
        }
        let fresh = fresh()
        server.withLock { $0 = fresh }
        let run = runs.withLock { number in
            number += 1
            return number
        }
        guard run % 64 == 0 else { return }
        let healthy = converse(Array("GET /_mock/livez HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8), pieces: 1)
        always(healthy.starts(with: "HTTP/1.1 200".utf8), "no longer healthy: \(String(decoding: healthy, as: UTF8.self))")
    }

    /// Sends the bytes, shuts down the sending direction, and reads until the connection ends.
    private static func converse(_ bytes: [UInt8], pieces: Int) -> [UInt8] {
        let descriptor = connected()
        defer { close(descriptor) }
        let size = max(1, (bytes.count + pieces - 1) / pieces)
        for start in stride(from: 0, to: bytes.count, by: size) {
            var rest = bytes[start..<min(bytes.count, start + size)]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                // The server may respond and close before it has read everything.
                guard sent > 0 else { break }
                rest = rest.dropFirst(sent)
            }
        }
        // libmicrohttpd does not notice an end that arrives together with data: the connection would stay open until the idle timeout.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&waiting, 1, 2)
        shutdown(descriptor, Int32(SHUT_WR))
        var (reply, piece) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while true {
            let count = recv(descriptor, &piece, piece.count, 0)
            always(count >= 0 || errno != EAGAIN, "neither a reply nor an end in 20 seconds")
            guard count > 0 else { return reply }
            reply += piece[..<count]
        }
    }

    private static func connected() -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        var one: Int32 = 1
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = (listener.httpPort ?? 0).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        always(status == 0, "cannot connect: \(errno)")
        return descriptor
    }
}
