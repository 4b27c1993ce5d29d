import Base
import Entities
import MicroHTTP
public import Model

/// What can be done with custom job types.
public enum JobTypeOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        [
            JobType.noun.list(
                sortedBy: "JobTypeName", established: "members, field types 1 to 4 (documented)",
                assumed: "the fields it is filtered and sorted by; sorted by name; numbers or names of types by release"),
            JobType.noun.get(established: "members (documented)", assumed: "text and code of the 404"),
        ] + [create, update, delete]

    /// No agent can run jobs of the type before it has a capability of that name.
    private static let create = Operation(
        .post, "/JobTypes/Custom", needs: .agentsModify, takes: Contents.of(JobType.model, .create),
        returns: Contents.of(JobType.model, .shown),
        established: """
            members, 200 with the type (documented); types by name or number, defaults as string, number or boolean (client)
            """,
        assumed: """
            all of its 400s; a name with blanks is one of them, the documentation only advises against it; FetchLogs and the names of jobs \
            on stores, such as PEMInventory, are others
            """
    ) { call, estate throws(Refusal) in
        var type = try call.read(JobType.model)
        try requireOwnName(type, estate)
        return .commit { estate in
            type.id = estate.identifiers.next(.jobType)
            estate.put(type)
            return call.object(type, JobType.model, .shown, estate)
        }
    }

    /// Replaces name, description and fields. Jobs already scheduled keep the name and values that they have.
    private static let update = Operation(
        .put, "/JobTypes/Custom", needs: .agentsModify, takes: Contents.of(JobType.model, .update),
        returns: Contents.of(JobType.model, .shown),
        established: "members, 200 with the type (documented)",
        assumed: "it replaces everything; jobs already scheduled keep name and values"
    ) { call, estate throws(Refusal) in
        let type = try call.read(JobType.model, .update)
        _ = try JobType.noun.find(type.id, .agentsModify, call, estate)
        try requireOwnName(type, estate)
        let reply = call.object(type, JobType.model, .shown, estate)
        return .commit { estate in
            estate.put(type)
            return reply
        }
    }

    /// Refused while a job of the type is scheduled. This looks at every job.
    private static let delete = Operation(
        .delete, "/JobTypes/Custom/{id}", needs: .agentsModify, established: "204 (documented)",
        assumed: "400 while a job of the type is scheduled"
    ) { call, estate throws(Refusal) in
        let type = try JobType.noun.find(.agentsModify, call, estate)
        let jobs = estate.jobs.scheduled.all.count { $0.order.customType == type.id }
        guard jobs == 0 else { throw .jobTypeInUse(type.name, jobs: jobs) }
        return .commit { estate in
            estate.removeJobType(type.id)
            return Reply(204)
        }
    }

    private static func requireOwnName(_ type: JobType, _ estate: Estate) throws(Refusal) {
        if estate.isBuiltInJobType(type.name) { throw .alreadyExists("job type", "JobTypeName", type.name) }
        guard let other = estate.jobType(named: type.name), other.id != type.id else { return }
        throw .alreadyExists("job type", "JobTypeName", other.name)
    }
}
