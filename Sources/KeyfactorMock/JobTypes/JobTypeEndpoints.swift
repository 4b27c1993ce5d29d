import MicroHTTP

/// What can be asked about custom job types.
enum JobTypeEndpoints {
    static let all: [Endpoint] = [
        Endpoint(.get, "/JobTypes/Custom", needs: .agentsRead, list),
        Endpoint(.get, "/JobTypes/Custom/{id}", needs: .agentsRead, get),
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

    /// Assumed: no source names the fields of this list.
    static let fields: [QueryField<JobType>] = [
        QueryField("Id", .guid, isKey: true) { .guid($0.id) },
        QueryField("JobTypeName", .text, aliases: ["Name"]) { .text($0.name) },
        QueryField("Description", .text) { .text($0.description) },
    ]
}
