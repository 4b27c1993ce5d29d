/// The estate changes behind the reply, so that the next request meets it changed.
enum Change {
    /// What it looks like in a scenario.
    static let kind = EffectKind(
        key: "change",
        variants: [
            .init(
                name: "a change",
                fields: [.init("change", EstateFile.shape, required: true, about: "merged into the estate behind the reply")])
        ])
}
