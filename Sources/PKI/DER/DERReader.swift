import Base

/// Reads DER, one node after the other. Indices are those of the whole, so that mistakes can say where.
struct DERReader {
    /// A node: its tag, what is in it, and all of it.
    struct Node {
        let tag: UInt8
        let content: ArraySlice<UInt8>
        let whole: ArraySlice<UInt8>

        /// What is in it, as nodes.
        var reader: DERReader { DERReader(content) }
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The content of the one node that some bytes are.
    ///
    /// - Throws: if they are not one node with the tag.
    init(_ bytes: [UInt8], _ tag: UInt8) throws(PKIMistake) {
        var outer = DERReader(bytes[...])
        rest = try outer.content(tag)
        guard outer.isAtEnd else { throw PKIMistake("There is more after the end, at byte \(outer.rest.startIndex).") }
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// The tag of the next node; `nil` at the end.
    var tag: UInt8? { rest.first }

    /// Reads the next node.
    mutating func any() throws(PKIMistake) -> Node {
        guard rest.count >= 2 else { throw PKIMistake("It ends early, at byte \(rest.endIndex).") }
        let start = rest.startIndex
        guard rest[start] & 0x1F != 0x1F else { throw PKIMistake("The tag at byte \(start) is not one of X.509 or PKCS.") }
        var (place, length) = (start + 2, Int(rest[start + 1]))
        if length > 127 {
            let size = length - 128
            guard (1...4).contains(size), rest.count >= 2 + size else {
                throw PKIMistake("The length at byte \(start + 1) is not in DER.")
            }
            length = rest[place..<(place + size)].reduce(0) { $0 << 8 | Int($1) }
            place += size
        }
        guard length <= rest.endIndex - place else { throw PKIMistake("The node at byte \(start) is longer than what it is in.") }
        let end = place + length
        defer { rest = rest[end...] }
        return Node(tag: rest[start], content: rest[place..<end], whole: rest[start..<end])
    }

    /// Reads the next node, which must have a tag.
    mutating func node(_ tag: UInt8) throws(PKIMistake) -> Node {
        let place = rest.startIndex
        let node = try any()
        guard node.tag == tag else { throw PKIMistake("There is tag \(node.tag) at byte \(place), where \(tag) belongs.") }
        return node
    }

    mutating func content(_ tag: UInt8) throws(PKIMistake) -> ArraySlice<UInt8> { try node(tag).content }

    mutating func sequence() throws(PKIMistake) -> DERReader { try node(Tag.sequence).reader }

    /// Reads the next node if it has a tag.
    mutating func optional(_ tag: UInt8) throws(PKIMistake) -> Node? { self.tag == tag ? try any() : nil }

    mutating func oid() throws(PKIMistake) -> OID { OID(encoded: try content(Tag.oid)) }

    /// Reads a bit string of whole bytes.
    mutating func bits() throws(PKIMistake) -> ArraySlice<UInt8> {
        let place = rest.startIndex
        let content = try content(Tag.bits)
        guard content.first == 0 else { throw PKIMistake("The bit string at byte \(place) does not have whole bytes.") }
        return content.dropFirst()
    }

    /// Reads a number without its leading zeros.
    mutating func integer() throws(PKIMistake) -> ArraySlice<UInt8> { try content(Tag.integer).drop { $0 == 0 } }

    /// Reads a time in either of the forms that X.509 allows.
    mutating func time() throws(PKIMistake) -> Timestamp {
        let node = try any()
        let digits = node.content.dropLast().map { Int($0) - 48 }
        let isShort = node.tag == Tag.utcTime
        guard isShort || node.tag == Tag.generalizedTime, digits.count == (isShort ? 12 : 14), digits.allSatisfy((0...9).contains),
            node.content.last == UInt8(ascii: "Z")
        else { throw PKIMistake("The time at byte \(node.whole.startIndex) is not written as X.509 asks, to the second and with Z.") }
        let numbers = stride(from: 0, to: digits.count, by: 2).map { digits[$0] * 10 + digits[$0 + 1] }
        let year = isShort ? numbers[0] + (numbers[0] < 50 ? 2000 : 1900) : numbers[0] * 100 + numbers[1]
        let rest = numbers.suffix(5).map { $0 }
        guard let moment = Timestamp(year: year, month: rest[0], day: rest[1], hour: rest[2], minute: rest[3], second: rest[4]) else {
            throw PKIMistake("The time at byte \(node.whole.startIndex) does not exist.")
        }
        return moment
    }
}
