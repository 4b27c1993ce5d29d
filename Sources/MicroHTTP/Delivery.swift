/// stub
package enum Delivery: Sendable, Equatable {
    case whole, closing, reset, close
    case slowHeaders(over: Duration)
    case stallInHeaders, stallInBody
    case wrongLength(by: Int)
    case garbage([UInt8])
    case truncate(keep: Int, then: Ending)
    case dribble(chunks: Int, over: Duration)
    case badChunk
    package enum Ending: Sendable, Equatable { case close, reset }
}
package enum ConnectionFault: Sendable, Hashable, CaseIterable {
    case reset, close, expired, wrongName, untrusted, cut, stall, oldProtocol
}
