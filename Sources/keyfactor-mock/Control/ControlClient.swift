import ArgumentParser
import Base
import MicroHTTP

/// A client of the control interface of a running server. Each request has a connection of its own.
struct ControlClient {
    /// A whole response.
    struct Reply {
        var status: Int
        var body: [UInt8]

        /// The body as text.
        var text: String { String(decoding: body, as: UTF8.self) }

        /// Reads a response, `nil` if it is not HTTP or not whole.
        init?(_ bytes: [UInt8]) {
            let end = Array("\r\n\r\n".utf8)
            guard let split = bytes.firstRange(of: end) else { return nil }
            let lines = String(decoding: bytes[..<split.lowerBound], as: UTF8.self).split(separator: "\r\n")
            guard let status = lines.first?.prefixMatch(of: /HTTP\/1\.[01] ([0-9]{3})( |$)/).flatMap({ Int($0.1) }) else { return nil }
            (self.status, body) = (status, Array(bytes[split.upperBound...]))
            let length = lines.dropFirst().firstNonNil { $0.wholeMatch(of: /(?i)content-length: *([0-9]+)/).flatMap { Int($0.1) } }
            guard length ?? body.count == body.count else { return nil }
        }
    }

    let place: ControlPlace
    /// The world that requests are about, `nil` for the default one.
    var world: String?

    /// Sends a request and returns whatever the server answers.
    ///
    /// - Parameters:
    ///   - method: its method.
    ///   - path: its path below that of the world, encoded.
    ///   - query: parameters; those without a value are left out, those with an empty one are flags.
    ///   - body: its body, JSON or YAML.
    ///   - seconds: how long the server may take.
    /// - Throws: why there is no answer.
    /// - Returns: the response, whatever its status.
    func ask(
        _ method: Method, _ path: String, query: [(name: String, value: String?)] = [], body: [UInt8] = [], seconds: Int = 60
    ) throws(Process.Silence) -> Reply {
        let given = query.compactMap { name, value in value.map { $0.isEmpty ? name : "\(name)=\(Self.encoded($0))" } }
        let whole =
            place.path + (world.map { "/worlds/\($0)" } ?? "") + "/" + path + (given.isEmpty ? "" : "?" + given.joined(separator: "&"))
        var head = "\(method.name) \(whole) HTTP/1.0\r\nHost: \(place.name)\r\n"
        if let token = place.token { head += "X-Mock-Token: \(token)\r\n" }
        if method != .get { head += "Content-Length: \(body.count)\r\n" }
        let bytes = try Process.exchange(
            Array((head + "\r\n").utf8) + body, with: place.host, port: place.port, seconds: seconds, most: Process.mostBytes)
        guard let reply = Reply(bytes) else { throw .silent }
        return reply
    }

    /// Sends a request that must succeed.
    ///
    /// - Parameters:
    ///   - method: its method.
    ///   - path: its path below that of the world, encoded.
    ///   - query: parameters, as for `ask`.
    ///   - body: its body.
    ///   - source: the name of what the body was read from, for mistakes in it; `nil` if this program has written it.
    ///   - accepted: a status that is an answer too.
    /// - Throws: an exit code after a message on stderr: 1 if something does not exist, 64 or 65 if the request is wrong, 69 if there is no
    ///   answer or the server refuses.
    /// - Returns: a response with a status below 300, or the accepted one.
    func demand(
        _ method: Method, _ path: String, query: [(name: String, value: String?)] = [], body: [UInt8] = [], from source: String? = nil,
        accepting accepted: Int? = nil
    ) throws -> Reply {
        let reply: Reply
        do throws(Process.Silence) {
            reply = try ask(method, path, query: query, body: body)
        } catch {
            throw Stop(code: .unavailable, description: sentence(error)).report()
        }
        if reply.status < 300 || reply.status == accepted { return reply }
        let error = (try? JSONDocument(reply.body))?.root["error"]?.text ?? "The server at \(place.name) has answered with \(reply.status)."
        throw Stop(code: Self.code(for: reply.status, hasSource: source != nil), description: Self.sentence(error, source)).report()
    }

    /// What the server has against a request. A place in a body that this program has written says nothing to its user.
    private static func sentence(_ error: String, _ source: String?) -> String {
        guard let place = error.prefixMatch(of: #/body:[0-9]+:[0-9]+: /#) else { return ControlText.lines(error) }
        if let source { return ControlText.lines(source.abbreviated + error.dropFirst(4)) }
        return String(error[place.range.upperBound...].prefix { !$0.isNewline }).inOneLine
    }

    private static func code(for status: Int, hasSource: Bool) -> ExitCode {
        switch status {
        case 404: .no
        case 400, 413: hasSource ? .badScenario : .validationFailure
        default: .unavailable
        }
    }

    private func sentence(_ silence: Process.Silence) -> String {
        switch silence {
        case .unreachable where place.isGuess:
            "No server: this user runs none here, and none listens on \(place.name). Use --port, --ready-file, --env-file or KFMOCK_ADMIN_URL."
        case .unreachable: "No server listens on \(place.name)."
        case .silent: "The server at \(place.name) has not answered, or not in HTTP."
        case .long: "The server at \(place.name) answers with more than 64 MiB."
        }
    }

    /// Text for a path or a query.
    ///
    /// - Parameter text: the text.
    /// - Returns: the text, in which all but letters, digits and `-._~` is percent-encoded.
    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) { return String(character) }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

extension ExitCode {
    /// The answer is no: an expectation is not met, or what was named does not exist.
    static let no = ExitCode(1)
}

extension Sequence {
    /// The first result of a function that has one.
    fileprivate func firstNonNil<Result>(_ function: (Element) -> Result?) -> Result? { lazy.compactMap(function).first }
}
