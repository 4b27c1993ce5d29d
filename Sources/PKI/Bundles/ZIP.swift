public import Base

/// Archives of a few small files, not compressed.
public enum ZIP {
    /// Makes an archive.
    ///
    /// - Parameters:
    ///   - files: their names, without folders, and what is in them.
    ///   - modified: the time that the files get.
    /// - Returns: the archive.
    public static func make(_ files: [(name: String, bytes: [UInt8])], modified: Timestamp) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for file in files {
            let name = Array(file.name.utf8)
            // Version 2.0, names in UTF-8, stored; then time, hash, both sizes, the name's length, nothing more.
            var head = little(20, 2) + little(0x0800, 2) + little(0, 2) + time(modified) + little(crc32(file.bytes), 4)
            head += little(UInt32(file.bytes.count), 4) + little(UInt32(file.bytes.count), 4) + little(UInt32(name.count), 2) + little(0, 2)
            directory += Array("PK\u{1}\u{2}".utf8) + little(20, 2) + head + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4)
            directory += little(UInt32(archive.count), 4) + name
            archive += Array("PK\u{3}\u{4}".utf8) + head + name + file.bytes
        }
        let end = little(0, 2) + little(0, 2) + little(UInt32(files.count), 2) + little(UInt32(files.count), 2)
        let place = little(UInt32(directory.count), 4) + little(UInt32(archive.count), 4) + little(0, 2)
        return archive + directory + Array("PK\u{5}\u{6}".utf8) + end + place
    }

    private static func little(_ number: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt32(8 * $0)) }
    }

    /// Time and date as MS-DOS has them: every second second, from 1980 to 2107.
    private static func time(_ moment: Timestamp) -> [UInt8] {
        let parts = moment.parts
        let seconds = Int(moment.timeOfDay / Timestamp.ticksPerSecond)
        let time = (seconds / 3600) << 11 | (seconds / 60 % 60) << 5 | (seconds % 60) / 2
        let date = min(max(parts.year - 1980, 0), 127) << 9 | parts.month << 5 | parts.day
        return little(UInt32(time), 2) + little(UInt32(date), 2)
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { hash, byte in
            (0..<8).reduce(hash ^ UInt32(byte)) { hash, _ in hash >> 1 ^ (hash & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}
