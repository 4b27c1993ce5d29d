internal import Synchronization

/// So many clients may wait for something at the same time.
public final class Places: Sendable {
    /// How many there are.
    public let most: Int
    private let taken = Atomic<Int>(0)

    /// Places that are all free.
    init(_ most: Int) { self.most = most }

    /// A place for one more client; `nil` if all are taken.
    public func take() -> Place? {
        guard taken.wrappingAdd(1, ordering: .relaxed).newValue <= most else {
            taken.wrappingSubtract(1, ordering: .relaxed)
            return nil
        }
        return Place(self)
    }

    /// The place of a client that waits. Given back when nobody holds it any more, also because the client has left.
    public final class Place: Sendable {
        private let places: Places

        fileprivate init(_ places: Places) { self.places = places }

        deinit { places.taken.wrappingSubtract(1, ordering: .relaxed) }
    }
}
