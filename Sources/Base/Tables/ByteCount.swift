/// About how many bytes something holds, kept up to date with every change, so that nobody has to walk it.
public struct ByteCount: Sendable, Equatable {
    /// How many it holds now.
    public private(set) var held = 0
    /// How many were ever put in. Of what two copies hold, no more than each has put in itself is its own.
    public private(set) var written = 0

    /// Nothing.
    public init() {}

    /// Counts something that was put in.
    public mutating func add(_ bytes: Int) {
        held += bytes
        written += bytes
    }

    /// Counts something that was taken out.
    public mutating func remove(_ bytes: Int) { held -= bytes }

    /// Counts what was put into something that this one replaces.
    mutating func follow(_ before: ByteCount) { written += before.written }

    /// Both together.
    public static func + (one: ByteCount, other: ByteCount) -> ByteCount {
        var sum = one
        (sum.held, sum.written) = (one.held + other.held, one.written + other.written)
        return sum
    }
}

/// Something that says about how many bytes it holds outside itself: its texts and lists. Every row of a table does.
public protocol HoldsBytes {
    /// About how many bytes it holds outside itself.
    var heldBytes: Int { get }
}

extension String: HoldsBytes {
    /// Short texts are kept without memory of their own; others have a header.
    public var heldBytes: Int { utf8.count <= 15 ? 0 : utf8.count + 32 }
}

extension Optional: HoldsBytes where Wrapped: HoldsBytes {
    /// Nothing holds nothing.
    public var heldBytes: Int { self?.heldBytes ?? 0 }
}

extension Array: HoldsBytes where Element: HoldsBytes {
    /// The elements, and what they hold.
    public var heldBytes: Int { isEmpty ? 0 : reduce(32 + count * MemoryLayout<Element>.stride) { $0 + $1.heldBytes } }
}

extension Int: HoldsBytes {
    /// A number holds nothing.
    public var heldBytes: Int { 0 }
}
