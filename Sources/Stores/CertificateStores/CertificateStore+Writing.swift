import Base
import Entities
import Model

extension CertificateStore {
    /// The most bytes of a store's texts for which room is made ahead.
    private static let longest = 4_096

    /// Writes the store as a GET shows it. A test holds it against the model.
    ///
    /// It is what lists are longest of: a row takes 5,000 instructions in all, where its members take 19,000.
    ///
    /// - Parameters:
    ///   - call: the request.
    ///   - estate: what the store stands in.
    ///   - writer: what to write to.
    /// - Returns: false, and nothing is written, where its members are to write it: it has a secret, long texts, or nulls are left out.
    func isWritten(_ call: Call, _ estate: Estate, to writer: inout JSONWriter) -> Bool {
        let name = container.flatMap { estate.containers[$0]?.name }
        let texts = machine.utf8.count + path.utf8.count + properties.utf8.count + (name?.utf8.count ?? 0)
        guard !hasPassword, texts <= Self.longest, !writer.style.omitsNulls else { return false }
        // Machine and path stand in two members.
        writer.part(atMost: 520 + 12 * texts, ends: false) { writeHead(containerName: name, to: &$0) }
        if let schedule { schedule.shown(on: call.now).write(to: &writer) } else { writer.null() }
        let reenrolled = ReenrollmentStatus.agent(of: self, estate)
        writer.part(atMost: 360, begins: false) { Self.writeTail(reenrolledBy: reenrolled, to: &$0) }
        return true
    }

    private func writeHead(containerName: String?, to out: inout OutputSpan<UInt8>) {
        out.append("{\"Id\":")
        out.append(json: id)
        out.append(",\"ContainerId\":")
        if let container { out.append(decimal: container) } else { out.append("null") }
        out.append(",\"DisplayName\":\"")
        out.append(partOf: machine)
        out.append(" - ")
        out.append(partOf: path)
        out.append("\",\"ClientMachine\":")
        out.append(json: machine)
        out.append(",\"Storepath\":")
        out.append(json: path)
        out.append(",\"CertStoreInventoryJobId\":")
        out.append(json: inventoryJob)
        out.append(",\"CertStoreType\":")
        out.append(decimal: type)
        out.append(",\"Approved\":")
        out.append(json: isApproved)
        out.append(",\"CreateIfMissing\":")
        out.append(json: createsIfMissing)
        out.append(",\"Properties\":")
        out.append(json: properties)
        out.append(",\"AgentId\":")
        out.append(json: agent)
        out.append(",\"AgentAssigned\":")
        out.append(json: agent != nil)
        out.append(",\"ContainerName\":")
        if let containerName { out.append(json: containerName) } else { out.append("null") }
        out.append(",\"InventorySchedule\":")
    }

    private static func writeTail(reenrolledBy agent: GUID?, to out: inout OutputSpan<UInt8>) {
        out.append(",\"ReenrollmentStatus\":{\"Data\":")
        out.append(json: agent != nil)
        out.append(",\"AgentId\":")
        out.append(json: agent)
        out.append(",\"Message\":\"")
        if agent == nil { out.append(ReenrollmentStatus.unsupported) }
        out.append("\",\"JobProperties\":\"\",\"CustomAliasAllowed\":0,\"EntryParameters\":[]}")
        out.append(",\"SetNewPasswordAllowed\":false,\"Password\":null}")
    }
}
