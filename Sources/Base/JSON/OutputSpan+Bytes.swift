/// Bytes that are appended as a whole. One by one, each costs several instructions; of a constant, a few are enough for all.
///
/// All check that there is room, as `append(_:)` does.
extension OutputSpan<UInt8> {
    /// Appends a constant.
    ///
    /// - Parameter text: as it stands in the code, without interpolation.
    @inline(__always)
    public mutating func append(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        precondition(length <= freeCapacity)
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            guard let start = buffer.baseAddress else { return }
            unsafe (start + count).update(from: text.utf8Start, count: length)
            count += length
        }
    }

    /// Appends bytes.
    public mutating func append(copying bytes: borrowing Span<UInt8>) {
        precondition(bytes.count <= freeCapacity)
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            unsafe bytes.withUnsafeBufferPointer { source in
                guard let start = buffer.baseAddress, let from = source.baseAddress else { return }
                unsafe (start + count).update(from: from, count: source.count)
                count += source.count
            }
        }
    }

    /// Appends the bytes of a number as they lie in memory: the lowest first.
    @inline(__always)
    mutating func append<Word: FixedWidthInteger & BitwiseCopyable>(bytesOf word: Word) {
        let length = MemoryLayout<Word>.size
        precondition(length <= freeCapacity)
        unsafe withUnsafeMutableBufferPointer { buffer, count in
            guard let start = buffer.baseAddress else { return }
            unsafe UnsafeMutableRawPointer(start + count).storeBytes(of: word.littleEndian, as: Word.self)
            count += length
        }
    }
}
