import MicroHTTP
public import Testing

/// Keeps the log readable: of bytes that a test sends, it says how many they are.
extension Delivery: CustomTestStringConvertible {
    package var testDescription: String {
        if case .garbage(let bytes) = self { ".garbage(\(bytes.count) bytes)" } else { "\(self)" }
    }
}
