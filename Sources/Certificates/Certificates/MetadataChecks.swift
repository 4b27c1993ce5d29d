import Base
public import Entities
import Model

/// What metadata may be, by the metadata fields of the estate.
extension Estate {
    /// A metadata field by its name, without case.
    ///
    /// - Parameters:
    ///   - name: the name.
    ///   - place: where a request says it.
    /// - Throws: a refusal of a name that no field has.
    /// - Returns: the field.
    func metadataField(_ name: String, in place: String) throws(Refusal) -> MetadataField {
        if let field = metadataFields.named(name) { return field }
        let nearest = nearestWord(to: name, among: metadataFields.rows.all.map(\.name)).map { "; did you mean '\($0)'?" } ?? "."
        throw .badArgument("\(place): there is no metadata field '\(name.prefix(60))'\(nearest)", member: place)
    }

    /// Metadata with the fields' names as the fields spell them, if every value fits its field. An empty text fits every field.
    ///
    /// - Parameters:
    ///   - values: what a request says, by name.
    ///   - place: where it says it.
    ///   - rules: what a template or pattern says of the fields differently.
    /// - Throws: a refusal of the first value that does not fit.
    /// - Returns: the values.
    func checked(_ values: [String: String], at place: String, _ rules: [MetadataRule] = []) throws(Refusal) -> [String: String] {
        var checked: [String: String] = [:]
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            let field = try metadataField(name, in: place)
            let rule = rules.first { $0.field == field.id }
            if !value.isEmpty, let mistake = field.mistake(in: value, rule) {
                throw .badArgument("\(place).\(field.name): \(mistake)", member: "\(place).\(field.name)")
            }
            checked[field.name] = value
        }
        return checked
    }

    /// The metadata that an enrollment gives a certificate: what it says, and the defaults of what it does not say.
    ///
    /// - Throws: a refusal if a field that is required has no value.
    func enrolled(_ values: [String: String], _ rules: [MetadataRule]) throws(Refusal) -> [String: String] {
        var all = try checked(values, at: "Metadata", rules).filter { !$0.value.isEmpty }
        for field in metadataFields.rows.all where all[field.name] == nil {
            let rule = rules.first { $0.field == field.id }
            if let standard = rule?.defaultValue ?? field.defaultValue, !standard.isEmpty {
                all[field.name] = standard
            } else if (rule?.enrollment ?? field.enrollment) == .required {
                throw .badArgument(
                    "Metadata.\(field.name): expected a value, since the field is required, found nothing.", member: "Metadata")
            }
        }
        return all
    }
}

extension MetadataField {
    /// What is wrong with a value, in the field's own words where it has some; `nil` if it fits.
    public func mistake(in value: String, _ rule: MetadataRule? = nil) -> String? {
        if let wanted, !accepts(value) { return "expected \(wanted), found '\(value.prefix(60))'." }
        guard let validation = rule?.validation ?? validation, !validation.isEmpty, type != .multipleChoice else { return nil }
        guard let pattern = try? LinearPattern(validation, isCaseSensitive: rule?.isCaseSensitive ?? isCaseSensitive) else { return nil }
        guard !pattern.isFound(in: value) else { return nil }
        let own = rule?.message ?? message ?? ""
        return own.isEmpty ? "'\(value.prefix(60))' does not match the field's regular expression." : own
    }

    private var wanted: String? {
        switch type {
        case .integer: "a whole number of 32 bits"
        case .date: "a date such as 2026-11-27"
        case .boolean: "true or false"
        case .multipleChoice: "one of \(choices.joined(separator: ", "))"
        case .email: "addresses of mail"
        case .string, .bigText: nil
        }
    }

    private var choices: [String] { (options ?? "").split(separator: ",").map { String($0).trimmed } }

    private func accepts(_ value: String) -> Bool {
        switch type {
        case .integer: Int32(value.trimmed) != nil
        case .date: Timestamp(written: value) != nil
        case .boolean: Bool(value.trimmed.lowercased()) != nil
        case .multipleChoice: choices.isEmpty || choices.contains { $0.lowercased() == value.lowercased() }
        case .email:
            value.split(whereSeparator: { ",;".contains($0) }).allSatisfy { address in
                let sides = String(address).trimmed.split(separator: "@", omittingEmptySubsequences: false)
                return sides.count == 2 && sides.allSatisfy { !$0.isEmpty && !$0.contains(" ") }
            }
        case .string, .bigText: true
        }
    }
}
