/// Writes JSON in the order of the calls, without spaces, as Command does.
///
/// `nil` is written as `null`, or omitted together with its name if the style says so (`nulls: omit`).
public struct JSONWriter: Sendable {
    /// The text written so far.
    public private(set) var bytes: [UInt8] = []
    /// How enums and times are written, and whether nulls are omitted.
    public let style: WireStyle
    private var needsComma = false

    /// An empty writer.
    ///
    /// - Parameters:
    ///   - style: how enums and times are written, and whether nulls are omitted.
    ///   - capacity: the expected length in bytes.
    public init(style: WireStyle = WireStyle(), capacity: Int = 512) {
        self.style = style
        bytes.reserveCapacity(capacity)
    }

    /// Writes an object.
    ///
    /// - Parameter members: writes the members.
    public mutating func object(_ members: (inout JSONWriter) -> Void) {
        nest(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    /// Writes an array.
    ///
    /// - Parameters:
    ///   - elements: the elements.
    ///   - write: writes one element.
    public mutating func array<Element>(_ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void) {
        nest(UInt8(ascii: "["), UInt8(ascii: "]")) { writer in
            for element in elements { write(&writer, element) }
        }
    }

    /// Writes a member's name. Its value must follow.
    ///
    /// - Parameter name: plain ASCII without quotes or backslashes.
    public mutating func name(_ name: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a member's name that was made ready by ``ready(_:)``: about 190 instructions less. Its value must follow.
    public mutating func name(ready: [UInt8]) {
        separate()
        bytes.append(contentsOf: ready)
        needsComma = false
    }

    /// Makes a member's name ready to be written often.
    ///
    /// - Parameter name: plain ASCII without quotes or backslashes.
    /// - Returns: the name in quotes, with its colon.
    public static func ready(_ name: String) -> [UInt8] { Array("\"\(name)\":".utf8) }

    /// Writes a member's name, escaping it if necessary. Its value must follow.
    public mutating func name(anyText name: String) {
        value(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes `null` under a name, or nothing if nulls are omitted.
    public mutating func null(_ name: String) {
        guard !style.omitsNulls else { return }
        self.name(name)
        null()
    }

    /// Writes `null`.
    public mutating func null() {
        raw("null")
    }

    /// Writes text that is already JSON.
    ///
    /// - Parameter text: a complete JSON value.
    public mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    /// Writes a string, escaping only what JSON requires.
    public mutating func value(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        // Most texts need no escapes and can be copied as a whole.
        let span = text.utf8Span.span
        if span.indices.allSatisfy({ Self.isPlain(span[$0]) }) {
            bytes.append(contentsOf: text.utf8)
        } else {
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
                case 0x00..<0x20: escape(UInt16(byte))
                default: bytes.append(byte)
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Writes a string as .NET's System.Text.Json does by default: quotes, `& ' + < >`, backticks and all non-ASCII characters
    /// as `\u` and four digits. Command writes its error bodies this way.
    public mutating func escapedValue(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for unit in text.utf16 {
            switch unit {
            case 0x5C: bytes.append(contentsOf: [0x5C, 0x5C])
            case 0x22, 0x26, 0x27, 0x2B, 0x3C, 0x3E, 0x60, 0x00..<0x20, 0x7F...: escape(unit)
            default: bytes.append(UInt8(truncatingIfNeeded: unit))
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a whole number.
    public mutating func value(_ number: Int) {
        separate()
        bytes.append(contentsOf: String(number).utf8)
    }

    /// Writes a boolean.
    public mutating func value(_ truth: Bool) {
        raw(truth ? "true" : "false")
    }

    /// Writes a GUID as a string.
    public mutating func value(_ guid: GUID) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        guid.write(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a time as a string.
    public mutating func value(_ moment: Timestamp) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        moment.write(to: &bytes, style: style.times)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a string under a name.
    public mutating func member(_ name: String, _ text: String?) {
        guard let text else { return null(name) }
        self.name(name)
        value(text)
    }

    /// Writes a whole number under a name.
    public mutating func member(_ name: String, _ number: Int?) {
        guard let number else { return null(name) }
        self.name(name)
        value(number)
    }

    /// Writes a boolean under a name.
    public mutating func member(_ name: String, _ truth: Bool?) {
        guard let truth else { return null(name) }
        self.name(name)
        value(truth)
    }

    /// Writes a GUID under a name.
    public mutating func member(_ name: String, _ guid: GUID?) {
        guard let guid else { return null(name) }
        self.name(name)
        value(guid)
    }

    /// Writes a time under a name.
    public mutating func member(_ name: String, _ moment: Timestamp?) {
        guard let moment else { return null(name) }
        self.name(name)
        value(moment)
    }

    private mutating func nest(_ opening: UInt8, _ closing: UInt8, _ content: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(opening)
        needsComma = false
        content(&self)
        bytes.append(closing)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    /// Escapes a character as .NET does: five have short escapes.
    private mutating func escape(_ unit: UInt16) {
        let short: UInt8? =
            switch unit {
            case 0x08: UInt8(ascii: "b")
            case 0x09: UInt8(ascii: "t")
            case 0x0A: UInt8(ascii: "n")
            case 0x0C: UInt8(ascii: "f")
            case 0x0D: UInt8(ascii: "r")
            default: nil
            }
        if let short { return bytes.append(contentsOf: [UInt8(ascii: "\\"), short]) }
        bytes.append(contentsOf: "\\u".utf8)
        for shift in [12, 8, 4, 0] {
            let nibble = UInt8(truncatingIfNeeded: unit >> UInt16(shift)) & 0xF
            bytes.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10)
        }
    }
}

/// How JSON is written. The release of Command and the fidelity switches determine it.
public struct WireStyle: Sendable, Equatable {
    /// How times are written.
    public var times: TimeStyle = .utc
    /// Whether members without a value are omitted instead of being sent as `null`.
    public var omitsNulls = false
    /// The enums that are written as numbers; the others are written as names.
    public var numbers: EnumGroup = [.jobHistory, .agents]

    /// Enums that are written alike, each group with a switch of its own.
    public struct EnumGroup: OptionSet, Sendable {
        /// One bit for each group.
        public let rawValue: UInt8

        /// The weekdays of schedules.
        public static let weekdays = EnumGroup(rawValue: 1)
        /// The enums of store types.
        public static let storeTypes = EnumGroup(rawValue: 2)
        /// Results and states of jobs, and the field types of custom job types.
        public static let jobHistory = EnumGroup(rawValue: 4)
        /// Status and platform of agents.
        public static let agents = EnumGroup(rawValue: 8)

        /// The key retention of templates.
        public static let templates = EnumGroup(rawValue: 16)

        /// Groups by their bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }
    }

    /// The style of the newest release.
    public init() {}
}
