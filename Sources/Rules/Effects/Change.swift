import Command
import ScenarioFormat

/// Changes the estate after the work, so that the next request sees it changed.
enum Change: Effect {
    static let form = EffectForm(
        key: "change", use: .requests,
        variants: [
            .init(
                name: "a change",
                fields: [.init("change", EstateFile.patch, required: true, about: "merged into the estate after the reply")])
        ])

    static func action(_ node: YAMLNode, for subject: OperationPattern.Subject) -> Action { .changeEstate(node["change"] ?? node) }
}
