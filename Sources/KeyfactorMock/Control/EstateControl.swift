extension Job {
    /// Writes the job as `GET /_mock/jobs` shows it.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - estate: where its agent and its state come from.
    func writeControl(to writer: inout JSONWriter, _ estate: Estate) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("jobType", order.type)
            writer.member("agent", estate.agents[order.agent]?.machine)
            writer.name("schedule")
            order.schedule.write(to: &writer)
            writer.member("state", estate.jobs.state(of: id))
            writer.member("runs", estate.jobs.runs(of: id))
        }
    }
}

extension HistoryEntry {
    /// Writes the last attempt at a job that is over, as `GET /_mock/jobs/over` shows it.
    func writeControl(to writer: inout JSONWriter, _ estate: Estate) {
        writer.object { writer in
            writer.member("id", job.id)
            writer.member("jobType", job.order.type)
            writer.member("agent", agentMachine)
            writer.name("schedule")
            job.order.schedule.write(to: &writer)
            writer.member("state", end == nil ? "unscheduled" : "over")
            writer.member("attempts", estate.jobs.history.entries(of: job.id).count)
            writer.member("result", result.name)
            writer.member("message", message)
            writer.member("ended", end)
        }
    }
}

extension Estate {
    /// Writes the whole estate in the words of scenario files, with ids.
    func writeControl(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.name("agents")
            writer.array(agents.all) { $1.writeControl(to: &$0) }
            writer.name("jobTypes")
            writer.array(jobTypes.all) { $1.writeControl(to: &$0) }
            writer.name("containers")
            writer.array(containers.all) { $1.writeControl(to: &$0, self) }
            writer.name("certificateStores")
            writer.array(stores.all) { $1.writeControl(to: &$0, self) }
        }
    }
}

extension Agent {
    fileprivate func writeControl(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("machine", machine)
            writer.member("username", username)
            writer.member("platform", platform)
            writer.member("version", version)
            writer.member("status", status.name.lowercased())
            writer.name("capabilities")
            writer.array(capabilities) { $0.value($1) }
            writer.member("polls", polls)
        }
    }
}

extension JobType {
    fileprivate func writeControl(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("name", name)
            writer.member("description", description)
            writer.name("fields")
            writer.array(fields) { writer, field in
                writer.object { writer in
                    writer.member("name", field.name)
                    writer.member("type", field.type.name)
                    writer.member("required", field.isRequired)
                    if let text = field.defaultValue { writer.member("default", text) }
                }
            }
        }
    }
}

extension Container {
    fileprivate func writeControl(to writer: inout JSONWriter, _ estate: Estate) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("name", name)
            writer.name("schedule")
            if let schedule { schedule.write(to: &writer) } else { writer.null() }
            if let shortName = storeType.flatMap({ estate.storeTypes[$0]?.shortName }) { writer.member("storeType", shortName) }
            writer.member("overwriteSchedules", overwritesSchedules)
        }
    }
}

extension CertificateStore {
    fileprivate func writeControl(to writer: inout JSONWriter, _ estate: Estate) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("machine", machine)
            writer.member("path", path)
            writer.member("type", estate.storeTypes[type]?.shortName)
            writer.member("agent", agent.flatMap { estate.agents[$0]?.machine })
            writer.member("container", container.flatMap { estate.containers[$0]?.name })
            writer.member("approved", isApproved)
            writer.name("schedule")
            if let schedule { schedule.write(to: &writer) } else { writer.null() }
            writer.name("properties")
            // As the answer to a write has them: texts only, which is what a scenario takes.
            writer.raw(StoreProperties.answered(properties))
            guard !inventory.isEmpty else { return }
            writer.name("inventory")
            let certificates = inventory.flatMap { entry in
                entry.certificates.compactMap { estate.certificates[$0] }.map { (entry: entry, certificate: $0) }
            }
            writer.array(certificates) { $1.certificate.writeControl(to: &$0, $1.entry) }
        }
    }
}

extension Certificate {
    fileprivate func writeControl(to writer: inout JSONWriter, _ entry: InventoryEntry) {
        writer.object { writer in
            writer.member("alias", entry.alias)
            writer.member("id", id)
            writer.member("subject", subject)
            writer.member("issuer", issuer)
            writer.member("serial", serial)
            writer.member("thumbprint", thumbprint)
            writer.member("notBefore", notBefore)
            writer.member("notAfter", notAfter)
            writer.name("parameters")
            writer.raw(entry.parameters)
        }
    }
}
