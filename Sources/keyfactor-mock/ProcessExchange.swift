import Glibc
import MicroHTTP

extension Process {
    /// Why a server has not answered.
    enum Silence: Error {
        /// It cannot be connected to.
        case unreachable
        /// It has closed the connection, or the time is over.
        case silent
        /// The response is longer than it may be.
        case long
    }

    /// Connects, sends bytes and reads the response until the server closes the connection.
    ///
    /// - Parameters:
    ///   - bytes: what to send; if empty, only connects.
    ///   - host: an address or a name; all addresses of a name are tried.
    ///   - port: the port.
    ///   - seconds: how long the server may be silent. Connecting and sending have two seconds each.
    ///   - most: how many bytes the response may have.
    /// - Throws: why there is no response.
    /// - Returns: the response.
    static func exchange(_ bytes: [UInt8], with host: String, port: UInt16, seconds: Int, most: Int) throws(Silence) -> [UInt8] {
        // Not every system can look this name up: those without /etc/hosts cannot.
        let found =
            host == "localhost"
            ? connected(to: "127.0.0.1", port: port, seconds) ?? connected(to: "::1", port: port, seconds)
            : connected(to: host, port: port, seconds)
        guard let socket = found else { throw .unreachable }
        defer { close(socket) }
        guard !bytes.isEmpty else { return [] }
        // A server that refuses a request early no longer reads it; its response says why.
        let isSent = send(bytes, to: socket)
        let response = try receive(from: socket, most: most)
        guard isSent || !response.isEmpty else { throw .silent }
        return response
    }

    /// A socket that is connected to one of the addresses of a host, `nil` if none can be.
    private static func connected(to host: String, port: UInt16, _ seconds: Int) -> Int32? {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0 else { return nil }
        defer { unsafe freeaddrinfo(found) }
        var next = unsafe found
        while let address = unsafe next {
            unsafe next = address.pointee.ai_next
            let socket = unsafe socket(address.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard socket >= 0 else { continue }
            for (option, seconds) in [(SO_RCVTIMEO, seconds), (SO_SNDTIMEO, 2)] {
                var patience = timeval(tv_sec: seconds, tv_usec: 0)
                unsafe setsockopt(socket, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
            }
            if unsafe connect(socket, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 { return socket }
            close(socket)
        }
        return nil
    }

    private static func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func receive(from socket: Int32, most: Int) throws(Silence) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= most {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(socket, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .silent }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
        throw .long
    }
}
