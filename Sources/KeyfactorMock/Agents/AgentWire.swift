extension Agent {
    /// Writes the agent as `GET /Agents` sends it (AgentResponse).
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - estate: where its capabilities' names come from.
    ///   - product: 25.x also sends the job types.
    ///   - now: the world's time, at which an agent that asks for jobs was there.
    func write(to writer: inout JSONWriter, _ estate: Estate, _ product: ProductVersion, on now: Timestamp) {
        writer.object { writer in
            writer.member("AgentId", id)
            writer.member("ClientMachine", machine)
            writer.member("Username", username)
            writer.number("AgentPlatform", platform, name: Self.platformName(platform))
            writer.member("Version", version)
            writer.number("Status", status.rawValue, name: status.name)
            writer.member("LastSeen", lastSeen ?? now)
            writer.name("Capabilities")
            writer.array(capabilities) { $0.value($1) }
            writer.member("Blueprint", blueprint)
            writer.member("Thumbprint", "")
            writer.member("LegacyThumbprint", "")
            writer.member("AuthCertificateReenrollment", "None")
            writer.member("LastThumbprintUsed", "")
            writer.null("LastErrorCode")
            writer.null("LastErrorMessage")
            guard product.traits.agentJobTypes else { return }
            writer.name("JobTypes")
            writer.array(capabilities.flatMap { estate.agentJobTypes(for: $0) }) { writer, type in
                writer.object { writer in
                    writer.member("Name", type.name)
                    // Recorded as an empty string, whatever the store type.
                    writer.member("CertStoreTypeShortName", "")
                    writer.member("CertStoreJobType", type.operation)
                    writer.member("JobTypeId", type.id)
                }
            }
        }
    }

    private static func platformName(_ platform: Int) -> String {
        let names = ["Unknown", ".NET", "Java", "Mac", "Android", "Native", "Bash", "Universal"]
        return names.indices.contains(platform) ? names[platform] : "Unknown"
    }
}

extension Estate {
    /// What a capability lets an agent do, as `AgentResponse.JobTypes` shows it.
    fileprivate func agentJobTypes(for capability: String) -> [(name: String, operation: String, id: GUID)] {
        if capability.uppercased() == "LOGS" {
            return [("Orchestrator Log Retrieval", "", Identifiers.fixed(.storeJobType, "logs", seed: 0))]
        }
        if let type = jobType(named: capability) { return [(type.name, "", type.id)] }
        guard let type = storeTypes.all.first(where: { $0.capability.lowercased() == capability.lowercased() }) else { return [] }
        return type.operations.map { operation in
            ("\(type.capability) \(operation)", operation, type.jobType(operation))
        }
    }
}
