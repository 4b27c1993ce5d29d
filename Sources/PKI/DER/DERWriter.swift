import Base

/// The tags of ASN.1 types, as DER writes them.
enum Tag {
    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let bits: UInt8 = 0x03
    static let octets: UInt8 = 0x04
    static let null: UInt8 = 0x05
    static let oid: UInt8 = 0x06
    static let enumerated: UInt8 = 0x0A
    static let utf8: UInt8 = 0x0C
    static let printable: UInt8 = 0x13
    static let ia5: UInt8 = 0x16
    static let utcTime: UInt8 = 0x17
    static let generalizedTime: UInt8 = 0x18
    static let bmp: UInt8 = 0x1E
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31

    /// A tag that depends on its place, such as `[0]`, around other nodes.
    static func wrapping(_ number: UInt8) -> UInt8 { 0xA0 | number }
    /// A tag that depends on its place, in place of a simple type's own.
    static func replacing(_ number: UInt8) -> UInt8 { 0x80 | number }
}

/// Writes DER (X.690).
struct DERWriter {
    /// What has been written.
    private(set) var bytes: [UInt8] = []

    /// A writer without bytes.
    init(room: Int = 512) { bytes.reserveCapacity(room) }

    /// The bytes that a closure writes.
    static func bytes(room: Int = 512, _ write: (inout DERWriter) -> Void) -> [UInt8] {
        var writer = DERWriter(room: room)
        write(&writer)
        return writer.bytes
    }

    /// Writes a node with what the closure writes in it.
    @inline(__always)
    mutating func node(_ tag: UInt8, _ content: (inout DERWriter) -> Void) {
        bytes.append(tag)
        bytes.append(0)
        let start = bytes.count
        content(&self)
        close(start)
    }

    /// Sets the length of the node whose content begins at a place.
    private mutating func close(_ start: Int) {
        let length = bytes.count - start
        guard length > 127 else {
            bytes[start - 1] = UInt8(length)
            return
        }
        // What follows moves by the bytes of a long length: a copy of a kilobyte costs less than to measure before writing.
        var (rest, size) = (length, UInt8(0))
        while rest > 0 {
            bytes.insert(UInt8(truncatingIfNeeded: rest), at: start)
            (rest, size) = (rest >> 8, size + 1)
        }
        bytes[start - 1] = 0x80 | size
    }

    /// Writes a node of bytes.
    mutating func node(_ tag: UInt8, _ content: some Collection<UInt8>) {
        node(tag) { $0.raw(content) }
    }

    /// Writes what is DER already.
    mutating func raw(_ other: some Collection<UInt8>) { bytes.append(contentsOf: other) }

    /// Writes nodes in the order that DER wants in a set.
    mutating func sorted(_ nodes: [[UInt8]]) {
        for node in nodes.sorted(by: { $0.lexicographicallyPrecedes($1) }) { raw(node) }
    }

    @inline(__always)
    mutating func sequence(_ content: (inout DERWriter) -> Void) { node(Tag.sequence, content) }

    mutating func oid(_ oid: OID) { node(Tag.oid, oid.bytes) }

    mutating func boolean(_ value: Bool) { node(Tag.boolean, [value ? 0xFF : 0]) }

    mutating func null() { node(Tag.null, []) }

    /// Writes a number that is not negative, the most significant byte first.
    mutating func integer(_ number: [UInt8]) {
        let digits = number[(number.firstIndex { $0 != 0 } ?? number.endIndex)...]
        node(Tag.integer) { writer in
            if digits.first.map({ $0 > 127 }) ?? true { writer.raw([0]) }
            writer.raw(digits)
        }
    }

    mutating func integer(_ number: UInt64) {
        integer((0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) })
    }

    /// Writes a bit string of whole bytes.
    mutating func bits(_ content: some Collection<UInt8>) {
        node(Tag.bits) { writer in
            writer.raw([0])
            writer.raw(content)
        }
    }

    /// Writes an algorithm, with its parameters if it has any.
    mutating func algorithm(_ oid: OID, _ parameters: ((inout DERWriter) -> Void)? = nil) {
        sequence { writer in
            writer.oid(oid)
            parameters?(&writer)
        }
    }

    /// Writes a time to the second: of the years 1950 to 2049 with two digits of the year, as X.509 asks, unless it must be long.
    mutating func time(_ moment: Timestamp, isLong: Bool = false) {
        let parts = moment.parts
        let seconds = Int(moment.timeOfDay / Timestamp.ticksPerSecond)
        let isShort = !isLong && (1950...2049).contains(parts.year)
        node(isShort ? Tag.utcTime : Tag.generalizedTime) { writer in
            if !isShort { writer.digits(parts.year / 100) }
            for number in [parts.year % 100, parts.month, parts.day, seconds / 3600, seconds / 60 % 60, seconds % 60] {
                writer.digits(number)
            }
            writer.raw([UInt8(ascii: "Z")])
        }
    }

    /// Two digits.
    private mutating func digits(_ number: Int) {
        bytes.append(UInt8(ascii: "0") + UInt8(number / 10))
        bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}
