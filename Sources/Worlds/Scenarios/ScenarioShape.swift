import Base
import Command
import Entities
import Journal
import Model
import Orchestrators
import Rules
public import ScenarioFormat

/// What a scenario file may say. The reader checks files with it, and the JSON Schema is written from it.
public enum ScenarioShape {
    /// A whole file.
    public static let scenario = Shape.object(
        "a scenario",
        fields: [
            .init("scenario", .text(), about: "the scenario's name"),
            .init("seed", .integer(0...Int.max), about: "every drawn GUID comes from it; default 1"),
            .init(
                "client", .orNull(.word(ClientPreset.all.map(\.name))),
                about: "the client that is tested: switches and release are as it needs them where the scenario says nothing"),
            .init("product", product, about: "the release of Command that is simulated; default the client's, or \"25.4\""),
            .init(
                "basePath", .oneOf([path, .list(path)], "a path such as /KeyfactorAPI, or a list of them"),
                about: "where the API is served: one path beside /KeyfactorAPI and /Keyfactor/API, or a list instead of them"),
            .init("fidelity", Fidelity.shape, about: "switches for what nobody could establish, or what a client needs otherwise"),
            .init("auth", auth, about: "who is let in"),
            .init("clock", clock, about: "the world's time"),
            .init("estate", EstateFile.shape, about: "what exists in Command at the beginning"),
            .init(
                "progress", .list(.named("script") { Progress.shape }),
                about: "how jobs move on once an agent has picked them up; the first that matches counts"
            ),
            .init("rules", .list(Rule.shape), about: "what goes wrong; the first that matches and is due strikes"),
            .init("expect", .list(Expectation.shape), about: "what must have happened in the end"),
        ])

    private static let product = Shape.oneOf(
        [.quotedText(releases, pattern: ProductVersion.allCases.map { $0.rawValue.replacing(".", with: "\\.") }.joined(separator: "|"))],
        releases)

    private static let releases = "a release in quotes: \(ProductVersion.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))"

    private static let path = Shape.text(
        "a path such as /KeyfactorAPI, not below /_mock or /w",
        pattern: "(/(?!_[mM][oO][cC][kK](/|$)|[wW](/|$))[A-Za-z0-9._~-]+)(/[A-Za-z0-9._~-]+)*")

    private static func words<Switch: CaseIterable & RawRepresentable<String>>(_: Switch.Type) -> Shape {
        .word(Switch.allCases.map(\.rawValue))
    }

    private static let permissions = Field(
        "permissions", .list(.text("a permission such as /agents/management/read/ or *", pattern: "/.*|\\*")),
        about: "what the caller may do; everything if left out, unless it has roles")

    private static let roles = Field(
        "roles", .list(.text("the name of a role", length: 1...128)),
        about: "the names of the caller's roles in the estate, whose permissions it has in addition")

    private static let world = Field(
        "world", .text("a world's name", pattern: "[A-Za-z0-9._-]{1,64}"), about: "the world of the caller's requests that name none")

    private typealias Field = Shape.Field

    private static let clock = Shape.object(
        "a clock",
        fields: [
            .init("start", .time, about: "the time to begin with, or how far from the wall clock's; default the wall clock's"),
            .init("mode", words(WorldClock.Mode.self), about: "running (default), frozen, or scaled with a rate"),
            .init("rate", .number(0.001...1_000_000), about: "world seconds in a wall-clock second"),
        ])

    private static let auth = Shape.object(
        "auth",
        fields: [
            .init("mode", words(AccessPolicy.Mode.self), about: "which credentials count; default any"),
            .init(
                "users",
                .list(
                    .object(
                        "a user",
                        fields: [
                            .init("name", .text("a user", length: 1...256), required: true, about: "DOMAIN\\user, user@DOMAIN or user"),
                            .init("password", .text(), required: true, about: "the password"),
                            permissions, roles, world,
                        ])), about: "who may log in with Basic"),
            .init(
                "clients",
                .list(
                    .object(
                        "a client",
                        fields: [
                            .init("id", .text("a client id", length: 1...256), required: true, about: "the OAuth client's id"),
                            .init("secret", .text(), required: true, about: "its secret"),
                            permissions, roles, world,
                        ])), about: "who may ask the token endpoint for a token"),
            .init(
                "tokens", .object("tokens", fields: [.init("expiresIn", .duration, about: "how long a token lives; default 1h")]),
                about: "how tokens are given out"),
        ])
}
