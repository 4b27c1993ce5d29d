import MicroHTTP
import Worlds

/// Takes a bell away from its world when nobody waits for it any more, also because the client has left.
final class Watching: Sendable {
    private let world: World
    private let bell: Bell

    /// The wait for a bell that the world already rings.
    init(_ world: World, _ bell: Bell) { (self.world, self.bell) = (world, bell) }

    /// Takes it away.
    func end() { world.withState { $0.unwatch(bell) } }

    deinit { end() }
}
