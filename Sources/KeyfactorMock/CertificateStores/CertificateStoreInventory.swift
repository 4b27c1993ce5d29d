import MicroHTTP

/// What stores hold: `GET /CertificateStores/{id}/Inventory` and `GET /CertificateStores/Inventory`.
enum CertificateStoreInventory {
    private static let needs = Need.containers(.storesRead)

    static let all: [Endpoint] = [
        Endpoint(.get, "/CertificateStores/{id}/Inventory", needs: needs, ofOne),
        Endpoint(.get, "/CertificateStores/Inventory", since: .v25, needs: needs, ofAll),
    ]

    /// Documented: paged and sorted, without a QueryString. Default sort is assumed: Name.
    static func ofOne(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let id = try call.guid("id")
        guard let store = estate.stores[id] else { throw .storeNotFound(id).forUnknownID(call.fidelity) }
        try call.require(.storesRead, container: store.container)
        let rows = GatheredRows(all: store.inventory.map { InventoryRow(store: store, entry: $0) })
        let page = try call.page(of: rows, fields: InventoryFields.own, defaultSort: "Name", takesQuery: false)
        return .reply(call.list(page) { $1.write(to: &$0, estate) })
    }

    /// Paged, sorted and queried by analogy. Default order is assumed: that of the stores, then Name.
    static func ofAll(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let permissions = call.caller.permissions
        let stores = estate.stores.all.filter { !$0.inventory.isEmpty && permissions.allow(.storesRead, container: $0.container) }
        let rows = GatheredRows(all: stores.flatMap { store in store.inventory.map { InventoryRow(store: store, entry: $0) } })
        let page = try call.page(of: rows, fields: InventoryFields.all(estate), defaultSort: nil)
        return .reply(call.list(page) { $1.write(to: &$0, estate) })
    }
}

/// An entry of an inventory with the store that it lies in.
struct InventoryRow: Sendable {
    let store: CertificateStore
    let entry: InventoryEntry

    /// Writes the entry (CertificateStoreInventoryResponse): one for each alias, with its chain.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - estate: where the certificates are.
    func write(to writer: inout JSONWriter, _ estate: Estate) {
        writer.object { writer in
            writer.member("Name", entry.alias)
            writer.name("Certificates")
            writer.array(entry.certificates.compactMap { estate.certificates[$0] }) { writer, certificate in
                certificate.write(to: &writer, item: entry.item)
            }
            writer.name("Parameters")
            writer.raw(entry.parameters)
            writer.member("CertStoreId", store.id)
        }
    }
}

extension Certificate {
    /// Writes the certificate as part of an inventory (CertificateStoreInventoryCertificateResponse).
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - item: the entry that it stands in.
    fileprivate func write(to writer: inout JSONWriter, item: Int) {
        writer.object { writer in
            writer.member("Id", id)
            writer.member("IssuedDN", subject)
            writer.member("SerialNumber", serial)
            writer.member("NotBefore", notBefore)
            writer.member("NotAfter", notAfter)
            writer.member("SigningAlgorithm", algorithm)
            writer.member("IssuerDN", issuer)
            writer.member("Thumbprint", thumbprint)
            writer.member("CertStoreInventoryItemId", item)
            // Assumed: 1 is an active certificate.
            writer.member("CertState", 1)
            writer.name("Metadata")
            writer.object { _ in }
        }
    }
}

/// What inventories can be filtered and sorted by; assumed.
enum InventoryFields {
    /// What one store's inventory can be sorted by.
    static let own: [QueryField<InventoryRow>] = [
        QueryField("Name", .text, aliases: ["Alias"]) { .text($0.entry.alias) },
        QueryField("CertStoreInventoryItemId", .number) { .number($0.entry.item) },
    ]

    /// What all stores' inventory can be filtered and sorted by: as stores, and CertStoreId.
    static func all(_ estate: Estate) -> [QueryField<InventoryRow>] {
        own + CertificateStoreFields.all(estate).map { $0.of { $0.store } }
    }
}
