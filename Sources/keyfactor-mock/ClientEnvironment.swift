import Base
import Worlds

/// The environment variables through which clients find the mock.
struct ClientEnvironment {
    /// Where clients reach the server.
    struct Address {
        /// A host name or an address; IPv6 addresses are in brackets.
        var host: String
        var httpPort: UInt16?
        var httpsPort: UInt16

        /// The address of a server.
        ///
        /// - Parameters:
        ///   - host: the address it listens on.
        ///   - httpPort: its HTTP port.
        ///   - httpsPort: its HTTPS port.
        init(listeningOn host: String, httpPort: UInt16?, httpsPort: UInt16) {
            let isUsual = ["127.0.0.1", "localhost", "0.0.0.0", "::"].contains(host)
            self.host = isUsual ? "localhost" : host.contains(":") ? "[\(host)]" : host
            self.httpPort = httpPort
            self.httpsPort = httpsPort
        }

        /// Host and HTTPS port; without the port if it is 443, because some clients fail on it.
        var authority: String { httpsPort == 443 ? host : "\(host):\(httpsPort)" }
        var secureURL: String { "https://" + authority }
        var plainURL: String? { httpPort.map { "http://\(host):\($0)" } }
        /// The port of the control interface, if it is separate.
        var adminPort: UInt16?
        /// What requests to the control interface must know.
        var adminToken: String?
        var adminURL: String { adminPort.map { "http://\(host):\($0)" } ?? plainURL ?? secureURL }
        var tokenURL: String { secureURL + "/oauth2/token" }
    }

    /// The files that variables refer to.
    struct Files {
        /// The CA certificate.
        var authority: String
        /// The CA and the previously trusted roots.
        var roots: String
        /// The configuration of Keyfactor's Go tools.
        var configuration: String
        /// The configuration of wget.
        var wget: String
    }

    /// The names and values, in the order of the documentation.
    let variables: [(name: String, value: String)]

    /// The variables for a server.
    ///
    /// - Parameters:
    ///   - address: where clients reach it.
    ///   - scenario: the scenario it serves.
    ///   - login: the credentials for clients.
    ///   - files: the files written for clients.
    ///   - caller: the variables of the caller.
    init(_ address: Address, _ scenario: Scenario, _ login: ClientLogin, _ files: Files, caller: [String: String] = [:]) {
        var all = [
            // The auth library of Keyfactor's Go clients takes the port from the host name; their SDK appends this one, unless it is 0.
            ("KEYFACTOR_HOSTNAME", address.authority), ("KEYFACTOR_PORT", address.httpsPort == 443 ? "443" : "0"),
            ("KEYFACTOR_API_PATH", Self.apiPath(scenario)), ("KEYFACTOR_SCHEME", "https"), ("KEYFACTOR_CA_CERT", files.authority),
        ]
        switch login {
        case .basic(let user, let password, let domain):
            all += [("KEYFACTOR_USERNAME", user), ("KEYFACTOR_PASSWORD", password), ("KEYFACTOR_DOMAIN", domain)]
        case .oauth(let id, let secret):
            for names in Self.oauthNames {
                all += [(names.id, id), (names.secret, secret), (names.url, address.tokenURL)]
            }
        }
        all.append(("KEYFACTOR_AUTH_CONFIG_FILE", files.configuration))
        all += ClientSurroundings.bundles.map { ($0, files.roots) } + [("WGETRC", files.wget)]
        let noProxy = ClientSurroundings.noProxy(caller, host: address.host)
        all += [("NO_PROXY", noProxy), ("no_proxy", noProxy), ("KFMOCK_URL", address.secureURL)]
        if let url = address.plainURL { all.append(("KFMOCK_HTTP_URL", url)) }
        all.append(("KFMOCK_ADMIN_URL", address.adminURL + "/_mock"))
        // The kits read it under the name of the option.
        if let token = address.adminToken { all.append(("KEYFACTOR_MOCK_ADMIN_TOKEN", token)) }
        variables = all
    }

    /// The names that are ours and no client library's; the last one is the folder of the files that `exec` writes.
    static let ownNames = ["KFMOCK_URL", "KFMOCK_HTTP_URL", "KFMOCK_ADMIN_URL", Process.marker]

    private static let basicNames = ["KEYFACTOR_USERNAME", "KEYFACTOR_PASSWORD", "KEYFACTOR_DOMAIN"]
    private static let oauthNames = [
        (id: "KEYFACTOR_AUTH_CLIENT_ID", secret: "KEYFACTOR_AUTH_CLIENT_SECRET", url: "KEYFACTOR_AUTH_TOKEN_URL"),
        (id: "COMMAND_IDP_CLIENTID", secret: "COMMAND_IDP_CLIENTSECRET", url: "COMMAND_IDP_TOKENURL"),
    ]

    /// Variables to remove, because the caller may have set them for another server: those of the other kind of login.
    var removed: [String] {
        let known = Self.basicNames + Self.oauthNames.flatMap { [$0.id, $0.secret, $0.url] } + ["KFMOCK_HTTP_URL"]
        return known.filter { name in !variables.contains { $0.name == name } }
    }

    /// Variables that are not changed, although clients prefer them to those set here.
    static let conflicting = [
        "KEYFACTOR_AUTH_ACCESS_TOKEN", "KEYFACTOR_AUTH_CONFIG_PROFILE", "KEYFACTOR_AUTH_PROVIDER", "KEYFACTOR_CONFIG", "KEYFACTOR_TOKEN",
        "KEYFACTOR_URLBASE",
    ]

    /// The first base path without its leading slash, as clients expect it.
    static func apiPath(_ scenario: Scenario) -> String { String(scenario.basePaths[0].drop { $0 == "/" }) }

    /// One variable per line. Plain values are not quoted, so that shells, `docker --env-file` and systemd can read them; others are in
    /// single quotes, which docker would make part of the value.
    var fileText: String {
        variables.map { "\($0.name)=\(Self.quoted($0.value))\n" }.joined()
    }

    private static func quoted(_ value: String) -> String {
        let plain = value.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "_-./:@%+=,".utf8.contains(byte)
        }
        return plain ? value : "'\(value.replacing("'", with: #"'\''"#))'"
    }

    /// The configuration file of Keyfactor's Go tools.
    ///
    /// - Parameters:
    ///   - address: where clients reach the server.
    ///   - scenario: the scenario it serves.
    ///   - login: the credentials for clients.
    ///   - authority: the path of the CA certificate.
    /// - Returns: JSON.
    static func configuration(_ address: Address, _ scenario: Scenario, _ login: ClientLogin, authority: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.name("servers")
            writer.object { writer in
                writer.name("default")
                writer.object { writer in
                    writer.member("host", address.authority)
                    writer.member("api_path", apiPath(scenario))
                    switch login {
                    case .basic(let user, let password, let domain):
                        writer.member("username", user)
                        writer.member("password", password)
                        writer.member("domain", domain)
                    case .oauth(let id, let secret):
                        writer.member("client_id", id)
                        writer.member("client_secret", secret)
                        writer.member("token_url", address.tokenURL)
                    }
                    writer.member("ca_cert_path", authority)
                    writer.member("skip_tls_verify", false)
                }
            }
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
