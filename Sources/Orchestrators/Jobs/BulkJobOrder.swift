import Base
import Entities
import Model

/// One custom job for many agents, read and checked.
struct BulkJobOrder: Sendable {
    let type: String
    let schedule: Schedule
    let fields: [Job.Field]
    /// A job for each agent that can run it, in the order named.
    var orders: [JobOrder] = []
    /// The agents that cannot.
    var failed: [GUID] = []
}

/// The answer to `POST /OrchestratorJobs/Custom/Bulk`.
struct BulkJobAnswer: Modelled {
    let bulk: BulkJobOrder
    let jobs: [Job]
    let requested: Timestamp

    static let model = Model<BulkJobAnswer>([.written: "BulkJobResponse"]) {
        Member("OrchestratorJobPairs", .list(.object(shownOnly: Pair.model))) { $0.jobs.map { Pair(job: $0) } }
        Member("FailedOrchestratorIds", .list(.guid)) { $0.bulk.failed }
        Member("JobTypeName", .text) { $0.bulk.type }
        Member("Schedule", .schedule) { $0.bulk.schedule }
        Member("JobFields", .list(.object(shownOnly: Job.Field.model))) { $0.bulk.fields }
        Member("RequestTimestamp", .time) { $0.requested }
        Member("RequestTimestmap", .time, optional: { answer, view in view.fidelity.timestampTypo ? answer.requested : nil })
    }

    private struct Pair: Modelled {
        let job: Job

        static let model = Model<Pair> {
            Member("JobId", .guid) { $0.job.id }
            Member("OrchestratorId", .guid) { $0.job.order.agent }
        }
    }
}
