import Base
import Entities
import Journal
import MicroHTTP
import Rules
import ScenarioFormat

/// Ids and numbers of what exists.
extension Names {
    /// What is wrong with an id; `nil` if something has it.
    func id(_ name: WrittenName) -> Mistake? {
        switch name.kind {
        case .agentID:
            let agents = estate.agents.all.map { (name: $0.machine, id: $0.id) }
            return id(name, "agent", "agents", { estate.agents[$0] != nil }, agents)
        case .storeID:
            let stores = estate.stores.all.prefix(1_000).map { (name: $0.machine, id: $0.id) }
            return id(name, "certificate store", "certificateStores", { estate.stores[$0] != nil }, stores)
        case .jobTypeID:
            let types = estate.jobTypes.all.map { (name: $0.name, id: $0.id) }
            return id(name, "custom job type", "jobTypes", { estate.jobTypes[$0] != nil }, types)
        default: return nil
        }
    }

    private func id(
        _ name: WrittenName, _ what: String, _ part: String, _ exists: (GUID) -> Bool, _ all: [(name: String, id: GUID)]
    ) -> Mistake? {
        let text = name.text.lowercased()
        if let id = GUID(dotNet: text) {
            if exists(id) || changes.contains(where: { $0[part]?.items.contains { $0["id"]?.text?.lowercased() == text } == true }) {
                return nil
            }
        } else {
            // Nonsense may be sent to see it refused. A name, or an id that was cut, is hardly meant.
            let isCut = text.utf8.count >= 24 && text.allSatisfy { $0.isHexDigit || "-{}()".contains($0) }
            let bearer = all.first { $0.name.lowercased() == text }
            guard isCut || bearer != nil else { return nil }
            let hint = bearer.map { "the id of \($0.name) is '\($0.id.text)'" } ?? Self.did(text, among: all.map(\.id.text))
            return Mistake(name.mark, "'\(Mistake.shortened(name.text))' is no id of \(what == "agent" ? "an" : "a") \(what)", hint: hint)
        }
        // What a client has asked for may have been deleted since.
        if occurs({ $0.request.text($0.request.path).lowercased().contains(text) }) { return nil }
        return Mistake(
            name.mark, "there is no \(what) of the id '\(Mistake.shortened(text))'", hint: Self.did(text, among: all.map(\.id.text)))
    }

    /// What is wrong with the number of a store type or a container; `nil` if something has it, or it stands for none.
    func number(_ name: WrittenName) -> Mistake? {
        guard let number = Int(name.text), number > 0 else { return nil }
        switch name.kind {
        case .storeTypeNumber where estate.storeTypes[number] == nil:
            let known = estate.storeTypes.all.map { "\($0.number) (\($0.shortName))" }
            return Mistake(name.mark, "there is no certificate store type \(number)", hint: "there is " + Mistake.oneOf(known))
        case .containerNumber where estate.containers[number] == nil:
            let known = estate.containers.all.map { "\($0.id) (\($0.name))" }
            return Mistake(
                name.mark, "there is no container \(number)", hint: known.isEmpty ? nil : "there is " + Mistake.oneOf(known))
        default: return nil
        }
    }

    /// The short names of store types.
    var storeTypes: [String] {
        estate.storeTypes.all.map(\.shortName) + changes.flatMap { $0["storeTypes"]?.items ?? [] }.compactMap { $0["shortName"]?.text }
    }
}
