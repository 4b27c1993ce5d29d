import Base
import Entities
import Model
import PKI

extension Estate {
    /// The most certificates and requests that a world keeps.
    static let mostCertificates = 1_000_000

    /// Refuses what would be one certificate too many.
    func requireRoom(forCertificates count: Int) throws(Refusal) {
        guard certificates.count + requests.waiting.count + count <= Self.mostCertificates else {
            throw .worldIsFull("certificates", limit: Self.mostCertificates)
        }
    }

    /// Issues the certificate that was planned, or puts the request where somebody may approve it.
    ///
    /// - Parameters:
    ///   - plan: what was checked.
    ///   - keepsKey: whether the server keeps the key that it makes.
    ///   - call: who asks, and when.
    ///   - answer: receives the certificate or the request, the numbers of the workflow, and the key that was made.
    mutating func carryOut(_ plan: EnrollmentPlan, keepingKey keepsKey: Bool, _ call: Call, into answer: inout EnrollmentAnswer) {
        var (retained, keepsKey): (RetainedKey?, Bool) = (nil, keepsKey)
        if case .sent(let info, _, _, _) = plan.key, let generated = requests.generated.all.first(where: { $0.publicKey == info }) {
            // A request that the server made itself, whose key it has.
            (retained, keepsKey) = (.made(number: generated.key), true)
            requests.generated.remove(generated.id)
        }
        if case .made(let kind) = plan.key {
            retained = .made(number: certificates.keys)
            answer.key = PrivateKey(kind, seed: identifiers.seed, number: certificates.keys)
            certificates.keys += 1
        }
        var order = IssueOrder(plan, key: answer.key)
        order.origin.requester = call.caller.isNamed ? certificates.requester(call.caller.name) : nil
        answer.workflow = identifiers.next(.certificate)
        certificates.workflows += 1
        answer.workflowNumber = certificates.workflows
        guard plan.target.template.requiresApproval else {
            order.key = keepsKey ? retained : nil
            let certificate = issue(order, now: call.now)
            certificates.change(certificate.id) { $0.note(.init(at: call.now, user: call.caller.name, action: "Enrolled")) }
            answer.certificate = certificates[certificate.id]
            return
        }
        // The key of a request that waits is always kept, or nobody would ever get it.
        order.key = retained
        requests.highest += 1
        let request = CertificateRequest(order, id: requests.highest, submitted: call.now)
        requests.waiting.put(request, at: request.id)
        answer.request = request
    }

    /// The private key of a certificate that the server keeps; `nil` if there is none.
    func key(of certificate: Certificate) -> PrivateKey? {
        switch certificate.key {
        case nil: nil
        case .given(let pkcs8): PrivateKey(pkcs8: pkcs8)
        case .made(let number): certificate.content.keyKind.flatMap { PrivateKey($0, seed: identifiers.seed, number: number) }
        }
    }

    /// A password as the server makes it: 12 letters and digits.
    mutating func newPassword() -> String {
        let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789")
        return String(identifiers.next(.certificate).text.utf8.prefix(12).enumerated().map { letters[(Int($1) * 7 + $0) % letters.count] })
    }
}
