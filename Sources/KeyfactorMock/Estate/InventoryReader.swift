/// Reads the `inventory` of a store in a scenario file.
struct InventoryReader {
    /// The machine, path and type of the store: what is drawn for its certificates depends on them.
    let machine: String
    let path: String
    let type: Int
    let seed: UInt64
    /// What relative times are relative to.
    let now: Timestamp

    /// Reads the entries, and puts their certificates where all are.
    ///
    /// - Parameters:
    ///   - node: the list, checked; `nil` if the store has none.
    ///   - certificates: the certificates of the estate.
    ///   - mistakes: where mistakes go.
    /// - Returns: the entries in the order of lists, without item ids; `nil` if there is no list.
    func entries(_ node: YAMLNode?, _ certificates: inout Certificates, _ mistakes: inout [Mistake]) -> [InventoryEntry]? {
        guard let node else { return nil }
        var entries: [InventoryEntry] = []
        for (index, item) in node.items.enumerated() {
            let alias = item["alias"]?.text ?? ""
            guard let certificate = certificate(item, alias, index, &certificates, &mistakes) else { continue }
            if let known = entries.firstIndex(where: { $0.isNamed(alias) }) {
                entries[known].certificates.append(certificate)
                continue
            }
            entries.append(
                InventoryEntry(alias: alias, certificates: [certificate], item: index, parameters: parameters(item["parameters"])))
        }
        return entries.sorted(by: InventoryEntry.isListedBefore)
    }

    /// The CertificateId of the certificate that an entry describes: one of this thumbprint or id that is there already, or a new one.
    private func certificate(
        _ item: YAMLNode, _ alias: String, _ index: Int, _ certificates: inout Certificates, _ mistakes: inout [Mistake]
    ) -> Int? {
        let key = "\(machine)\n\(path)\n\(type)\n\(alias)\n\(index)"
        let drawn = ["1", "2"].map { Identifiers.fixed(.certificate, key + $0, seed: seed).digits }.joined().uppercased()
        let thumbprint = item["thumbprint"]?.text?.uppercased()
        let id = item["id"]?.integer
        if let known = id.flatMap({ certificates[$0] }) ?? thumbprint.flatMap({ certificates.find(thumbprint: $0) }) {
            guard known.id == id ?? known.id, known.thumbprint == thumbprint ?? known.thumbprint else {
                mistakes.append(
                    Mistake(item.mark, "certificate \(known.id) has the thumbprint \(known.thumbprint) already: another id or thumbprint"))
                return nil
            }
            return known.id
        }
        let notAfter = item["notAfter"]?.time.map { $0.resolved(from: now) } ?? now + .seconds(180 * 86_400)
        let notBefore = item["notBefore"]?.time.map { $0.resolved(from: now) } ?? notAfter + .seconds(-365 * 86_400)
        if notBefore > notAfter { mistakes.append(Mistake(item.mark, "a certificate's notBefore lies behind its notAfter")) }
        let certificate = Certificate(
            id: id ?? certificates.nextID, subject: item["subject"]?.text ?? "CN=\(machine)",
            issuer: item["issuer"]?.text ?? Certificate.standardIssuer, serial: item["serial"]?.text ?? String(drawn.suffix(24)),
            thumbprint: thumbprint ?? String(drawn.prefix(40)), notBefore: notBefore, notAfter: notAfter)
        certificates.put(certificate)
        return certificate.id
    }

    private func parameters(_ node: YAMLNode?) -> String {
        var writer = JSONWriter(capacity: 64)
        writer.object { writer in
            for entry in node?.entries ?? [] {
                writer.name(anyText: entry.key.text ?? "")
                writer.value(entry.value.text ?? "")
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
