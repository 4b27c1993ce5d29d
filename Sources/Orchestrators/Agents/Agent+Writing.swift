import Base
import Entities
import Model

extension Agent {
    /// Writes the agent as a GET shows it. A test holds it against the model.
    ///
    /// Clients ask for all agents before nearly everything else. Written by its members, one takes 45,000 instructions.
    ///
    /// - Parameters:
    ///   - call: the request.
    ///   - estate: what the agent stands in.
    ///   - writer: what to write to.
    /// - Returns: false, and nothing is written, where its members are to write it, since nulls are left out.
    func isWritten(_ call: Call, _ estate: Estate, to writer: inout JSONWriter) -> Bool {
        guard !writer.style.omitsNulls else { return false }
        let style = writer.style
        let texts = OutputSpan.room(for: machine) + OutputSpan.room(for: username) + OutputSpan.room(for: version)
        writer.part(atMost: 220 + texts, ends: false) { writeHead(style, lastSeen: lastSeen(by: call.now), to: &$0) }
        writer.array(capabilities) { $0.value($1) }
        writer.part(atMost: 240 + OutputSpan.room(for: blueprint ?? ""), begins: false, ends: false) { writeTail(to: &$0) }
        if call.product.traits.agentJobTypes {
            writer.part(atMost: 12, begins: false, ends: false) { $0.append(",\"JobTypes\":") }
            writer.array(capabilities.flatMap { estate.agentJobTypes(for: $0) }) { $1.write(to: &$0) }
        }
        writer.part(atMost: 1, begins: false) { $0.append("}") }
        return true
    }

    private func writeHead(_ style: WireStyle, lastSeen: Timestamp, to out: inout OutputSpan<UInt8>) {
        out.append("{\"AgentId\":")
        out.append(json: id)
        out.append(",\"ClientMachine\":")
        out.append(json: machine)
        out.append(",\"Username\":")
        out.append(json: username)
        out.append(",\"AgentPlatform\":")
        Self.write(platform, style, to: &out)
        out.append(",\"Version\":")
        out.append(json: version)
        out.append(",\"Status\":")
        Self.write(status, style, to: &out)
        out.append(",\"LastSeen\":")
        out.append(json: lastSeen, style.times)
        out.append(",\"Capabilities\":")
    }

    private func writeTail(to out: inout OutputSpan<UInt8>) {
        out.append(",\"Blueprint\":")
        if let blueprint { out.append(json: blueprint) } else { out.append("null") }
        out.append(",\"Thumbprint\":\"\",\"LegacyThumbprint\":\"\",\"AuthCertificateReenrollment\":")
        out.append(json: certificateReenrollment.name)
        out.append(",\"LastThumbprintUsed\":\"\",\"LastErrorCode\":null,\"LastErrorMessage\":null")
    }

    private static func write(_ word: some NamedNumber, _ style: WireStyle, to out: inout OutputSpan<UInt8>) {
        if style.numbers.contains(.agents) { out.append(decimal: word.rawValue) } else { out.append(json: word.name) }
    }
}

extension AgentJobType {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.part(atMost: 120 + OutputSpan.room(for: name) + OutputSpan.room(for: operation)) { out in
            out.append("{\"Name\":")
            out.append(json: name)
            out.append(",\"CertStoreTypeShortName\":\"\",\"CertStoreJobType\":")
            out.append(json: operation)
            out.append(",\"JobTypeId\":")
            out.append(json: id)
            out.append("}")
        }
    }
}
