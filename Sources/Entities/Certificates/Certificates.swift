public import Base
public import HashTreeCollections

/// All certificates of a world, found by id, thumbprint, serial number and request.
public struct Certificates: Sendable {
    /// By CertificateId.
    public private(set) var table = Table<Int, Certificate>(sortedBy: { $0.id < $1.id })
    private var thumbprints = TreeDictionary<String, Int>()
    /// Authorities number their certificates each for itself, so that several may have one serial number.
    private var serials = TreeDictionary<String, [Int]>()
    private var requests = TreeDictionary<Int, Int>()
    /// The CertificateIds of those that are revoked or on hold.
    public private(set) var revoked = TreeSet<Int>()
    private var authorities = TreeDictionary<String, Int>()
    /// By CertificateId, the stores that held the certificate; some may hold it no longer.
    private var holders = TreeDictionary<Int, Set<GUID>>()
    /// How many certificates have each metadata field.
    private var fieldUses = TreeDictionary<String, Int>()
    /// How many inventory entries there have been: the last CertStoreInventoryItemId.
    public var items = 0
    /// The highest CertificateId ever given.
    public var highest = 0
    /// How many keys the server has made: the number of the next.
    public var keys = 0
    /// How many serial numbers have been given.
    var serialsGiven = 0
    /// How many enrollments there have been: the last WorkflowReferenceId.
    public var workflows = 0
    /// Who asked for certificates; a RequesterId is the place in this list, counted from 1.
    public private(set) var requesters: [String] = []
    /// How many bytes the names of requesters hold.
    private(set) var requesterBytes = ByteCount()

    /// The most requesters that have a number. Whoever comes later has no RequesterId.
    private static let mostRequesters = 1_000

    /// How many certificates there are.
    public var count: Int { table.count }

    /// A certificate by its CertificateId.
    public subscript(id: Int) -> Certificate? { table[id] }

    /// The next free CertificateId; none is given twice.
    public var nextID: Int { max(highest, table.lastKey ?? 0) + 1 }

    /// A certificate by its thumbprint, in capitals.
    public func find(thumbprint: String) -> Certificate? { thumbprints[thumbprint].flatMap { table[$0] } }

    /// The certificates with a serial number, in capitals.
    public func find(serial: String) -> [Certificate] { (serials[serial] ?? []).compactMap { table[$0] } }

    /// The certificate of an authority with a distinguished name: of several, the first.
    public func authority(named subject: String) -> Certificate? { authorities[subject].flatMap { table[$0] } }

    /// The certificate that a request became.
    public func find(request: Int) -> Certificate? { requests[request].flatMap { table[$0] } }

    /// Whether certificates have values of a metadata field.
    public func use(field: String) -> Bool { fieldUses[field, default: 0] > 0 }

    /// Puts a certificate in, or in the place of the one with its id.
    public mutating func put(_ certificate: Certificate) {
        if let old = table[certificate.id] { forget(old) }
        table.put(certificate, at: certificate.id)
        thumbprints[certificate.thumbprint] = certificate.id
        serials[certificate.serial.uppercased(), default: []].append(certificate.id)
        if let request = certificate.origin.request { requests[request] = certificate.id }
        note(isRevoked: certificate)
        if certificate.content.isAuthority, authorities[certificate.subject] == nil { authorities[certificate.subject] = certificate.id }
        for field in certificate.metadata.keys { fieldUses[field, default: 0] += 1 }
    }

    /// Changes a certificate, but not its names and numbers. Nothing happens if there is none.
    public mutating func change(_ id: Int, _ change: (inout Certificate) -> Void) {
        guard let old = table[id] else { return }
        table.change(id, change)
        if let new = table[id] { note(isRevoked: new) }
        guard let new = table[id], old.metadata.keys != new.metadata.keys else { return }
        for field in old.metadata.keys { fieldUses[field, default: 0] -= 1 }
        for field in new.metadata.keys { fieldUses[field, default: 0] += 1 }
    }

    /// Takes a certificate out, whose id is not given again. Nothing happens if there is none.
    public mutating func remove(_ id: Int) {
        guard let old = table[id] else { return }
        highest = max(highest, table.lastKey ?? 0)
        forget(old)
        revoked.remove(id)
        table.remove(id)
        holders[id] = nil
    }

    private mutating func note(isRevoked certificate: Certificate) {
        if certificate.state == .revoked { revoked.insert(certificate.id) } else { revoked.remove(certificate.id) }
    }

    private mutating func forget(_ old: Certificate) {
        if thumbprints[old.thumbprint] == old.id { thumbprints[old.thumbprint] = nil }
        let serial = old.serial.uppercased()
        serials[serial]?.removeAll { $0 == old.id }
        if serials[serial]?.isEmpty == true { serials[serial] = nil }
        if let request = old.origin.request { requests[request] = nil }
        if authorities[old.subject] == old.id { authorities[old.subject] = nil }
        for field in old.metadata.keys { fieldUses[field, default: 0] -= 1 }
    }

    /// Takes the values of metadata fields that are gone from all certificates.
    public mutating func removeValues(ofFields fields: [String]) {
        for certificate in table.all where fields.contains(where: { certificate.metadata[$0] != nil }) {
            change(certificate.id) { certificate in
                for field in fields { certificate.metadata[field] = nil }
            }
        }
    }

    /// The RequesterId of somebody, who gets one if there is none yet.
    public mutating func requester(_ name: String) -> Int? {
        if let known = requesters.firstIndex(of: name) { return known + 1 }
        guard requesters.count < Self.mostRequesters else { return nil }
        requesters.append(name)
        requesterBytes.add(name.heldBytes + 16)
        return requesters.count
    }

    /// Who has a RequesterId.
    public func requester(_ number: Int?) -> String? {
        guard let number, number >= 1, number <= requesters.count else { return nil }
        return requesters[number - 1]
    }

    /// A certificate and those of the authorities above it, as far as they are known, the certificate first.
    public func chain(of certificate: Certificate) -> [Certificate] {
        var chain = [certificate]
        while let last = chain.last, last.subject != last.issuer, chain.count < Self.longestChain,
            let above = authority(named: last.issuer)
        {
            chain.append(above)
        }
        return chain
    }

    private static let longestChain = 8

    // MARK: Inventories

    /// Notes that a store holds certificates.
    public mutating func note(_ store: GUID, holds entries: [InventoryEntry]) {
        for certificate in entries.flatMap(\.certificates) { holders[certificate, default: []].insert(store) }
    }

    /// The stores that hold a certificate or have held it, in the order of their ids.
    func possibleHolders(of certificate: Int) -> [GUID] { (holders[certificate] ?? []).sorted() }

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

extension Estate {
    /// Deletes a certificate, also from the inventories that show it: an entry of which nothing is left is gone. Nothing happens if there
    /// is none.
    public mutating func removeCertificate(_ id: Int) {
        for store in certificates.possibleHolders(of: id) {
            stores.change(store) { store in
                for place in store.inventory.indices { store.inventory[place].certificates.removeAll { $0 == id } }
                store.inventory.removeAll(where: \.certificates.isEmpty)
            }
        }
        certificates.remove(id)
    }

    /// Where a certificate lies: the stores whose inventory shows it, with the entry and its place in the entry's chain.
    public func locations(of certificate: Int) -> [(store: CertificateStore, entry: InventoryEntry, level: Int)] {
        certificates.possibleHolders(of: certificate).compactMap { stores[$0] }.flatMap { store in
            store.inventory.compactMap { entry in
                entry.certificates.firstIndex(of: certificate).map { (store, entry, $0) }
            }
        }
    }
}
