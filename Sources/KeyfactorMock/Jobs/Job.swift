/// Something an agent is to do: one custom job, asked for by one request.
package final class Job: Sendable {
    /// A field of the job with the value it is given.
    package struct Field: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    package let id: GUID
    package let agent: GUID
    /// The name of its type as Command spells it, whatever the request's case.
    package let type: String
    package let schedule: Schedule
    /// All fields that have a value, defaults filled in, in the order of the type's fields.
    package let fields: [Field]
    /// When it was asked for.
    package let requested: Timestamp

    /// A job that waits for its agent.
    package init(id: GUID, agent: GUID, type: String, schedule: Schedule, fields: [Field], requested: Timestamp) {
        self.id = id
        self.agent = agent
        self.type = type
        self.schedule = schedule
        self.fields = fields
        self.requested = requested
    }
}
