import Foundation
import Glibc

/// A client that writes bytes as they are and reads what comes back, over one TCP connection.
public final class Wire {
    /// The socket's file descriptor.
    public let descriptor: Int32

    /// Connects; reads give up after `patience` seconds.
    public init(_ port: UInt16, host: String = "127.0.0.1", patience: Int = 5 * slowness) throws {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found else { throw WireError.noAddress }
        defer { freeaddrinfo(address) }
        descriptor = socket(address.pointee.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        guard connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else { throw WireError.refused(errno) }
    }

    deinit { close(descriptor) }

    /// Sends text. Returns whether all of it was sent.
    @discardableResult
    public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends bytes as they are. Returns whether all of them were sent.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == ECONNRESET { wasReset = true }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// Closes the sending direction only.
    public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    private var buffer: [UInt8] = []

    /// Reads more into the buffer. Returns false at the end: by FIN, by RST, or because patience ran out.
    private func more() -> Bool {
        var piece = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &piece, piece.count, 0)
        if count < 0, errno == EAGAIN { timedOut = true }
        if count < 0, errno == ECONNRESET { wasReset = true }
        if count <= 0 { return false }
        buffer += piece[..<count]
        return true
    }

    /// Whether a read gave up.
    public private(set) var timedOut = false

    /// Whether the connection ended by RST.
    public private(set) var wasReset = false

    /// Reads one reply: its head, then as much body as Content-Length says.
    ///
    /// - Parameter toHead: a reply to HEAD has no body whatever Content-Length says.
    /// - Returns: the reply.
    /// - Throws: if the connection ends before the reply does.
    public func reply(toHead: Bool = false) throws -> Reply {
        let mark = Array("\r\n\r\n".utf8)
        while buffer.firstRange(of: mark) == nil { guard more() else { throw WireError.ended(String(decoding: buffer, as: UTF8.self)) } }
        let end = buffer.firstRange(of: mark)!.upperBound
        let lines = String(decoding: buffer[..<(end - 4)], as: UTF8.self).components(separatedBy: "\r\n")
        var reply = Reply(statusLine: lines[0], fields: lines.dropFirst().map { String($0) })
        buffer.removeFirst(end)
        if reply.status == 100 || reply.status == 204 || reply.status == 304 || toHead { return reply }
        let length = Int(reply["content-length"] ?? "0")!
        while buffer.count < length { guard more() else { throw WireError.ended("body cut short") } }
        reply.body = String(decoding: buffer[..<length], as: UTF8.self)
        buffer.removeFirst(length)
        return reply
    }

    /// Reads until this many bytes have arrived, or no more arrive, and returns them.
    public func read(atLeast count: Int) -> String {
        while buffer.count < count, more() {}
        defer { buffer.removeAll() }
        return String(decoding: buffer, as: UTF8.self)
    }

    /// Reads to the end of the connection and returns what was left.
    public func rest() -> String {
        while more() {}
        defer { buffer.removeAll() }
        return String(decoding: buffer, as: UTF8.self)
    }

    /// Whether the server closes in time, without another byte.
    public func isClosed() -> Bool { rest().isEmpty && !timedOut }
}

/// Why a connection failed: no address, refused with an `errno`, or ended too soon.
public enum WireError: Error { case noAddress, refused(Int32), ended(String) }

/// A reply as it arrived.
public struct Reply: Sendable {
    /// The first line, with version, status and reason.
    public var statusLine: String
    /// The header lines, in the order of arrival.
    public var fields: [String]
    /// The body as text.
    public var body = ""
    /// The status as a number.
    public var status: Int { Int(statusLine.split(separator: " ")[1]) ?? 0 }
    /// The names of the header fields, spelt as they came.
    public var names: [String] { fields.map { String($0.prefix { $0 != ":" }) } }

    /// The first value of a header field, found without case.
    public subscript(name: String) -> String? {
        let found = fields.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
        return found.map { String($0.dropFirst(name.count + 1)).trimmingCharacters(in: .whitespaces) }
    }
}
