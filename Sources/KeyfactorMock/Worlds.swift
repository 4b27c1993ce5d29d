import MicroHTTP

/// All worlds by name. `default` always exists; it is the only one that requests reach so far.
package final class Worlds: Sendable {
    /// The world of every request that names none.
    package let standard: World

    /// The worlds of a server that starts with a scenario.
    ///
    /// - Parameter scenario: what every world begins as.
    package init(scenario: Scenario) {
        standard = World(name: "default", scenario: scenario)
    }

    /// The world that a request is about.
    ///
    /// - Parameter request: may name a world in `X-Mock-World`.
    /// - Throws: a refusal if it names one that is not there.
    /// - Returns: the world.
    func find(_ request: Request) throws(Refusal) -> World {
        guard let name = request.header("x-mock-world"), name != standard.name else { return standard }
        throw .noOperation("X-Mock-World: there is no world '\(name.prefix(64))'; this version serves the world 'default' alone")
    }
}
