/// The names of this machine itself, in every way in which clients write them. No stranger's page can have one of them: they are addresses,
/// or names that every machine gives to itself.
enum LoopbackName {
    private static let names = [
        "localhost", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback", "localhost.localdomain", "localhost4.localdomain4",
        "localhost6.localdomain6",
    ]

    /// Whether a name is one of them: in lower case, without brackets and without a dot at its end.
    static func isOne(_ name: String) -> Bool {
        if names.contains(name) || name.hasSuffix(".localhost") { return true }
        return name.contains(":") ? isLoopback(groups: name) : isLoopback(numbers: name)
    }

    /// Whether it is an address of 127.0.0.0/8 as `inet_aton` reads one: up to four numbers, decimal, octal or hexadecimal, of which the last
    /// stands for the rest.
    private static func isLoopback(numbers name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...4).contains(parts.count), name.utf8.count <= 48 else { return false }
        let numbers = parts.compactMap(number)
        guard numbers.count == parts.count, let last = numbers.last, last >> UInt64(8 * (5 - parts.count)) == 0,
            numbers.dropLast().allSatisfy({ $0 < 256 })
        else { return false }
        return parts.count == 1 ? last >> 24 == 127 : numbers[0] == 127
    }

    private static func number(_ part: Substring) -> UInt64? {
        guard part.utf8.allSatisfy({ $0 < 0x80 }), part.first?.isHexDigit == true, part.last?.isHexDigit == true else { return nil }
        if part.hasPrefix("0x") { return UInt64(part.dropFirst(2), radix: 16) }
        return part.hasPrefix("0") && part.utf8.count > 1 ? UInt64(part.dropFirst(), radix: 8) : UInt64(part)
    }

    /// Whether it is `::1`, or an address of 127.0.0.0/8 after `::ffff:`, however much of its zeros is written.
    private static func isLoopback(groups name: String) -> Bool {
        guard name.utf8.count <= 48 else { return false }
        var text = name
        // An address of IPv4 at the end stands for the last two groups.
        if let colon = name.lastIndex(of: ":"), name[colon...].contains(".") {
            let bytes = name[colon...].dropFirst().split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
            guard bytes.count == 4 else { return false }
            let words = stride(from: 0, to: 4, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
            text = name[...colon] + words.joined(separator: ":")
        }
        let sides = text.split(separator: "::", omittingEmptySubsequences: false).map { side in
            side.split(separator: ":", omittingEmptySubsequences: !side.isEmpty ? false : true).map { UInt16($0, radix: 16) }
        }
        let written = sides.flatMap(\.self)
        guard (1...2).contains(sides.count), !written.contains(nil), sides.count == 2 ? written.count < 8 : written.count == 8 else {
            return false
        }
        let zeros = [UInt16?](repeating: 0, count: 8 - written.count)
        let groups = (sides[0] + zeros + (sides.count == 2 ? sides[1] : [])).compactMap(\.self)
        guard groups.count == 8, groups[..<5].allSatisfy({ $0 == 0 }) else { return false }
        return groups[5] == 0xFFFF ? groups[6] >> 8 == 127 : groups[5...] == [0, 0, 1]
    }
}
