import Base
import Entities
import PKI

extension IssueOrder {
    /// What an authority is to issue for an enrollment.
    ///
    /// - Parameters:
    ///   - plan: the enrollment.
    ///   - key: the key that the server has made, if it makes one.
    init(_ plan: EnrollmentPlan, key: PrivateKey?) {
        let target = plan.target
        switch plan.key {
        case .sent(let info, let bits, let type, let curve):
            self.init(authority: target.authority.id, subject: plan.subject, publicKey: info, keyType: type, keySize: bits, curve: curve)
        case .made(let kind):
            self.init(
                authority: target.authority.id, subject: plan.subject, publicKey: key?.publicKeyInfo ?? [], keyType: KeyType(kind),
                keySize: kind.bits, curve: kind.curve)
        }
        names = plan.names
        (metadata, owner) = (plan.metadata, plan.owner)
        (origin.template, origin.pattern) = (target.template.id, target.pattern?.id)
        apply(target.template)
    }

    /// What an authority is to issue for a request that was approved.
    init(_ request: CertificateRequest, _ template: Template?) throws(PKIMistake) {
        self.init(
            authority: request.authority, subject: try DistinguishedName(request.subject), publicKey: request.publicKey,
            keyType: request.keyType, keySize: request.keySize, curve: request.curve)
        names = request.names
        (metadata, owner, key) = (request.metadata, request.owner, request.key)
        (origin.template, origin.pattern) = (request.template, request.pattern)
        (origin.requester, origin.request) = (request.requester, request.id)
        if let template { apply(template) }
    }

    private mutating func apply(_ template: Template) {
        days = template.lifetime
        if template.keyUsage != 0 { keyUsage = template.keyUsage }
        extendedKeyUsages = template.extendedKeyUsages.map(\.oid)
    }
}

extension CertificateRequest {
    /// A request that waits for an approval.
    init(_ order: IssueOrder, id: Int, submitted: Timestamp) {
        self.init(
            id: id, subject: order.subject.text, submitted: submitted, authority: order.authority, publicKey: order.publicKey,
            keyType: order.keyType, keySize: order.keySize, curve: order.curve)
        (names, metadata, owner, key) = (order.names, order.metadata, order.owner, order.key)
        (template, pattern, requester) = (order.origin.template, order.origin.pattern, order.origin.requester)
    }
}
