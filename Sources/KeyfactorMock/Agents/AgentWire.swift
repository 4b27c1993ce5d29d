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
            writer.member("LastSeen", lastSeen(by: now))
            writer.name("Capabilities")
            writer.array(capabilities) { $0.value($1) }
            writer.member("Blueprint", blueprint)
            writer.member("Thumbprint", "")
            writer.member("LegacyThumbprint", "")
            writer.member("AuthCertificateReenrollment", certificateReenrollment.name)
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

extension Agent.CertificateReenrollment {
    /// Reads the member `Status` of a request to set it: a name without case, or the number as .NET reads it.
    ///
    /// - Parameter value: the member's value, `nil` if the body has none.
    /// - Throws: a refusal that names the member.
    /// - Returns: what is asked for.
    static func read(_ value: JSONValue?) throws(Refusal) -> Self {
        let names = allCases.map(\.name).joined(separator: ", ")
        guard let value, !value.isNull else {
            throw .badArgument("Status: expected one of \(names), found nothing.", member: "Status")
        }
        let word = value.text?.lowercased()
        if let known = allCases.first(where: { $0.name.lowercased() == word }) { return known }
        if let number = value.integer ?? word.flatMap({ Int($0) }), let known = Self(rawValue: number) { return known }
        throw .badArgument("Status: expected one of \(names), found \(value.shortSource).", member: "Status")
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
