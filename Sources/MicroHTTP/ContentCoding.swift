import CZlib

/// Why a body that was sent in a content coding could not be decoded.
public struct ContentCodingMistake: Error, Sendable, Equatable {
    /// 400 for a body that is broken, 413 for one that becomes too long, 415 for a coding that is not known.
    public let status: Int
    /// A sentence that says what is wrong.
    public let message: String
}

/// A way in which bodies are compressed: RFC 9110, section 8.4.1.
enum ContentCoding: String {
    case gzip
    case deflate

    /// Which header zlib is to expect: 31 is gzip's, 15 is zlib's, -15 is none, as some clients send `deflate`.
    private var formats: [Int32] { self == .gzip ? [31] : [15, -15] }

    /// Decodes a body.
    ///
    /// - Parameters:
    ///   - body: the body as it was sent.
    ///   - limit: the most bytes that it may become. No more are decoded.
    /// - Returns: the decoded body.
    /// - Throws: a mistake with status 400 or 413.
    func decode(_ body: ArraySlice<UInt8>, limit: Int) throws(ContentCodingMistake) -> [UInt8] {
        for format in formats {
            switch Self.inflate(body, format, limit: limit) {
            case .whole(let decoded): return decoded
            case .tooLong: throw ContentCodingMistake(status: 413, message: "The request body is longer than \(limit) bytes when decoded.")
            case .broken: continue
            }
        }
        throw ContentCodingMistake(
            status: 400, message: "The request body is not valid \(rawValue), which its Content-Encoding says that it is.")
    }

    private enum Outcome {
        case whole([UInt8])
        case tooLong
        case broken
    }

    /// Decodes all parts of a body: gzip may have several, one after another.
    private static func inflate(_ body: ArraySlice<UInt8>, _ format: Int32, limit: Int) -> Outcome {
        var stream = unsafe z_stream()
        guard unsafe inflateInit2_(&stream, format, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return .broken }
        defer { unsafe inflateEnd(&stream) }
        var decoded: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        return unsafe body.withUnsafeBufferPointer { source in
            // zlib does not write here.
            unsafe stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            unsafe stream.avail_in = UInt32(source.count)
            while true {
                let result = unsafe piece.withUnsafeMutableBufferPointer { target in
                    unsafe stream.next_out = target.baseAddress
                    unsafe stream.avail_out = UInt32(target.count)
                    return unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
                }
                let count = piece.count - Int(unsafe stream.avail_out)
                guard decoded.count + count <= limit else { return .tooLong }
                decoded.append(contentsOf: piece[..<count])
                switch result {
                case Z_OK where unsafe stream.avail_in > 0 || stream.avail_out == 0: continue
                case Z_STREAM_END:
                    guard format == 31, unsafe stream.avail_in > 1, unsafe stream.next_in[0] == 0x1F, unsafe stream.next_in[1] == 0x8B,
                        unsafe inflateReset(&stream) == Z_OK
                    else { return .whole(decoded) }
                default: return .broken
                }
            }
        }
    }
}

extension Request {
    /// Whether its body may take long to read: a long one, or one that becomes long when it is decoded.
    public var takesLongToRead: Bool {
        body.count > 262_144 || !body.isEmpty && headerRange("content-encoding")?.isEmpty == false
    }

    /// The request with its body decoded, if its `Content-Encoding` names a coding.
    ///
    /// - Parameter limit: the most bytes that the body may become.
    /// - Returns: the same request if it has no coding; one that says in ``bodyMistake`` why its body could not be decoded.
    public func decoded(limit: Int) -> Request {
        guard !body.isEmpty, let name = header("content-encoding")?.lowercased(), !["", "identity"].contains(name) else { return self }
        guard let coding = ContentCoding(rawValue: name == "x-gzip" ? "gzip" : name) else {
            let message = "The Content-Encoding '\(name.prefix(60))' of the request body is not supported; expected gzip, deflate or none."
            return undecoded(ContentCodingMistake(status: 415, message: message))
        }
        do throws(ContentCodingMistake) {
            return with(body: try coding.decode(bytes[body], limit: limit))
        } catch {
            return undecoded(error)
        }
    }
}
