import Base
import Entities
import MicroHTTP
import Model

/// What lists requests that wait for an approval, approves and denies them.
enum RequestDecisions {
    static let all = [
        list("Pending", .pending), list("Denied", .denied), list("ExternalValidation", since: .v11, .externalValidation), get, approve,
        deny,
    ]

    private static func list(_ name: String, since: ProductVersion = .v10, _ state: CertificateState) -> Operation {
        Operation(
            .get, "/Workflow/Certificates/\(name)", since: since, needs: .everywhere(.requestsManage),
            returns: Contents.array(Contents.of(CertificateRequest.model, .listed)), query: Operation.Parameter.list(), counts: true,
            established: "members, paging, the prefix `pagedQuery.` on every release (documented, client)",
            assumed: "query fields; default sort Id; `CARequestId` is the Id as a text; a denied request has State 3"
        ) { call, estate throws(Refusal) in
            let page = try call.page(
                of: estate.requests.waiting, fields: CertificateRequest.model.queryFields(call.view(.listed, estate)), defaultSort: "Id",
                isVisible: { $0.state == state })
            return .reply(call.list(page, CertificateRequest.model, .listed, estate))
        }
    }

    private static let get = CertificateRequest.noun.get(
        established: "members (documented)",
        assumed: "a request that was approved is gone; text of the 404; `CertStores` is empty; the words of `SubjectAltNames[].Type`")

    private static let approve = Operation(
        .post, "/Workflow/Certificates/Approve", needs: .everywhere(.requestsManage), takes: { _ in .array(.integer) },
        returns: Contents.of(DecisionAnswer.model, .shown),
        established:
            "body; always 200: what cannot be approved stands in `Failures` (documented); the certificate has CertRequestId (client)",
        assumed: "comments; an approved request is no longer listed"
    ) { call, estate throws(Refusal) in
        let ids = try call.numbers(of: "certificate request")
        let orders = ids.compactMap { id in
            estate.requests.waiting[id].flatMap { $0.state == .pending ? $0 : nil }
        }.compactMap { request in (try? IssueOrder(request, request.template.flatMap { estate.templates[$0] })).map { (request, $0) } }
        return .commit { estate in
            var answer = DecisionAnswer(ids, found: orders.map(\.0), estate)
            for (request, order) in orders {
                let certificate = estate.grant(request, order, now: call.now)
                estate.certificates.change(certificate.id) { $0.note(.init(at: call.now, user: call.caller.name, action: "Approved")) }
            }
            answer.comment = "The request was approved."
            return call.object(answer, DecisionAnswer.model, .shown, estate)
        }
    }

    private static let deny = Operation(
        .post, "/Workflow/Certificates/Deny", needs: .everywhere(.requestsManage), takes: Contents.of(DenialRequest.model, .create),
        returns: Contents.of(DecisionAnswer.model, .shown), established: "body; always 200, as Approve (documented)",
        assumed: "a denied request stays listed under Denied; it becomes no certificate"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(DenialRequest.model)
        let found = asked.ids.compactMap { id in estate.requests.waiting[id].flatMap { $0.state == .pending ? $0 : nil } }
        return .commit { estate in
            for request in found {
                estate.requests.waiting.change(request.id) { request in
                    (request.state, request.denialComment, request.key) = (.denied, asked.comment, nil)
                }
            }
            var answer = DecisionAnswer(asked.ids, found: found, estate)
            answer.comment = asked.comment
            return call.object(answer, DecisionAnswer.model, .shown, estate)
        }
    }
}

/// The body of a denial.
struct DenialRequest: Modelled {
    var ids: [Int] = []
    var comment = ""

    static let model = Model<DenialRequest>([.create: "WorkflowDenialRequest"], blank: { .init() }) {
        Asked("CertificateRequestIds", .numbers(of: "certificate request"), required: "at least one id of a certificate request", \.ids)
        Asked("Comment", .text, \.comment)
    }
}

/// What became of requests that were to be approved or denied.
struct DecisionAnswer: Modelled {
    private let done: [CertificateRequest]
    private let unknown: [Int]
    var comment = ""

    init(_ ids: [Int], found: [CertificateRequest], _ estate: Estate) {
        done = found
        unknown = ids.filter { id in !found.contains { $0.id == id } }
    }

    static let model = Model<DecisionAnswer>([.shown: "ApproveDenyResult"]) {
        Member("Successes", .list(.object(shownOnly: Part.model))) { answer in
            answer.done.map { Part(id: $0.id, authority: $0.authority, comment: answer.comment) }
        }
        Member("Failures", .list(.object(shownOnly: Part.model))) { answer in
            answer.unknown.map { Part(id: $0, authority: nil, comment: "There is no pending certificate request with this id.") }
        }
        Member("Denials", .json(.array(.any))) { _ in "[]" }
    }

    /// What became of one request.
    struct Part: Modelled {
        let id: Int
        let authority: Int?
        let comment: String

        static let model = Model<Part>([.shown: "CertificateRequestResult"]) {
            Member("CARowId", .number, nullable: { _ in nil })
            Member("CARequestId", .text) { String($0.id) }
            Member("CAHost", .text) { part, view in part.authority.flatMap { view.estate.authorities[$0]?.host } ?? "" }
            Member("CALogicalName", .text) { part, view in part.authority.flatMap { view.estate.authorities[$0]?.logicalName } ?? "" }
            Member("KeyfactorRequestId", .number) { $0.id }
            Member("Comment", .text) { $0.comment }
        }
    }
}
