import Glibc

/// Service discovery between processes of a user without files: servers bind sockets to names that other processes can list.
/// Linux keeps these abstract names per network namespace, so a container only sees its own server.
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
        let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in unsafe path.dropFirst().copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.count)
        unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = unsafe bind(socket, $0, length) }
        }
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
            guard let name = line.split(separator: " ").last, name.hasPrefix("@" + prefix) else { return nil }
            return name.dropFirst(prefix.utf8.count + 1).split(separator: "/")
        }
    }
}
