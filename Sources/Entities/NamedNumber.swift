/// An enum that has a number and a name on the wire.
public protocol NamedNumber: RawRepresentable<Int>, CaseIterable, Sendable {
    /// The name that the vendor's documentation uses.
    var name: String { get }
}
