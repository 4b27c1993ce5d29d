/// An object identifier, kept as DER encodes it.
struct OID: Hashable, Sendable {
    /// The encoding, without tag and length.
    let bytes: [UInt8]

    /// An identifier as it was read.
    init(encoded: ArraySlice<UInt8>) { bytes = Array(encoded) }

    /// An identifier from text such as `2.5.4.3`; `nil` if the text is none.
    init?(_ text: some StringProtocol) {
        let arcs = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (2...64).contains(arcs.count), text.utf8.count <= 256 else { return nil }
        var bytes: [UInt8] = []
        for (index, arc) in arcs.enumerated() where index > 0 {
            // Neither a sign nor zeros before the number: one text for one identifier.
            guard let number = UInt64(arc), number < 1 << 56, String(number) == arc else { return nil }
            guard index == 1 else {
                Self.append(number, to: &bytes)
                continue
            }
            // The first two share one number.
            guard let first = UInt64(arcs[0]), arcs[0].utf8.count == 1, first <= 2, first == 2 || number < 40 else { return nil }
            Self.append(first * 40 + number, to: &bytes)
        }
        self.bytes = bytes
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var shift: UInt64 = 56
        while shift > 0 {
            if number >> shift > 0 { bytes.append(UInt8(truncatingIfNeeded: number >> shift) | 0x80) }
            shift -= 7
        }
        bytes.append(UInt8(number & 0x7F))
    }

    /// The numbers with points between them. A number that is too large for a word is shown without its upper bits.
    var text: String {
        var numbers: [UInt64] = []
        var number: UInt64 = 0
        for byte in bytes {
            number = number << 7 | UInt64(byte & 0x7F)
            guard byte & 0x80 == 0 else { continue }
            if numbers.isEmpty {
                let first = min(number / 40, 2)
                numbers = [first, number - first * 40]
            } else {
                numbers.append(number)
            }
            number = 0
        }
        return numbers.map(String.init).joined(separator: ".")
    }
}

extension OID: ExpressibleByStringLiteral {
    /// An identifier that is written in the code.
    init(stringLiteral text: StaticString) { self = OID(text.description)! }
}
