import ArgumentParser
import Base
import TestSupport
import Testing

@testable import keyfactor_mock

/// The usual call is read without the argument parser, and means the same.
struct UsualCallTests {
    private static let textual = ["a", "-", "a=b", "=", "ä b", "127.0.0.1", "::1", ""]
    private static let numbers = ["0", "64", "+5", "00", "1.5", "x", "-1", "", " 1"]

    /// Values that an option may have, the first of them in any case, and some that it refuses.
    private static func values(_ flag: String) -> [String] {
        switch flag {
        case "--auth": ["basic", "oauth", "ntlm"]
        case "--client": ["terraform", "kfutil", "nobody"]
        case "--product": ["25.4", "10.5", "9"]
        case "--auth-mode": ["any", "none", "some"]
        case "--log-level": ["debug", "off", "loud"]
        case "--log-format": ["json", "text", "xml"]
        case "--host", "--scenario": textual
        case "--max-body", "--max-headers", "--journal-bytes", "--estate-bytes", "--connection-bytes": ["1048576", "65535"] + numbers
        case let flag where flag.hasSuffix("port"): ["1", "0", "65535", "65536"] + numbers
        case "--seed", "--threads", "--idle-timeout", "--max-worlds", "--max-connections": ["3", "7"] + numbers
        default: textual
        }
    }

    /// A command line: some options with values as they come, flags, now and then something unusual.
    private static func line(_ settings: [Setting], _ draw: inout SplitMix) -> [String] {
        let words = (0..<Int.random(in: 0..<7, using: &draw)).flatMap { _ -> [String] in
            let setting = settings.randomElement(using: &draw)!
            if setting.kind == .flag { return [setting.flag + (Int.random(in: 0..<20, using: &draw) == 0 ? "=true" : "")] }
            let values = values(setting.flag)
            let value = values.randomElement(using: &draw)!
            return Int.random(in: 0..<2, using: &draw) == 0 ? [setting.flag, value] : ["\(setting.flag)=\(value)"]
        }
        let unusual = ["--help", "x", "--", "-h", "--htpp-port", "--host"].randomElement(using: &draw)!
        return words + (Int.random(in: 0..<12, using: &draw) == 0 ? [unusual] : [])
    }

    /// What the argument parser makes of a line, in one text; `nil` if it refuses it or does something else.
    private static func parsed(_ line: [String]) -> String? {
        let rest = Array(line.dropFirst())
        if line[0] == "serve" { return (try? Serve.parse(rest)).map { "\(CallOptions(server: $0.arguments.options))" } }
        return (try? Exec.parse(rest)).map { "\($0.options)" }
    }

    private static func read(_ line: [String]) -> String? {
        switch UsualCall(line) {
        case .serve(let options)?: "\(CallOptions(server: options))"
        case .exec(let options)?: "\(options)"
        case nil: nil
        }
    }

    @Test(arguments: 0..<4)
    func aRandomLineMeansTheSameAsToTheArgumentParser(_ part: Int) {
        var draw = SplitMix(seed: UInt64(part))
        var usual = 0
        for _ in 0..<25 {
            let isServe = Int.random(in: 0..<2, using: &draw) == 0
            let options = Self.line(isServe ? Setting.ofServers : Setting.ofExec, &draw)
            let line = isServe ? ["serve"] + options : ["exec"] + options + ["--", "true", "--seed", "1"]
            guard let read = Self.read(line) else { continue }
            usual += 1
            #expect(read == Self.parsed(line), "\(line)")
        }
        #expect(usual > 3)
    }

    @Test func everyOptionIsPartOfAUsualCall() {
        let together: Set<String> = ["--no-http", "--no-https", "--tls-cert", "--tls-key", "--watch", "--port-443", "--ui-on-failure"]
        let options = Setting.ofServers.filter { !together.contains($0.flag) }.flatMap { setting in
            setting.kind == .flag ? [setting.flag] : [setting.flag, Self.values(setting.flag)[0]]
        }
        let lines = [
            ["serve", "--no-http"] + options,
            ["serve", "--no-https"], ["serve", "--tls-cert", "a", "--tls-key=b"], ["serve", "--watch", "--scenario", "a.yaml"],
            ["exec", "--port-443", "--ui-on-failure", "--", "x"],
        ]
        for line in lines {
            #expect(Self.read(line) != nil, "\(line)")
            #expect(Self.read(line) == Self.parsed(line))
        }
    }

    @Test(arguments: [
        ["serve", "--help"], ["serve", "-h"], ["serve", "x"], ["serve", "--", "x"], ["serve", "--host"], ["serve", "--host", "--seed"],
        ["serve", "--port-443"], ["serve", "--no-http=1"], ["serve", "--no-http", "--no-https"], ["serve", "--threads", "0"],
        ["serve", "--host", "[::1]"], ["serve", "--host", "a:1"], ["exec"], ["exec", "--"], ["exec", "true"], ["exec", "x", "--", "y"],
        ["exec", "--no-https", "--", "x"], ["lint", "a.yaml"], ["healthcheck"], [],
    ])
    func whatIsNotUsualIsLeftToTheArgumentParser(_ line: [String]) {
        #expect(Self.read(line) == nil)
    }
}
