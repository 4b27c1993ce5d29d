import Glibc
import MicroHTTP

/// Service discovery between processes of a user without files: servers bind sockets to names that other processes can list.
/// Linux keeps these abstract names per network namespace, so a container only sees its own server. Anybody may bind such a name, so the
/// system is asked whose process has.
extension Process {
    /// The address of a server.
    struct Place: Equatable {
        /// A numeric address of this machine.
        var host: String
        /// The HTTP port that serves `/_mock/`, if any.
        var http: UInt16?
        /// The HTTPS port, if any.
        var https: UInt16?
    }

    private static var prefix: String { "keyfactor-mock/\(getuid())/" }
    private static let unknownHost = "-"

    private static func socketName(_ host: String, _ place: Place) -> [UInt8] {
        Array("\(prefix)\(id)/\(host)/\(place.http ?? 0)/\(place.https ?? 0)".utf8)
    }

    /// Makes a server visible in `places` of other processes until this process exits. Does nothing if the name exists already.
    ///
    /// A host that does not fit into the name of a socket, 107 bytes in all, is left out: then the server is found by its ports.
    ///
    /// - Parameter place: the server's address.
    static func advertise(_ place: Place) {
        let room = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1  // the first byte is NUL
        var name = socketName(place.host, place)
        if name.count > room { name = socketName(unknownHost, place) }
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard unsafe withAddress(name, { unsafe bind(socket, $0, $1) }) == 0, listen(socket, 16) == 0 else {
            close(socket)
            return
        }
        Thread.start { closeCallers(of: socket) }
    }

    /// Takes calls and ends them: without that, those who have looked for this server would fill its queue.
    private static func closeCallers(of socket: Int32) {
        while true {
            // Accepting reserves a descriptor while it waits; polling does not.
            var asked = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            unsafe poll(&asked, 1, -1)
            let caller = accept(socket, nil, nil)
            // The descriptor table may be full for a while.
            if caller >= 0 { close(caller) } else { usleep(100_000) }
        }
    }

    private static func withAddress(_ name: some Collection<UInt8>, _ work: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in unsafe path.dropFirst().copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.count)
        return unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe work($0, length) }
        }
    }

    /// Whether a process of this user has bound a name.
    private static func isOwn(_ name: Substring) -> Bool {
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        defer { close(socket) }
        guard name.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return false }
        guard unsafe withAddress(name.utf8, { unsafe connect(socket, $0, $1) }) == 0 else { return false }
        // The system's `ucred`, which Swift does not see: process, user, group.
        var (owner, length) = ([UInt32](repeating: .max, count: 3), socklen_t(3 * MemoryLayout<UInt32>.size))
        return unsafe getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &owner, &length) == 0 && owner[1] == getuid()
    }

    /// Whether a process is a server, as far as this process can see.
    ///
    /// - Parameter process: its id.
    /// - Returns: false if it does not exist, or is another program of this user.
    static func isServer(_ process: Int) -> Bool {
        guard let process = Int32(exactly: process), process > 0, process != id else { return false }
        guard kill(process, 0) == 0 else { return errno == EPERM }
        return names.contains { $0.first.map(String.init) == String(process) }
    }

    /// The servers of this user in the network namespace of this process.
    static var places: [Place] {
        names.compactMap { parts in
            guard parts.count == 4, parts[1] != unknownHost, let http = UInt16(parts[2]), let https = UInt16(parts[3]) else { return nil }
            return Place(host: String(parts[1]), http: http == 0 ? nil : http, https: https == 0 ? nil : https)
        }
    }

    /// The parts of the names of all servers of this user: process, host, HTTP port, HTTPS port.
    private static var names: [[Substring]] {
        String(decoding: read("/proc/net/unix") ?? [], as: UTF8.self).split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            // A call that has been taken has the name of who took it; only who listens has this flag.
            guard fields.count == 8, fields[3] == "00010000", fields[7].hasPrefix("@" + prefix) else { return nil }
            let name = fields[7].dropFirst()
            return isOwn(name) ? name.dropFirst(prefix.utf8.count).split(separator: "/") : nil
        }
    }
}
