import CListener

/// Keeps a long body until it is sent, so that it is not copied: an array's elements stay where they are while nobody changes it.
final class KeptBody: Sendable {
    private let body: [UInt8]

    init(_ body: [UInt8]) { self.body = body }

    /// Holds a reference to this, which C gives back.
    var owner: listener_owner {
        unsafe listener_owner(object: Unmanaged.passRetained(self).toOpaque()) { object in
            if let object = unsafe object { unsafe Unmanaged<KeptBody>.fromOpaque(object).release() }
        }
    }
}
