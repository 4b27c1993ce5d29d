import Base
import Certificates
import Entities
import Issuance
import Model
import ScenarioFormat

/// What is allowed in the part `estate` of a scenario and yet hardly meant: names, queries, expressions and values that fit nothing there.
struct EstateDoubts {
    /// The part `estate`.
    let node: YAMLNode?
    /// What exists at the beginning.
    let estate: Estate
    let product: ProductVersion
    let now: Timestamp

    /// Each doubt with its place and, where there is one, a hint.
    var warnings: [Mistake] {
        guard let node else { return [] }
        let catalogue = collections(node) + fields(node)
        return Array(capabilities(node).prefix(Names.most)) + catalogue.prefix(Names.most) + expressions(node).prefix(Names.most)
            + values(node).prefix(Names.most)
    }

    private func items(_ part: String, of node: YAMLNode) -> [YAMLNode] { node[part]?.items ?? [] }

    /// Capabilities that are nearly the name of a job type or of a store type. An agent may have others, which the mock does not know.
    private func capabilities(_ node: YAMLNode) -> some Sequence<Mistake> {
        let names = ["LOGS"] + estate.jobTypes.all.map(\.name) + estate.storeTypes.all.map(\.capability)
        let known = Set(names.map { $0.lowercased() })
        return items("agents", of: node).lazy.flatMap { $0["capabilities"]?.items ?? [] }.compactMap { written in
            guard let text = written.text, !known.contains(text.lowercased()), let near = nearestWord(to: text, among: names) else {
                return nil
            }
            return Mistake(
                written.mark, "no job type and no store type has the name '\(Mistake.shortened(text))'", hint: "did you mean '\(near)'?")
        }
    }

    /// Queries that cannot be read, and grants to roles that do not exist or of what is no permission.
    private func collections(_ node: YAMLNode) -> [Mistake] {
        items("collections", of: node).flatMap { collection in
            let query = collection["query"].flatMap { written -> Mistake? in
                guard let text = written.text, let mistake = estate.mistake(inQuery: text, product, now: now) else { return nil }
                return Mistake(written.mark, "whoever uses the collection is refused: \(mistake)")
            }
            return [query].compactMap { $0 } + items("grants", of: collection).flatMap(grant)
        }
    }

    private func grant(_ node: YAMLNode) -> [Mistake] {
        let role = node["role"].flatMap { written -> Mistake? in
            guard let id = written.integer, estate.security.roles[id] == nil else { return nil }
            let known = estate.security.roles.slice(from: 0, limit: 12).map { "\($0.id) (\($0.name))" }
            return Mistake(
                written.mark, "the estate has no role with the Id \(id)",
                hint: known.isEmpty ? nil : "there is \(known.joined(separator: ", "))")
        }
        let words = CertificateCollection.Grant.words
        let permissions = items("permissions", of: node).compactMap { written -> Mistake? in
            guard let text = written.text, !words.contains(where: { $0.lowercased() == text.lowercased() }) else { return nil }
            return Mistake(
                written.mark, "there is no permission '\(Mistake.shortened(text))' on collections",
                hint: nearestWord(to: text, among: words).map { "did you mean '\($0)'?" } ?? "one of \(words.joined(separator: ", "))")
        }
        return [role].compactMap { $0 } + permissions
    }

    /// Multiple choices without a choice.
    private func fields(_ node: YAMLNode) -> [Mistake] {
        items("metadataFields", of: node).compactMap { written in
            guard let name = written["name"]?.text, let field = estate.metadataFields.named(name), field.type == .multipleChoice,
                field.options?.trimmed.isEmpty ?? true
            else { return nil }
            return Mistake(
                written.mark, "the multiple choice '\(Mistake.shortened(name))' has no choices and takes every value",
                hint: "write options: 'One,Two'")
        }
    }

    /// Regular expressions that cannot be read: nothing is held against them.
    private func expressions(_ node: YAMLNode) -> some Sequence<Mistake> {
        let holders = items("templates", of: node) + items("enrollmentPatterns", of: node) + (node["enrollmentSettings"].map { [$0] } ?? [])
        let regexes = holders.flatMap { items("regexes", of: $0) }.compactMap { $0["regex"] }
        let fields = items("metadataFields", of: node) + holders.flatMap { items("metadataFields", of: $0) }
        return (regexes + fields.compactMap { $0["validation"] }).lazy.compactMap { written in
            guard let text = written.text, !text.isEmpty else { return nil }
            do throws(LinearPattern.Mistake) {
                _ = try LinearPattern(text, isCaseSensitive: true)
                return nil
            } catch {
                return Mistake(written.mark, "nothing is held against this expression: it \(error.message)")
            }
        }
    }

    /// Metadata that a request could not have: values that do not fit their field, and fields that do not exist.
    private func values(_ node: YAMLNode) -> some Sequence<Mistake> {
        let defaults = items("metadataFields", of: node).map { (name: $0["name"], value: $0["defaultValue"]) }
        let holders = items("templates", of: node) + items("enrollmentPatterns", of: node)
        let overridden = holders.flatMap { items("metadataFields", of: $0) }.map { (name: $0["field"], value: $0["defaultValue"]) }
        let rows = ["certificates", "certificateRequests"].flatMap { items($0, of: node) }
        let given = rows.lazy.flatMap { $0["metadata"]?.entries ?? [] }.map { (name: Optional($0.key), value: Optional($0.value)) }
        let names = estate.metadataFields.rows.all.map(\.name)
        return (Array(defaults) + overridden + given).lazy.compactMap { pair in
            guard let name = pair.name?.text, let value = pair.value, let text = value.text, !text.isEmpty else { return nil }
            guard let field = estate.metadataFields.named(name) else {
                return Mistake(
                    pair.name?.mark ?? value.mark, "there is no metadata field '\(Mistake.shortened(name))'",
                    hint: Names.did(name, among: names))
            }
            return field.mistake(in: text).map { Mistake(value.mark, "the metadata field '\(field.name)' does not take this: \($0)") }
        }
    }
}
