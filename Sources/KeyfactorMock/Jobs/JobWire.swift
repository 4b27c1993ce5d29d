extension Job {
    /// Writes the job as `POST /OrchestratorJobs/Custom` answers it (JobResponse).
    ///
    /// The documentation's table misspells the last member; every machine-made source and the server say `RequestTimestamp`.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - misspelled: whether to send the documentation's spelling too.
    func write(to writer: inout JSONWriter, misspelled: Bool) {
        writer.object { writer in
            writer.member("JobId", id)
            writer.member("OrchestratorId", order.agent)
            writer.member("JobTypeName", order.type)
            writer.name("Schedule")
            order.schedule.write(to: &writer)
            writer.name("JobFields")
            writer.array(order.fields) { $1.write(to: &$0) }
            writer.member("RequestTimestamp", requested)
            if misspelled { writer.member("RequestTimestmap", requested) }
        }
    }
}

/// Reads what a request for a custom job says.
enum CustomJobRequest {
    /// The members of a ScheduleJobRequest.
    static let members = ["AgentId", "JobTypeName", "Schedule", "JobFields"]

    /// Reads and checks a ScheduleJobRequest.
    ///
    /// - Parameters:
    ///   - body: the request's body, an object.
    ///   - estate: its agents and job types.
    ///   - fidelity: the world's switches.
    /// - Throws: a refusal that names the member at fault.
    /// - Returns: a job to schedule.
    static func read(_ body: JSONValue, _ estate: Estate, _ fidelity: Fidelity) throws(Refusal) -> JobOrder {
        let agent = try agent(body["AgentId"], estate, fidelity)
        let type = try type(body["JobTypeName"], estate, fidelity)
        guard agent.can(type.capability) else {
            throw .badArgument("JobTypeName: the agent '\(agent.machine)' lacks the capability '\(type.capability)'.")
        }
        return JobOrder(
            agent: agent.id, kind: type.kind, type: type.name,
            schedule: try schedule(body["Schedule"], fidelity), fields: try fields(body["JobFields"], of: type),
            customType: type.kind == .custom ? type.id : nil)
    }

    private static func agent(_ value: JSONValue?, _ estate: Estate, _ fidelity: Fidelity) throws(Refusal) -> Agent {
        guard let value, !value.isNull else { throw .badArgument("AgentId: expected an agent's id, found nothing.", member: "AgentId") }
        guard let id = value.guid else {
            throw .badArgument(
                "AgentId: expected a GUID such as 00000000-0000-0000-0000-000000000000, found \(value.shortSource).", member: "AgentId")
        }
        guard let agent = estate.agents[id] else { throw .agentNotFound(id).forUnknownID(fidelity) }
        guard agent.status == .approved else {
            throw .badArgument("AgentId: the agent '\(agent.machine)' is \(agent.status.name), expected an Approved one.")
        }
        return agent
    }

    static func type(_ value: JSONValue?, _ estate: Estate, _ fidelity: Fidelity) throws(Refusal) -> JobType {
        guard let value, !value.isNull else {
            throw .badArgument("JobTypeName: expected a custom job type's name, found nothing.", member: "JobTypeName")
        }
        guard let name = value.text else {
            throw .badArgument("JobTypeName: expected a string, found \(value.kindName).", member: "JobTypeName")
        }
        guard !name.isEmpty else { throw .badArgument("JobTypeName: expected a custom job type's name, found an empty string.") }
        if let type = estate.jobType(named: name) { return type }
        guard ["fetchlogs", "fetch logs"].contains(name.lowercased()) else { throw .jobTypeNotFound(named: name).forUnknownID(fidelity) }
        return .fetchLogs
    }

    /// When the job is to run; Immediate where nothing is said.
    static func schedule(_ value: JSONValue?, _ fidelity: Fidelity) throws(Refusal) -> Schedule {
        switch try Schedule.read(value, fidelity) {
        case .missing: return .immediate
        case .set(let schedule): return schedule
        case .off:
            throw .badArgument(
                "Schedule: a custom job cannot be off; expected one of Immediate, Interval, Daily, Weekly, Monthly, ExactlyOnce.")
        }
    }

    /// The type's fields in their order, each with the value sent or its default.
    static func fields(_ value: JSONValue?, of type: JobType) throws(Refusal) -> [Job.Field] {
        var sent: [(name: String, value: JSONValue)] = []
        if let value, !value.isNull {
            guard value.isObject else { throw .badArgument("JobFields: expected an object, found \(value.kindName).", member: "JobFields") }
            sent = value.members
        }
        var places = [Int](repeating: -1, count: type.fields.count)
        for (index, member) in sent.enumerated() {
            let known =
                type.fields.firstIndex { $0.name == member.name }
                ?? type.fields.firstIndex { $0.name.lowercased() == member.name.lowercased() }
            guard let known else {
                let right = type.fields.isEmpty ? "it has none" : "expected one of \(type.fields.map(\.name).joined(separator: ", "))"
                throw .badArgument("JobFields.\(member.name): the job type '\(type.name)' has no such field; \(right).")
            }
            places[known] = index
        }
        var fields: [Job.Field] = []
        for (field, place) in zip(type.fields, places) {
            let given = place >= 0 && !sent[place].value.isNull ? try text(sent[place].value, field) : nil
            if let text = given ?? field.defaultValue {
                fields.append(Job.Field(name: field.name, value: text))
            } else if field.isRequired {
                throw .badArgument(
                    "JobFields.\(field.name): the job type '\(type.name)' requires this field, and it has no default; found nothing.")
            }
        }
        return fields
    }

    /// A sent value as the text that Command stores. The description says strings; numbers and booleans are sent, and work.
    private static func text(_ value: JSONValue, _ field: JobType.Field) throws(Refusal) -> String {
        let member = "JobFields.\(field.name)"
        guard !value.isObject, !value.isArray else {
            throw .badArgument("\(member): expected a string, a number or a boolean, found \(value.kindName).", member: member)
        }
        let text = value.text ?? value.source
        guard field.type.accepts(text) else {
            throw .badArgument("\(member): expected a value of type \(field.type.name), found \(value.shortSource).")
        }
        return text
    }
}

extension Job.Field {
    /// Writes the field as answers repeat it (JobFieldResponse).
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("JobTypeField", name)
            writer.member("Value", value)
        }
    }
}

extension JobType {
    /// The built-in job that brings an agent's logs. It can be scheduled as a custom job, needs LOGS and has no fields; the name is assumed.
    static let fetchLogs = JobType(id: .empty, name: "FetchLogs", description: "Orchestrator Log Retrieval", fields: [])

    private var isFetchLogs: Bool { id == Self.fetchLogs.id }

    /// What an agent must be able to do: a custom type's own name, or LOGS.
    var capability: String { isFetchLogs ? "LOGS" : name }

    /// What kind of job such a job is.
    var kind: Job.Kind { isFetchLogs ? .fetchLogs : .custom }
}
