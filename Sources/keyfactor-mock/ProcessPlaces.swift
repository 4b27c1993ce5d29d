import Glibc

/// How a process of this user finds running servers without a file: by the names of sockets that nobody can connect to. Linux keeps
/// such abstract names for each network namespace, so a container sees only its own.
extension Process {
    /// Where a server can be reached.
    struct Place: Equatable {
        /// A numeric address of this machine.
        var host: String
        /// The port that serves `/_mock/` over HTTP, if one does.
        var http: UInt16?
        /// The port for HTTPS, if it is served.
        var https: UInt16?
    }

    private static var prefix: String { "keyfactor-mock/\(getuid())/" }

    /// Lets `places` of other processes find a server for as long as this process lives. A name that exists is not made again.
    ///
    /// A host that does not fit into the name of a socket, 107 bytes in all, is left out: then the server is found by its ports.
    ///
    /// - Parameter place: where it can be reached.
    static func announce(_ place: Place) {
        let name = Array("\(prefix)\(id)/\(place.host)/\(place.http ?? 0)/\(place.https ?? 0)".utf8)
        let room = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1  // the first byte is NUL
        guard name.count <= room else { return }
        let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in unsafe path.dropFirst().copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.count)
        unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = unsafe bind(socket, $0, length) }
        }
    }

    /// Where the servers of this user in this network namespace can be reached.
    static var places: [Place] {
        String(decoding: read("/proc/net/unix") ?? [], as: UTF8.self).split(separator: "\n").compactMap { line in
            guard let name = line.split(separator: " ").last, name.hasPrefix("@" + prefix) else { return nil }
            let parts = name.dropFirst(prefix.utf8.count + 1).split(separator: "/")
            guard parts.count == 4, let http = UInt16(parts[2]), let https = UInt16(parts[3]) else { return nil }
            return Place(host: String(parts[1]), http: http == 0 ? nil : http, https: https == 0 ? nil : https)
        }
    }
}
