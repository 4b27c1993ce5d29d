/// Reads what a request says about a custom job type (JobTypeCreateRequest and JobTypeUpdateRequest).
enum JobTypeRequest {
    /// The members of both; the request to update has Id too.
    static let members = ["JobTypeName", "Description", "JobTypeFields"]

    /// Reads and checks the members of a job type.
    ///
    /// - Parameters:
    ///   - body: the request's body, an object.
    ///   - id: the id of the type to replace; `nil` for a new one.
    ///   - estate: the job types whose names are taken.
    ///   - fidelity: decides whether unknown members are refused.
    /// - Throws: a refusal that names the member at fault.
    /// - Returns: the type; a new one has the empty GUID.
    static func read(_ body: JSONValue, replacing id: GUID?, _ estate: Estate, _ fidelity: Fidelity) throws(Refusal) -> JobType {
        let name = try name(body["JobTypeName"], "JobTypeName", "a name without blanks")
        guard !name.contains(where: \.isWhitespace) else {
            throw .badArgument("JobTypeName: expected a name without blanks, found '\(name.prefix(60))'.")
        }
        if let other = estate.jobType(named: name), other.id != id { throw .alreadyExists("job type", "JobTypeName", other.name) }
        let description = body["Description"].flatMap { $0.isNull ? nil : $0 }
        guard description?.isString ?? true else {
            throw .badArgument("Description: expected a string, found \(description?.kindName ?? "").", member: "Description")
        }
        return JobType(
            id: id ?? .empty, name: name, description: description?.text ?? "", fields: try fields(body["JobTypeFields"], fidelity))
    }

    private static func name(_ value: JSONValue?, _ path: String, _ expected: String) throws(Refusal) -> String {
        guard let value, !value.isNull else { throw .badArgument("\(path): expected \(expected), found nothing.", member: path) }
        guard let text = value.text else { throw .badArgument("\(path): expected a string, found \(value.kindName).", member: path) }
        guard !text.isEmpty else { throw .badArgument("\(path): expected \(expected), found an empty string.") }
        return text
    }

    private static func fields(_ value: JSONValue?, _ fidelity: Fidelity) throws(Refusal) -> [JobType.Field] {
        guard let value, !value.isNull else { return [] }
        guard value.isArray else {
            throw .badArgument("JobTypeFields: expected an array, found \(value.kindName).", member: "JobTypeFields")
        }
        var (fields, names): ([JobType.Field], Set<String>) = ([], [])
        for (index, element) in value.elements.enumerated() {
            let field = try field(element, "JobTypeFields[\(index)]", fidelity)
            guard names.insert(field.name.lowercased()).inserted else {
                throw .badArgument("JobTypeFields[\(index)].Name: a field '\(field.name)' stands before; names are compared without case.")
            }
            fields.append(field)
        }
        return fields
    }

    private static func field(_ value: JSONValue, _ path: String, _ fidelity: Fidelity) throws(Refusal) -> JobType.Field {
        guard value.isObject else { throw .badArgument("\(path): expected an object, found \(value.kindName).", member: path) }
        if fidelity.unknownMembers == .refuse { try value.refuseUnknown(["Name", "Type", "DefaultValue", "Required"], path) }
        let name = try name(value["Name"], path + ".Name", "a field's name")
        let type = try type(value["Type"], path + ".Type")
        let standard = try defaultValue(value["DefaultValue"], of: type, path + ".DefaultValue")
        let required = value["Required"].flatMap { $0.isNull ? nil : $0 }
        guard required == nil || required?.boolean != nil else {
            throw .badArgument(
                "\(path).Required: expected true or false, found \(required?.shortSource ?? "").", member: path + ".Required")
        }
        return JobType.Field(name: name, type: type, isRequired: required?.boolean ?? false, defaultValue: standard)
    }

    /// A type as a name without case or as a number, also a number in quotes, as .NET reads enums.
    private static func type(_ value: JSONValue?, _ path: String) throws(Refusal) -> JobType.FieldType {
        let right = "one of " + JobType.FieldType.allCases.map { "\($0.name) (\($0.rawValue))" }.joined(separator: ", ")
        guard let value, !value.isNull else { throw .badArgument("\(path): expected \(right), found nothing.", member: path) }
        let word = value.text?.lowercased()
        if let known = JobType.FieldType.allCases.first(where: { $0.name.lowercased() == word }) { return known }
        if let number = value.integer ?? word.flatMap({ Int($0) }), let known = JobType.FieldType(rawValue: number) { return known }
        throw .badArgument("\(path): expected \(right), found \(value.shortSource).", member: path)
    }

    /// A default as text. Clients send strings, numbers and booleans; an empty string is a default for strings only, as assumed.
    private static func defaultValue(_ value: JSONValue?, of type: JobType.FieldType, _ path: String) throws(Refusal) -> String? {
        guard let value, !value.isNull else { return nil }
        guard !value.isObject, !value.isArray else {
            throw .badArgument("\(path): expected a string, a number or a boolean, found \(value.kindName).", member: path)
        }
        let text = value.text ?? value.source
        if text.isEmpty, type != .string { return nil }
        guard type.accepts(text) else { throw .badArgument("\(path): expected a value of type \(type.name), found \(value.shortSource).") }
        return text
    }
}
