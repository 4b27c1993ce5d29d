public import Base
import MicroHTTP
import Rules

extension JournalEntry {
    /// Writes the exchange as `GET /_mock/journal` shows it, without secrets.
    public func write(to writer: inout JSONWriter) {
        let type = request.header("content-type")?.lowercased() ?? ""
        let isForm = type.hasPrefix("application/x-www-form-urlencoded") || subject == .token
        let names = secretNames
        writer.object { writer in
            writer.member("n", isPending ? nil : number)
            writer.member("at", at)
            writer.member("wall", wall.inMilliseconds)
            writer.member("caller", caller)
            writer.member("method", request.method.name)
            if let sent = request.methodAsSent { writer.member("methodAsSent", sent) }
            writer.member("path", request.text(request.path))
            writer.member("query", Secrets.query(request.text(request.query)))
            writer.name("headers")
            Self.write(request.headers, to: &writer)
            writer.member("body", Secrets.body(request.bytes[request.body], isForm: isForm, names))
            if bodyLength > Self.bodyCap { writer.member("bodyLength", bodyLength) }
            writeOutcome(to: &writer)
            writer.name("replyHeaders")
            Self.write(status == 0 ? [] : reply.headers, to: &writer)
            writer.member("replyBody", status == 0 ? nil : Secrets.reply(reply.body[...], names))
            if replyLength > Self.bodyCap { writer.member("replyBodyLength", replyLength) }
            writer.member("bytesIn", bytesIn)
            // A body that is completed later is as long as nobody knows here.
            writer.member("bytesOut", reply.finish == nil ? bytesOut : nil)
            writer.member("why", why)
            writer.name("durationMs")
            writer.raw(milliseconds)
            guard let asked else { return }
            writer.name("asked")
            writer.array(asked) { writer, line in
                writer.object { writer in
                    writer.member("rule", line.rule)
                    writer.member("strikes", line.strikes)
                    let hidden = line.mismatch.flatMap { Secrets.isSecret($0.selector, names) ? $0.withoutValue + Secrets.struckOut : nil }
                    writer.member("why", hidden ?? Secrets.reason(line.why))
                }
            }
        }
    }

    /// Writes the exchange in a row, without header fields and bodies.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - world: the name of its world.
    public func writeRow(to writer: inout JSONWriter, world: String) {
        writer.object { writer in
            writer.member("n", isPending ? nil : number)
            writer.member("at", at)
            writer.member("wall", wall.inMilliseconds)
            writer.member("world", world)
            writer.member("caller", caller)
            writer.member("method", request.method.name)
            writer.member("path", request.text(request.path))
            writer.member("query", Secrets.query(request.text(request.query), cutTo: 500))
            writeOutcome(to: &writer)
            writer.name("durationMs")
            writer.raw(milliseconds)
            writer.member("why", why)
        }
    }

    /// Writes what became of it.
    private func writeOutcome(to writer: inout JSONWriter) {
        writer.member("operation", operation)
        writer.member("rule", rule)
        writer.member("effect", effect.rawValue)
        writer.member("failure", failure)
        writer.member("status", status == 0 ? nil : status)
        writer.member("delivery", delivery.rawValue)
    }

    /// How long it took, in milliseconds with two decimals.
    private var milliseconds: String {
        let hundredths = max(0, duration) / 100
        return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    }

    /// Fields of one name become one, joined with commas.
    private static func write(_ headers: [(name: String, value: String)], to writer: inout JSONWriter) {
        writer.object { writer in
            for (place, header) in headers.enumerated() {
                let name = header.name.lowercased()
                guard !headers[..<place].contains(where: { $0.name.lowercased() == name }) else { continue }
                let values = headers[place...].filter { $0.name.lowercased() == name }.map { Secrets.header($0.name, $0.value) }
                writer.name(anyText: header.name)
                writer.value(values.joined(separator: ", "))
            }
        }
    }

    /// The bytes of the request as HTTP/1.1 writes it, its body without a transfer coding.
    private var bytesIn: Int {
        let line = request.method.name.utf8.count + 1 + request.path.count + (request.query.isEmpty ? 0 : request.query.count + 1) + 11
        return line + request.headers.reduce(2) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 } + request.sentBodyLength
    }

    /// The bytes of the reply if it is sent completely; 0 if nothing is sent.
    private var bytesOut: Int {
        guard status != 0 else { return 0 }
        return reply.headers.reduce(19) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 } + replyLength
    }
}
