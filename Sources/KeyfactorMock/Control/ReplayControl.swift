import Base
import Journal
import MicroHTTP
import Worlds

/// Sends a request of the journal again, with the credentials that the journal does not show.
enum ReplayControl {
    static let all: [ControlEndpoint] = [
        ControlEndpoint(
            waits: .post, "journal/{n}/replay", "Send the request of an exchange again", scope: .existingWorld, replay)
    ]

    private static func replay(_ call: ControlCall) throws(ControlRefusal) -> Answer {
        let journal = call.world.withState { $0.journal }
        guard let number = Int(call.parameter), let entry = journal[number] else { throw JournalControl.noExchange(journal, call) }
        guard entry.isWhole else {
            throw ControlRefusal(409, "The journal has only a part of the body of exchange \(number), so that it cannot be sent again.")
        }
        guard let answer = call.again(entry.request) else { throw ControlRefusal(503, "The server is about to stop.") }
        return reported(answer)
    }

    /// What was answered, instead of the answer: however that breaks, the report does not.
    private static func reported(_ answer: Answer) -> Answer {
        switch answer {
        case .ready(let response): .ready(report(response))
        case .later(let pause, let bytes, let then): .later(pause, holding: bytes) { reported(then()) }
        case .until(let bell, let most, let then): .until(bell, atMost: most) { reported(then()) }
        case .never: .ready(report(nil))
        }
    }

    private static func report(_ response: Response?) -> Response {
        let isSent = response.map { $0.delivery != .reset && $0.delivery != .close } ?? false
        return .ofControl { writer in
            writer.object { writer in
                writer.member("status", isSent ? response?.status : nil)
                writer.member("isSent", isSent)
            }
        }
    }
}
