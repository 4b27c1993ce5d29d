public import Base
import PKI

/// What a store holds under one alias.
public struct InventoryEntry: Sendable {
    /// The name of the entry within its store.
    public var alias: String
    /// The CertificateIds of its chain, the certificate itself first.
    public var certificates: [Int]
    /// Its CertStoreInventoryItemId.
    public var item: Int
    /// Its entry parameters, a JSON object as text.
    public var parameters: String

    /// An entry by its parts.
    public init(alias: String, certificates: [Int], item: Int, parameters: String) {
        self.alias = alias
        self.certificates = certificates
        self.item = item
        self.parameters = parameters
    }
}

/// What a job changes in a store's inventory when it succeeds.
public indirect enum InventoryChange: Sendable {
    /// Puts a certificate in; without an alias under its thumbprint.
    case add(alias: String?, certificate: Int, overwrites: Bool)
    /// Takes what has an alias out.
    case remove(alias: String)
    /// Puts a certificate in whose key the agent made.
    case enroll(alias: String?, subject: String)
}

extension Estate {
    /// Lets a job that ends do to its store what it was for.
    ///
    /// Assumed: the inventory shows the change as soon as the job has ended; a real server shows it after the next inventory. A job that
    /// cannot be done, and whose outcome no script decides, fails.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - step: how it ends, as its script has it.
    ///   - moment: when.
    /// - Returns: how it ends.
    public mutating func carryOut(_ job: Job, _ step: Progress.Step, at moment: Timestamp) -> Progress.Step {
        guard let change = job.order.change, let id = job.order.store, let store = stores[id] else { return step }
        guard step.result == nil || step.result == .success || step.result == .warning else { return step }
        if let objection = isFull ? "The mock keeps no more: it holds \(bytes.held) bytes already." : objection(to: change, of: store) {
            guard step.result == nil else { return step }
            var failed = step
            (failed.result, failed.message) = (.failure, failed.message.isEmpty ? objection : failed.message)
            return failed
        }
        switch change {
        case .remove(let alias):
            stores.change(id) { $0.inventory.removeAll { $0.isNamed(alias) } }
        case .add(let alias, let certificate, _):
            let known = certificates[certificate] ?? madeUp(certificate, subject: "CN=certificate-\(certificate)", at: moment)
            put(known, in: id, as: alias)
        case .enroll(let alias, let subject):
            put(enrolled(subject, at: moment), in: id, as: alias)
        }
        return step
    }

    /// The certificates that a job puts into its store, or takes out of it.
    public func certificates(movedBy job: Job) -> [Int] {
        switch job.order.change {
        case .add(_, let certificate, _): [certificate]
        case .remove(let alias):
            job.order.store.flatMap { stores[$0] }?.inventory.filter { $0.isNamed(alias) }.flatMap(\.certificates) ?? []
        case .enroll, nil: []
        }
    }

    private func objection(to change: InventoryChange, of store: CertificateStore) -> String? {
        switch change {
        case .add(let alias?, _, overwrites: false):
            store.inventory.contains { $0.isNamed(alias) } ? "The alias '\(alias)' exists in the store, and Overwrite is false." : nil
        case .remove(let alias):
            store.inventory.contains { $0.isNamed(alias) } ? nil : "The alias '\(alias)' does not exist in the store."
        case .add, .enroll: nil
        }
    }

    /// A certificate for a key that a store's agent made: from the first authority, if there is one.
    private mutating func enrolled(_ subject: String, at moment: Timestamp) -> Certificate {
        guard let authority = authorities.rows.all.first(where: \.isForEnrollment), let name = try? DistinguishedName(subject),
            !name.isEmpty,
            let key = PrivateKey(.ec(.p256), seed: identifiers.seed, number: certificates.keys)
        else { return madeUp(certificates.nextID, subject: subject, at: moment) }
        certificates.keys += 1
        return issue(IssueOrder(authority: authority.id, subject: name, for: key), now: moment)
    }

    /// A certificate of which nothing is known but what is given; valid for a year.
    private mutating func madeUp(_ id: Int, subject: String, at moment: Timestamp) -> Certificate {
        let digits = (identifiers.next(.certificate).digits + identifiers.next(.certificate).digits).uppercased()
        var certificate = Certificate(
            id: id, subject: subject, issuer: Certificate.standardIssuer, serial: String(digits.suffix(24)),
            thumbprint: String(digits.prefix(40)), notBefore: moment, notAfter: moment + .seconds(365 * 86_400))
        certificate.state = .active
        certificates.put(certificate)
        return certificate
    }

    private mutating func put(_ certificate: Certificate, in store: GUID, as alias: String?) {
        let chain = certificates.chain(of: certificate).map(\.id)
        let parameters = certificate.key == nil ? "{}" : #"{"PrivateKeyEntry":"Yes"}"#
        let entry = certificates.entry(alias ?? certificate.thumbprint, chain, parameters: parameters)
        stores.change(store) { store in
            store.inventory.removeAll { $0.isNamed(entry.alias) }
            store.inventory.append(entry)
            store.inventory.sort(by: InventoryEntry.isListedBefore)
        }
        certificates.note(store, holds: [entry])
    }
}

extension InventoryEntry: HoldsBytes {
    /// Its texts, and the numbers of its chain.
    public var heldBytes: Int { alias.heldBytes + parameters.heldBytes + certificates.heldBytes }
}

extension InventoryEntry {
    /// Whether this is its alias; compared without case (assumed).
    public func isNamed(_ alias: String) -> Bool { self.alias.lowercased() == alias.lowercased() }

    /// The order of an inventory.
    static func isListedBefore(_ one: InventoryEntry, _ other: InventoryEntry) -> Bool {
        (one.alias.lowercased(), one.item) < (other.alias.lowercased(), other.item)
    }
}

extension GUID {
    /// The 32 digits without hyphens.
    public var digits: String { String(decoding: text.utf8.filter { $0 != UInt8(ascii: "-") }, as: UTF8.self) }
}
