import Base
public import Entities
import MicroHTTP
public import Model
import ScenarioFormat

extension AlertRecipient: Modelled {
    /// Somebody who gets mail about authorities.
    public static let model = Model<AlertRecipient>(
        [.shown: "CAAlertRecipientResponse", .update: "CAAlertRecipientUpdateRequest"], "a recipient of alerts", blank: { .init() }
    ) {
        Member("Id", .given()) { $0.id }.seeded("id", about: "its Id; the next free one if left out", \.id)
        Member("Email", .text("a mail address", length: 1...256)) { $0.email }
            .asked(.update, kind: .text(upTo: 256), required: "a mail address", \.email)
            .seeded("email", required: true, about: "the mail address", \.email)
    }

    /// What can be done with one of the two lists of recipients.
    ///
    /// - Parameters:
    ///   - list: the last part of its path.
    ///   - path: where its rows lie.
    /// - Returns: list, GET, POST, PUT and DELETE.
    static func operations(_ list: String, _ path: any WritableKeyPath<Estate, Numbered<AlertRecipient>> & Sendable) -> [Operation] {
        let base = "/CertificateAuthority/AlertRecipients/\(list)"
        let (reads, modifies) = (Need.everywhere(.authoritiesRead), Need.everywhere(.authoritiesModify))
        let (one, many) = (Contents.of(model, .shown), Contents.array(Contents.of(model, .shown)))
        let known = "members, statuses (documented)"
        let find = { @Sendable (call: Call, estate: Estate) throws(Refusal) -> AlertRecipient in
            let id = try Int.read(call)
            guard let recipient = estate[keyPath: path][id] else { throw .recipientNotFound(id).forUnknownID(call.fidelity) }
            return recipient
        }
        return [
            Operation(.get, base, needs: reads, returns: many, established: known, assumed: "permission; by Id") { call, estate in
                .reply(call.all(estate[keyPath: path].rows.all, estate))
            },
            Operation(
                .get, base + "/{id}", needs: reads, returns: one, id: .integer, established: known, assumed: "permission; the 404"
            ) { call, estate throws(Refusal) in
                .reply(call.object(try find(call, estate), model, .shown, estate))
            },
            Operation(
                .post, base, needs: modifies, takes: Contents.of(Emails.model, .create), returns: many, established: known,
                assumed: "permission; all of its 400s"
            ) { call, estate throws(Refusal) in
                let emails = try call.read(Emails.model).emails
                try require(emails, except: nil, estate[keyPath: path])
                return .commit { estate in
                    let added = emails.map { email in
                        var recipient = AlertRecipient()
                        recipient.email = email
                        return estate[keyPath: path].add(recipient)
                    }
                    return call.all(added, estate)
                }
            },
            Operation(
                .put, base + "/{id}", needs: modifies, takes: Contents.of(model, .update), returns: one, id: .integer, established: known,
                assumed: "permission; all of its 400s"
            ) { call, estate throws(Refusal) in
                var recipient = try find(call, estate)
                try call.read(model, .update, into: &recipient)
                try require([recipient.email], except: recipient.id, estate[keyPath: path])
                let replacement = recipient
                return .commit { estate in
                    estate[keyPath: path].put(replacement)
                    return call.object(replacement, model, .shown, estate)
                }
            },
            Operation(
                .delete, base + "/{id}", needs: modifies, id: .integer, established: known, assumed: "permission; the 404"
            ) { call, estate throws(Refusal) in
                let id = try find(call, estate).id
                return .commit { estate in
                    estate[keyPath: path].remove(id)
                    return Reply(204)
                }
            },
        ]
    }

    /// Refuses addresses that are none, or in the list already.
    private static func require(_ emails: [String], except id: Int?, _ known: Numbered<AlertRecipient>) throws(Refusal) {
        var seen: Set<String> = []
        for (index, email) in emails.enumerated() {
            let place = id == nil ? "Emails[\(index)]" : "Email"
            guard email.utf16.count <= 256, email.contains("@") else {
                throw .badArgument("\(place): expected a mail address of at most 256 characters, found '\(email.prefix(60))'.")
            }
            guard seen.insert(email.lowercased()).inserted, known.named(email).map({ $0.id == id }) ?? true else {
                throw .alreadyExists("recipient", place, email)
            }
        }
    }

    /// Who is to be added to a list.
    private struct Emails: Modelled {
        var emails: [String] = []

        static let model = Model<Emails>([.create: "CAAlertRecipientCreateRequest"], blank: { .init() }) {
            Asked("Emails", .list(.text), required: "an array of mail addresses", \.emails)
        }
    }
}

extension Call {
    /// A reply with recipients, without a total.
    fileprivate func all(_ recipients: [AlertRecipient], _ estate: Estate) -> Reply {
        var reply = list(Page(rows: recipients, total: recipients.count), AlertRecipient.model, .shown, estate)
        reply.total = nil
        return reply
    }
}
