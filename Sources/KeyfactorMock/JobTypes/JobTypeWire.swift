extension JobType {
    /// Writes the job type as `GET /JobTypes/Custom` sends it (JobTypeResponse).
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("Id", id)
            writer.member("JobTypeName", name)
            writer.member("Description", description)
            writer.name("JobTypeFields")
            writer.array(fields) { writer, field in
                writer.object { writer in
                    writer.member("Name", field.name)
                    writer.versioned("Type", field.type.rawValue, name: field.type.name)
                    writer.member("DefaultValue", field.defaultValue)
                    writer.member("Required", field.isRequired)
                }
            }
        }
    }
}
