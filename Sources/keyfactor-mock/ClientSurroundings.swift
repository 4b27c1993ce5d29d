/// What the environment of a caller means for clients of the mock: proxies and trusted roots.
enum ClientSurroundings {
    /// Variables that name a bundle of trusted roots, each of which replaces the system's roots for some program: OpenSSL, Go, Ruby and
    /// .NET; Python's requests; curl; git; the AWS tools; pip; gRPC; httplib2; Nix; or is added to them: Node and Deno.
    static let bundles = [
        "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "AWS_CA_BUNDLE", "PIP_CERT",
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "HTTPLIB2_CA_CERTS", "NIX_SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "DENO_CERT",
    ]

    /// The hosts for which clients must not use a proxy: those of the caller, and this server.
    ///
    /// - Parameters:
    ///   - environment: the variables of the caller.
    ///   - host: the host of the server; IPv6 addresses may be in brackets.
    /// - Returns: a value for `NO_PROXY`.
    static func noProxy(_ environment: [String: String], host: String) -> String {
        let given = ["NO_PROXY", "no_proxy"].flatMap { (environment[$0] ?? "").split(whereSeparator: { $0 == "," || $0.isWhitespace }) }
        if given.contains("*") { return "*" }
        let own = ["localhost", "127.0.0.1", "::1", host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host]
        return (given.map(String.init) + own).reduce(into: [String]()) { all, host in
            if !all.contains(host) { all.append(host) }
        }.joined(separator: ",")
    }

    /// Settings that send clients to a proxy whatever `NO_PROXY` says.
    ///
    /// - Parameter environment: the variables of the caller.
    /// - Returns: a warning for each.
    static func proxyWarnings(_ environment: [String: String]) -> [String] {
        let java = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "JAVA_OPTS", "MAVEN_OPTS", "GRADLE_OPTS", "SBT_OPTS"].filter {
            guard let options = environment[$0], options.contains("proxyHost=") else { return false }
            // Java does not use a proxy for loopback addresses unless nonProxyHosts is set.
            return options.contains("nonProxyHosts=") && !options.contains("localhost")
        }
        let agents = ["GLOBAL_AGENT_HTTP_PROXY", "GLOBAL_AGENT_HTTPS_PROXY"].filter {
            environment[$0]?.isEmpty == false && environment["GLOBAL_AGENT_NO_PROXY"]?.contains("localhost") != true
        }
        return java.map { "\($0) sets a proxy and ignores NO_PROXY: add localhost to nonProxyHosts" }
            + agents.map { "\($0) sets a proxy and ignores NO_PROXY: add localhost to GLOBAL_AGENT_NO_PROXY" }
    }
}
