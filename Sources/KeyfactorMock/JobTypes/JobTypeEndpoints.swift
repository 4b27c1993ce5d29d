import MicroHTTP

/// What can be asked about custom job types, and done to them.
enum JobTypeEndpoints {
    static let all: [Endpoint] = [
        Endpoint(.get, "/JobTypes/Custom", needs: .agentsRead, list),
        Endpoint(.get, "/JobTypes/Custom/{id}", needs: .agentsRead, get),
        Endpoint(.post, "/JobTypes/Custom", needs: .agentsModify, takesBody: true, create),
        Endpoint(.put, "/JobTypes/Custom", needs: .agentsModify, takesBody: true, update),
        Endpoint(.delete, "/JobTypes/Custom/{id}", needs: .agentsModify, delete),
    ]

    static func list(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let page = try call.page(of: estate.jobTypes, fields: fields, defaultSort: "JobTypeName")
        return .reply(call.list(page) { $1.write(to: &$0) })
    }

    static func get(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let id = try call.guid("id")
        guard let type = estate.jobTypes[id] else { throw .jobTypeNotFound(id).forUnknownID(call.fidelity) }
        return .reply(call.object { type.write(to: &$0) })
    }

    /// `POST /JobTypes/Custom`. No agent can run jobs of the type before it has a capability of that name.
    static func create(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let read = try JobTypeRequest.read(try call.object(knowing: JobTypeRequest.members), replacing: nil, estate, call.fidelity)
        let style = call.style
        return .commit { estate in
            let id = estate.identifiers.next(.jobType)
            let type = JobType(id: id, name: read.name, description: read.description, fields: read.fields)
            estate.put(type)
            var writer = JSONWriter(style: style)
            type.write(to: &writer)
            return Reply(200, writer.bytes)
        }
    }

    /// `PUT /JobTypes/Custom`: replaces name, description and fields. Jobs already scheduled keep the name and values that they have.
    static func update(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: ["Id"] + JobTypeRequest.members)
        guard let value = body["Id"], !value.isNull else {
            throw .badArgument("Id: expected a job type's id, found nothing.", member: "Id")
        }
        guard let id = value.guid else {
            throw .badArgument(
                "Id: expected a GUID such as 00000000-0000-0000-0000-000000000000, found \(value.shortSource).", member: "Id")
        }
        guard estate.jobTypes[id] != nil else { throw .jobTypeNotFound(id).forUnknownID(call.fidelity) }
        let type = try JobTypeRequest.read(body, replacing: id, estate, call.fidelity)
        let reply = call.object { type.write(to: &$0) }
        return .commit { estate in
            estate.put(type)
            return reply
        }
    }

    /// `DELETE /JobTypes/Custom/{id}`: refused while a job of the type is scheduled, as assumed. This looks at every job.
    static func delete(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let id = try call.guid("id")
        guard let type = estate.jobTypes[id] else { throw .jobTypeNotFound(id).forUnknownID(call.fidelity) }
        let jobs = estate.jobs.scheduled.all.count { $0.order.customType == id }
        guard jobs == 0 else { throw .jobTypeInUse(type.name, jobs: jobs) }
        return .commit { estate in
            estate.removeJobType(id)
            return Reply(204)
        }
    }

    /// Assumed: no source names the fields of this list.
    static let fields: [QueryField<JobType>] = [
        QueryField("Id", .guid, isKey: true) { .guid($0.id) },
        QueryField("JobTypeName", .text, aliases: ["Name"]) { .text($0.name) },
        QueryField("Description", .text) { .text($0.description) },
    ]
}
