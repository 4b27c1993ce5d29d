import MicroHTTP

/// Which names in `Host` are this server's. Another one may come from a page whose own name was made to point here (DNS rebinding).
extension Control {
    /// Names below these cannot be bought, so no stranger's page has one: those of this machine, of a network at home or in a company, of a
    /// cluster, of tests.
    private static let privateDomains = ["localhost", "local", "internal", "svc", "test"]

    /// Whether the `Host` header names this server.
    ///
    /// On loopback only names of the loopback do. Elsewhere every address and every name without a dot does, too, such as a container's.
    static func isOwnHost(_ request: Request, _ facts: Facts) -> Bool {
        guard let host = request.header("host")?.lowercased() else { return true }
        guard var name = hostName(host).map(String.init) else { return false }
        // A name that ends in a dot is the same name, from the root of DNS.
        if name.hasSuffix(".") { name.removeLast() }
        if facts.names.contains(where: { $0.lowercased() == name }) { return true }
        if LoopbackName.isOne(name) { return true }
        if facts.isLoopback { return false }
        // A name beside a colon has been seen in brackets: an address of IPv6.
        return name.contains(":") || !name.contains(".") || ipv4(name) != nil
            || privateDomains.contains { name.hasSuffix("." + $0) } || facts.identity?.isFor(name) == true
    }

    /// The refusal of a request whose `Host` names another server, with the ways in which it would be taken.
    static func foreignHost(_ request: Request, _ facts: Facts) -> ControlRefusal {
        let host = request.header("host") ?? ""
        let name = hostName(host).map(String.init) ?? host
        let own = facts.isLoopback ? "localhost or a loopback address" : "an address of this machine"
        let open = facts.isLoopback ? ", or with --host 0.0.0.0 and --admin-token" : ""
        return ControlRefusal(
            403,
            """
            The header Host names '\(name.prefix(100))', which is not this server's; under /_mock/ use \(own), or start the server with \
            --tls-name \(name.prefix(100))\(open).
            """)
    }

    /// A `Host` without its port; `nil` if something else follows the name.
    private static func hostName(_ host: String) -> Substring? {
        let isBracketed = host.hasPrefix("[")
        let name = isBracketed ? host.dropFirst().prefix { $0 != "]" } : host.prefix { $0 != ":" }
        let rest = host[name.endIndex...].dropFirst(isBracketed ? 1 : 0)
        guard !isBracketed || host[name.endIndex...].hasPrefix("]") else { return nil }
        let port = rest.utf8.dropFirst()
        guard rest.isEmpty || rest.hasPrefix(":") && port.count <= 5 && port.allSatisfy({ isDigit($0) }) else { return nil }
        return name
    }

    /// An address: four decimal numbers up to 255.
    private static func ipv4(_ name: String) -> [UInt8]? {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let numbers = parts.compactMap { part in
            (1...3).contains(part.count) && part.allSatisfy { isDigit($0) } ? UInt8(String(Substring(part))) : nil
        }
        return numbers.count == 4 ? numbers : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
