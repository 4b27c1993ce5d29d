import Base
import Entities
public import Model

extension Job: Modelled {
    /// A job as `GET /OrchestratorJobs/ScheduledJobs` lists it (shown), and as the answer to `POST /OrchestratorJobs/Custom` has it (written,
    /// JobResponse).
    ///
    /// The documentation's table misspells the last member; every machine-made source and the server say `RequestTimestamp`. Requested is
    /// plain text in the description, assumed to be a date. AgentId and JobType are queried by scripts; the other query fields are assumed.
    static let model = Model<Job>([.shown: "ScheduledJobResponse", .written: "JobResponse"]) {
        Member("Id", .guid) { $0.id }.only(in: .shown).filtered("JobId", aliases: ["Id"], isKey: true)
        Member("JobId", .guid) { $0.id }.only(in: .written)
        Member("OrchestratorId", .guid) { $0.order.agent }.only(in: .written)
        Member("AgentId", .guid) { $0.order.agent }.queryOnly()
        Member("ClientMachine", .text, nullable: { job, view in view.estate.agents[job.order.agent]?.machine }).only(in: .shown)
            .filtered(aliases: ["Agent"])
        Member("Target", .text, nullable: { $0.order.target }).only(in: .shown).filtered("TargetPath", aliases: ["Target"])
        Member("Schedule", .scheduleOnTheDay, nullable: { $0.order.schedule.unlessImmediate }).only(in: .shown)
        Member("ScheduleType", .text, nullable: { $0.order.schedule.compact }).queryOnly()
        Member("Requested", .time) { $0.requested }.only(in: .shown).filtered()
        Member("JobType", .text) { $0.order.type }.only(in: .shown)
        Member("JobType", .list(.text)) { $0.order.typeAndKind }.queryOnly()
        Member("JobTypeName", .text) { $0.order.type }.only(in: .written)
        Member("Schedule", .schedule) { $0.order.schedule }.only(in: .written)
        Member("JobFields", .list(.object(shownOnly: Job.Field.model))) { $0.order.fields }.only(in: .written)
        Member("RequestTimestamp", .time) { $0.requested }.only(in: .written)
        Member("RequestTimestmap", .time, optional: { job, view in view.fidelity.timestampTypo ? job.requested : nil })
            .only(in: .written)
    }

    /// Writes the job as the answer to `POST /OrchestratorJobs/Custom` by hand: it is one of the two that clients ask for most. A test holds
    /// it against the model.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - misspelled: whether to send the documentation's spelling too.
    func write(to writer: inout JSONWriter, misspelled: Bool) {
        let times = writer.style.times
        writer.part(atMost: 150 + OutputSpan.room(for: order.type), ends: false) { out in
            out.append("{\"JobId\":")
            out.append(json: id)
            out.append(",\"OrchestratorId\":")
            out.append(json: order.agent)
            out.append(",\"JobTypeName\":")
            out.append(json: order.type)
            out.append(",\"Schedule\":")
        }
        order.schedule.write(to: &writer)
        writer.part(atMost: 13, begins: false, ends: false) { $0.append(",\"JobFields\":") }
        writer.array(order.fields) { writer, field in
            writer.part(atMost: 28 + OutputSpan.room(for: field.name), ends: false) { out in
                out.append("{\"JobTypeField\":")
                out.append(json: field.name)
                out.append(",\"Value\":")
            }
            writer.value(field.value)
            writer.part(atMost: 1, begins: false) { $0.append("}") }
        }
        writer.part(atMost: 110, begins: false) { out in
            out.append(",\"RequestTimestamp\":")
            out.append(json: requested, times)
            if misspelled {
                out.append(",\"RequestTimestmap\":")
                out.append(json: requested, times)
            }
            out.append("}")
        }
    }
}

extension Job.Field: Modelled {
    /// A field as answers repeat it (JobFieldResponse).
    static let model = Model<Job.Field> {
        Member("JobTypeField", .text) { $0.name }
        Member("Value", .text) { $0.value }
    }
}

extension HistoryEntry: Modelled {
    /// An attempt as `GET /OrchestratorJobs/JobHistory` sends it (JobHistoryResponse). Query fields as documented for 11.3 to 24.4.
    ///
    /// Result and Status were recorded as names on 10.x; SDKs of 25 read numbers. Immediate shows as null, assumed from the
    /// documentation of ScheduleType.
    static let model = Model<HistoryEntry>([.shown: "JobHistoryResponse"]) {
        Member("JobHistoryId", .number) { $0.id }.filtered()
        Member("AgentId", .guid) { $0.job.order.agent }.queryOnly()
        Member("AgentMachine", .text, nullable: { $0.agentMachine }).filtered("Agent", aliases: ["AgentMachine"])
        Member("JobId", .guid) { $0.job.id }.filtered(isKey: true)
        Member("Schedule", .schedule, nullable: { $0.job.order.schedule.unlessImmediate?.shown(on: $0.start) })
        Member("ScheduleType", .text, nullable: { $0.job.order.schedule.compact }).queryOnly()
        Member("JobType", .text) { $0.job.order.type }
        // The answer has the concrete name, queries in the field ask for the kind: either fits.
        Member("JobType", .list(.text)) { $0.job.order.typeAndKind }.queryOnly()
        Member("OperationStart", .time) { $0.start }.filtered()
        Member("OperationEnd", .time, nullable: { $0.end }).filtered()
        Member("Message", .text, nullable: { $0.message }).filtered()
        Member("Result", .word(.jobHistory)) { $0.result }.filtered()
        Member("Status", .word(.jobHistory)) { $0.status }.filtered()
        Member("StorePath", .text, nullable: { $0.job.order.target }).filtered("TargetPath", aliases: ["StorePath"])
        Member("ClientMachine", .text, nullable: { $0.clientMachine }).filtered()
    }
}

extension JobOrder {
    /// What queries on JobType match: the name of its type, and its kind.
    fileprivate var typeAndKind: [String] { [type, kind.rawValue] }
}

extension Schedule {
    /// The schedule as lists of jobs show it: nothing for immediate.
    fileprivate var unlessImmediate: Schedule? { self == .immediate ? nil : self }
}
