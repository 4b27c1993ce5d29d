import Foundation
import Testing

import TestSupport

@testable import MicroHTTP

/// HTTPS, certificates, and the folder that keeps them.
@Suite struct TLSTests {
    func server(_ identity: TLSIdentity, host: String = "127.0.0.1") throws -> Server {
        try Server {
            $0.host = host
            $0.httpsPort = 0
            $0.identity = identity
        }
    }

    @Test(arguments: [("localhost", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("[::1]", "[::1]"), ("kf.example.com", "127.0.0.1")])
    func `A client that trusts the authority accepts every name`(_ name: String, _ address: String) throws {
        let folder = Folder()
        let identity = try TLSIdentity.throwaway(names: TLSIdentity.loopbackNames + ["kf.example.com"])
        try identity.writeAuthority(to: folder.path + "/ca.pem")
        let server = try server(identity, host: "::")
        let port = server.listener.httpsPort!
        let result = try Tool.run(
            "curl", "-sS", "--cacert", folder.path + "/ca.pem", "--connect-to", "\(name):\(port):\(address):\(port)",
            "-d", "some body", "https://\(name):\(port)/echo?q=1")
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("POST /echo ? q=1 "))
        #expect(result.output.contains(" true\n") && result.output.hasSuffix("\n\nsome body"))
    }

    @Test func `A client rejects an unknown authority, and another name`() throws {
        let folder = Folder()
        let identity = try TLSIdentity.throwaway()
        try identity.writeAuthority(to: folder.path + "/ca.pem")
        let server = try server(identity)
        let port = server.listener.httpsPort!
        #expect(try Tool.run("curl", "-sS", "https://127.0.0.1:\(port)/").status == 60)
        let other = try Tool.run(
            "curl", "-sS", "--cacert", folder.path + "/ca.pem", "--connect-to", "other.example:\(port):127.0.0.1:\(port)",
            "https://other.example:\(port)/")
        #expect(other.status == 60)
    }

    @Test func `OpenSSL accepts the chain, even when strict`() throws {
        let folder = Folder()
        let identity = try TLSIdentity.throwaway(subjects: TLSIdentity.Subjects(authority: "Our CA", leaf: "Our server"))
        try identity.writeAuthority(to: folder.path + "/ca.pem")
        try identity.certificate.write(toFile: folder.path + "/leaf.pem", atomically: true, encoding: .utf8)
        let verified = try Tool.run(
            "openssl", "verify", "-x509_strict", "-check_ss_sig", "-purpose", "sslserver", "-verify_ip", "::1", "-CAfile",
            folder.path + "/ca.pem", folder.path + "/leaf.pem")
        #expect(verified.output.hasSuffix("leaf.pem: OK\n"), "\(verified.output)")
        let text = try Tool.run("openssl", "x509", "-in", folder.path + "/leaf.pem", "-noout", "-text").output
        #expect(
            text.contains("Subject: CN = Our server\n") && text.contains("CA:FALSE") && text.contains("TLS Web Server Authentication")
                && text.contains("DNS:*.localhost"))
        let authority = try Tool.run("openssl", "x509", "-in", folder.path + "/ca.pem", "-noout", "-text").output
        #expect(authority.contains("Subject: CN = Our CA\n") && authority.contains("CA:TRUE, pathlen:0"))
    }

    @Test func `Python accepts the certificate when it is strict`() throws {
        let folder = Folder()
        let identity = try TLSIdentity.throwaway()
        try identity.writeAuthority(to: folder.path + "/ca.pem")
        let server = try server(identity)
        let script = """
            import ssl, urllib.request
            c = ssl.create_default_context(cafile="\(folder.path)/ca.pem")
            c.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
            print(urllib.request.urlopen("https://localhost:\(server.listener.httpsPort!)/x", context=c).read().decode())
            """
        let result = try Tool.run("python3", "-c", script)
        #expect(result.output == "/x\n")
    }

    @Test(arguments: ["--tls-max 1.0 --tlsv1.0", "--tls-max 1.1 --tlsv1.1"]) func `Old TLS is refused`(_ options: String) throws {
        let server = try server(.throwaway())
        let arguments = ["-sk", "--ciphers", "DEFAULT@SECLEVEL=0"] + options.split(separator: " ").map(String.init)
        let script = "curl \(arguments.joined(separator: " ")) https://127.0.0.1:\(server.listener.httpsPort!)/"
        #expect(try Tool.run("sh", "-c", script).status == 35)
    }

    @Test func `After plain HTTP on the HTTPS port, the next client is served`() throws {
        let server = try server(.throwaway())
        let port = server.listener.httpsPort!
        let wire = try Wire(port)
        wire.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        _ = wire.rest()
        #expect(!wire.timedOut)
        #expect(try Tool.run("curl", "-sk", "https://127.0.0.1:\(port)/x", "https://127.0.0.1:\(port)/later/20").output == "/x/later/20")
    }

    @Test func `A chunked body that grows too long is refused over TLS too`() throws {
        let server = try Server {
            $0.httpsPort = 0
            $0.identity = try? TLSIdentity.throwaway()
            $0.limits.maxBody = 1000
        }
        let url = "https://127.0.0.1:\(server.listener.httpsPort!)/"
        let upload = "curl -sk -w '%{http_code}' -H 'Transfer-Encoding: chunked' -H 'Expect:' --data-binary @- \(url)"
        let script = "head -c 20000 /dev/zero | " + upload
        #expect(try Tool.run("sh", "-c", script).output.hasSuffix("413"))
    }

    @Test func `An authority in a folder is kept, its leaf is not, and only the owner may read the key`() throws {
        let folder = Folder()
        let home = folder.path + "/tls"
        let first = try TLSIdentity.kept(in: home)
        let second = try TLSIdentity.kept(in: home, names: ["other"])
        #expect(first.authority == second.authority)
        #expect(first.certificate != second.certificate)
        #expect(mode(home) == 0o700)
        #expect(mode(home + "/ca-key.pem") == 0o600)
        #expect(mode(home + "/ca.pem") == 0o644)
        #expect(try String(contentsOfFile: home + "/ca.pem", encoding: .utf8) == first.authority)
        #expect(try FileManager.default.contentsOfDirectory(atPath: home).sorted() == ["ca-key.pem", "ca.pem"])
    }

    private func mode(_ path: String) -> Int? {
        try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `Simultaneous users of a folder get the same authority`() throws {
        let folder = Folder()
        let authorities = Collected()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            authorities.add((try? TLSIdentity.kept(in: folder.path))?.authority ?? "none")
        }
        #expect(authorities.distinct.count == 1 && !authorities.distinct.contains("none"))
    }

    @Test func `A given pair is used, and one that does not match is refused`() throws {
        let one = try TLSIdentity.throwaway()
        let other = try TLSIdentity.throwaway()
        #expect(try TLSIdentity(certificate: one.certificate, key: one.key).authority == nil)
        let error = #expect(throws: ListenerError.self) { try TLSIdentity(certificate: one.certificate, key: other.key) }
        #expect(error?.description.contains("the key does not belong to the certificate") == true)
    }

    @Test(arguments: ["", "rubbish", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func `Text that is no certificate is rejected`(_ text: String) throws {
        let good = try TLSIdentity.throwaway()
        #expect(throws: ListenerError.self) { try TLSIdentity(certificate: text, key: good.key) }
        #expect(throws: ListenerError.self) { try TLSIdentity(certificate: good.certificate, key: text) }
    }

    @Test func `A missing file is named`() {
        let error = #expect(throws: ListenerError.self) { try TLSIdentity(certificateFile: "/no/such.pem", keyFile: "/no/key.pem") }
        #expect(error?.description.hasPrefix("Cannot use /no/such.pem: No such file or directory.") == true)
    }
}

/// Texts from several threads.
private final class Collected: @unchecked Sendable {
    private let lock = NSLock()
    private var texts: Set<String> = []
    func add(_ text: String) { lock.withLock { _ = texts.insert(text) } }
    var distinct: Set<String> { lock.withLock { texts } }
}
