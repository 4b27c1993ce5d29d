/// What the operations of custom job types take and answer.
enum JobTypeDescription {
    static let all: [String: Description] = [
        "GET /JobTypes/Custom": .list(of: jobType),
        "GET /JobTypes/Custom/{id}": .answers(jobType),
        "POST /JobTypes/Custom": .answers(jobType, to: .model("JobTypeCreateRequest", .object(asked))),
        "PUT /JobTypes/Custom": .answers(jobType, to: .model("JobTypeUpdateRequest", .object([.always("Id", .guid)] + asked))),
        "DELETE /JobTypes/Custom/{id}": .done(),
    ]

    private static let fieldType = Schema.word(JobType.FieldType.self, \.name)

    private static let jobType = Schema.model(
        "JobTypeResponse",
        .object([
            .always("Id", .guid), .always("JobTypeName", .text), .always("Description", .text),
            .always(
                "JobTypeFields",
                .array(
                    .object([
                        .always("Name", .text), .always("Type", fieldType), .nullable("DefaultValue", .text), .always("Required", .boolean),
                    ]))),
        ]))

    private static let asked: [Schema.Member] = [
        .always("JobTypeName", .text), .nullable("Description", .text),
        .nullable(
            "JobTypeFields",
            .array(
                .object([
                    .always("Name", .text), .always("Type", fieldType), .nullable("DefaultValue", .either([.text, .integer, .boolean])),
                    .nullable("Required", .boolean),
                ]))),
    ]
}
