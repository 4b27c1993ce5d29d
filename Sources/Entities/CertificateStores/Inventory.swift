public import Base
import HashTreeCollections

/// A certificate that Command has seen in a store, or heard of in a request.
public struct Certificate: Sendable {
    /// Its CertificateId.
    public let id: Int
    /// The distinguished name of its owner: Command's IssuedDN.
    public var subject: String
    /// The distinguished name of the authority that issued it.
    public var issuer: String
    /// Its serial number, in hexadecimal digits.
    public var serial: String
    /// 40 hexadecimal digits.
    public var thumbprint: String
    /// The first moment at which it is valid.
    public var notBefore: Timestamp
    /// The last moment at which it is valid.
    public var notAfter: Timestamp
    /// The signing algorithm, as Command names it.
    public var algorithm = "sha256RSA"

    /// The issuer of certificates that nobody described.
    public static let standardIssuer = "CN=Example Issuing CA"

    /// A certificate by its parts.
    public init(
        id: Int, subject: String, issuer: String, serial: String, thumbprint: String, notBefore: Timestamp, notAfter: Timestamp,
        algorithm: String = "sha256RSA"
    ) {
        self.id = id
        self.subject = subject
        self.issuer = issuer
        self.serial = serial
        self.thumbprint = thumbprint
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.algorithm = algorithm
    }
}

/// All certificates of a world, by id and by thumbprint.
public struct Certificates: Sendable {
    /// By CertificateId.
    public private(set) var table = Table<Int, Certificate>(sortedBy: { $0.id < $1.id })
    private var ids = TreeDictionary<String, Int>()
    /// How many inventory entries there have been: the last CertStoreInventoryItemId.
    public var items = 0

    /// A certificate by its CertificateId.
    public subscript(id: Int) -> Certificate? { table[id] }

    /// The next free CertificateId.
    public var nextID: Int { (table.lastKey ?? 0) + 1 }

    /// A certificate by its thumbprint, in capitals.
    public func find(thumbprint: String) -> Certificate? { ids[thumbprint].flatMap { table[$0] } }

    /// Puts a certificate in, or in the place of the one with its id.
    public mutating func put(_ certificate: Certificate) {
        table.put(certificate, at: certificate.id)
        ids[certificate.thumbprint] = certificate.id
    }

    /// A new entry of an inventory.
    ///
    /// - Parameters:
    ///   - alias: its name in the store.
    ///   - certificates: the CertificateIds of its chain.
    ///   - parameters: its entry parameters, a JSON object as text.
    /// - Returns: the entry, with an item id that no other has.
    mutating func entry(_ alias: String, _ certificates: [Int], parameters: String = "{}") -> InventoryEntry {
        items += 1
        return InventoryEntry(alias: alias, certificates: certificates, item: items, parameters: parameters)
    }

    /// The same entries for a store of their own, with the item ids that they have, or with new ones.
    public mutating func entries(_ entries: [InventoryEntry]) -> [InventoryEntry] {
        entries.map { known in
            guard known.item > 0 else { return entry(known.alias, known.certificates, parameters: known.parameters) }
            items = max(items, known.item)
            return known
        }
    }
}

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
            put(madeUp(certificates.nextID, subject: subject, at: moment), in: id, as: alias)
        }
        return step
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

    /// A certificate of which nothing is known but what is given; valid for a year.
    private mutating func madeUp(_ id: Int, subject: String, at moment: Timestamp) -> Certificate {
        let digits = (identifiers.next(.certificate).digits + identifiers.next(.certificate).digits).uppercased()
        let certificate = Certificate(
            id: id, subject: subject, issuer: Certificate.standardIssuer, serial: String(digits.suffix(24)),
            thumbprint: String(digits.prefix(40)), notBefore: moment, notAfter: moment + .seconds(365 * 86_400))
        certificates.put(certificate)
        return certificate
    }

    private mutating func put(_ certificate: Certificate, in store: GUID, as alias: String?) {
        let entry = certificates.entry(alias ?? certificate.thumbprint, [certificate.id])
        stores.change(store) { store in
            store.inventory.removeAll { $0.isNamed(entry.alias) }
            store.inventory.append(entry)
            store.inventory.sort(by: InventoryEntry.isListedBefore)
        }
    }
}

extension Certificate: HoldsBytes {
    /// Its texts, and its place among the thumbprints.
    public var heldBytes: Int { subject.heldBytes + issuer.heldBytes + serial.heldBytes + thumbprint.heldBytes + algorithm.heldBytes + 64 }
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
    public var digits: String { text.replacing("-", with: "") }
}
