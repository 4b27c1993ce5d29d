public import Base
public import Entities
public import Model

/// The bodies of `POST /OrchestratorJobs/Custom` (create) and `…/Custom/Bulk` (update): a job for one agent or for many.
public struct CustomJobRequest: Modelled {
    private(set) var agent = GUID.empty
    private(set) var agents: [GUID] = []
    private var typeName: JSONValue?
    private var asked: JSONValue?
    private var values: JSONValue?

    static let model = Model<CustomJobRequest>(
        [.create: "ScheduleJobRequest", .update: "ScheduleBulkJobRequest"], blank: { .init() }
    ) {
        Asked("AgentId", .guid, required: "an agent's id", \.agent)
        Asked("OrchestratorIds", .guids(of: "orchestrator"), in: .update, required: "at least one orchestrator id", \.agents)
        Asked(later: "JobTypeName", .text, in: .requests, isRequired: true, \.typeName)
        Asked(later: "Schedule", Schedule.schema, in: .requests, \.asked)
        Asked(later: "JobFields", .map(.either([.text, .integer, .boolean])), in: .requests, \.values)
    }

    private init() {}

    /// Reads a request for one agent by hand: it is one of the two that clients send most. A test holds this reader against the model.
    ///
    /// - Parameters:
    ///   - body: the request's body, an object.
    ///   - fidelity: decides whether unknown members are refused.
    /// - Throws: a refusal that names the member at fault.
    public init(_ body: JSONValue, _ fidelity: Fidelity) throws(Refusal) {
        if fidelity.unknownMembers == .refuse { try body.refuseUnknown(["AgentId", "JobTypeName", "Schedule", "JobFields"]) }
        guard let agent = body["AgentId"], !agent.isNothing else {
            throw .badArgument("AgentId: expected an agent's id, found nothing.", member: "AgentId")
        }
        guard let id = agent.guid else { throw .notAGUID("AgentId", agent.shortSource) }
        guard id != .empty else { throw .badArgument("AgentId: expected an agent's id, found nothing.", member: "AgentId") }
        self.agent = id
        typeName = body["JobTypeName"].flatMap { $0.isNull ? nil : $0 }
        asked = body["Schedule"].flatMap { $0.isNull ? nil : $0 }
        values = body["JobFields"].flatMap { $0.isNull ? nil : $0 }
    }

    /// The job that one agent is to run.
    ///
    /// - Parameters:
    ///   - estate: its agents and job types.
    ///   - fidelity: the world's switches.
    /// - Throws: a refusal that names the member at fault.
    /// - Returns: a job to schedule.
    public func order(_ estate: Estate, _ fidelity: Fidelity) throws(Refusal) -> JobOrder {
        guard let agent = estate.agents[agent] else { throw .agentNotFound(agent).forUnknownID(fidelity) }
        guard agent.status == .approved else {
            throw .badArgument("AgentId: the agent '\(agent.machine)' is \(agent.status.name), expected an Approved one.")
        }
        let type = try type(estate, fidelity)
        guard agent.can(type.capability) else {
            throw .badArgument("JobTypeName: the agent '\(agent.machine)' lacks the capability '\(type.capability)'.")
        }
        return try order(agent.id, type, try schedule(fidelity), try fields(of: type))
    }

    /// The jobs that many agents are to run. An agent that cannot run the job is named, and does not fail the request.
    ///
    /// - Parameters:
    ///   - estate: its agents and job types.
    ///   - fidelity: the world's switches.
    /// - Throws: a refusal of what is wrong whichever the agent.
    /// - Returns: a job for each agent that can run it, in the order named, and the agents that cannot.
    func orders(_ estate: Estate, _ fidelity: Fidelity) throws(Refusal) -> BulkJobOrder {
        let type = try type(estate, fidelity)
        let (schedule, fields) = (try schedule(fidelity), try fields(of: type))
        var bulk = BulkJobOrder(type: type.name, schedule: schedule, fields: fields)
        for id in agents {
            if let agent = estate.agents[id], agent.status == .approved, agent.can(type.capability) {
                bulk.orders.append(try order(id, type, schedule, fields))
            } else {
                bulk.failed.append(id)
            }
        }
        return bulk
    }

    private func order(_ agent: GUID, _ type: JobType, _ schedule: Schedule, _ fields: [Job.Field]) throws(Refusal) -> JobOrder {
        JobOrder(
            agent: agent, kind: type.kind, type: type.name, schedule: schedule, fields: fields,
            customType: type.kind == .custom ? type.id : nil)
    }

    private func type(_ estate: Estate, _ fidelity: Fidelity) throws(Refusal) -> JobType {
        guard let typeName else {
            throw .badArgument("JobTypeName: expected a custom job type's name, found nothing.", member: "JobTypeName")
        }
        guard let name = typeName.text else {
            throw .badArgument("JobTypeName: expected a string, found \(typeName.kindName).", member: "JobTypeName")
        }
        guard !name.isEmpty else { throw .badArgument("JobTypeName: expected a custom job type's name, found an empty string.") }
        if let type = estate.jobType(named: name) { return type }
        guard JobType.isBuiltIn(name) else { throw .jobTypeNotFound(named: name).forUnknownID(fidelity) }
        return .fetchLogs
    }

    /// When the job is to run; Immediate where nothing is said.
    private func schedule(_ fidelity: Fidelity) throws(Refusal) -> Schedule {
        switch try Schedule.read(asked, fidelity) {
        case .missing: return .immediate
        case .set(let schedule): return schedule
        case .off:
            throw .badArgument(
                "Schedule: a custom job cannot be off; expected one of Immediate, Interval, Daily, Weekly, Monthly, ExactlyOnce.")
        }
    }

    /// The type's fields in their order, each with the value sent or its default.
    private func fields(of type: JobType) throws(Refusal) -> [Job.Field] {
        if let values, !values.isObject {
            throw .badArgument("JobFields: expected an object, found \(values.kindName).", member: "JobFields")
        }
        var sent: [JSONValue?] = []
        for _ in type.fields { sent.append(nil) }
        var unknown: String?
        values?.forEachMember { name, value in
            let known =
                type.fields.firstIndex { name.isWritten($0.name) } ?? type.fields.firstIndex { $0.name == name.text }
                ?? type.fields.firstIndex { $0.name.lowercased() == name.text?.lowercased() }
            if let known { sent[known] = value } else { unknown = name.text }
            return known != nil
        }
        if let unknown {
            let right = type.fields.isEmpty ? "it has none" : "expected one of \(type.fields.map(\.name).joined(separator: ", "))"
            throw .badArgument("JobFields.\(unknown): the job type '\(type.name)' has no such field; \(right).")
        }
        var fields: [Job.Field] = []
        for (place, field) in type.fields.enumerated() {
            let given = if let value = sent[place], !value.isNull { try text(value, field) } else { String?.none }
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
    private func text(_ value: JSONValue, _ field: JobType.Field) throws(Refusal) -> String {
        guard !value.isObject, !value.isArray else {
            let member = "JobFields.\(field.name)"
            throw .badArgument("\(member): expected a string, a number or a boolean, found \(value.kindName).", member: member)
        }
        let text = value.text ?? value.source
        guard field.type.accepts(text, value.document.reading) else {
            throw .badArgument("JobFields.\(field.name): expected a value of type \(field.type.name), found \(value.shortSource).")
        }
        return text
    }
}
