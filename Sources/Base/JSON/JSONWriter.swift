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
        open(UInt8(ascii: "{"))
        members(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes an array.
    ///
    /// - Parameters:
    ///   - elements: the elements.
    ///   - write: writes one element.
    public mutating func array<Element>(_ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void) {
        open(UInt8(ascii: "["))
        for element in elements { write(&self, element) }
        close(UInt8(ascii: "]"))
    }

    /// Writes a member's name. Its value must follow.
    ///
    /// - Parameter name: plain ASCII without quotes or backslashes.
    public mutating func name(_ name: String) {
        part(atMost: name.utf8.count + 3, ends: false) { out in
            out.append(UInt8(ascii: "\""))
            out.append(copying: name.utf8Span.span)
            out.append("\":")
        }
    }

    /// A member's name as it is written often: with its quotes and colon, and with and without a comma before it.
    public struct Name: Sendable {
        fileprivate let (first, next): ([UInt8], [UInt8])
        fileprivate let (firstNull, nextNull): ([UInt8], [UInt8])

        /// A name that is plain ASCII without quotes or backslashes.
        public init(_ name: String) {
            (first, next) = (Array("\"\(name)\":".utf8), Array(",\"\(name)\":".utf8))
            (firstNull, nextNull) = (first + "null".utf8, next + "null".utf8)
        }
    }

    /// Writes a member's name. Its value must follow.
    public mutating func name(_ name: Name) {
        bytes += needsComma ? name.next : name.first
        needsComma = false
    }

    /// Writes `null` under a name, or nothing if nulls are omitted.
    public mutating func null(_ name: Name) {
        guard !style.omitsNulls else { return }
        bytes += needsComma ? name.nextNull : name.firstNull
        needsComma = true
    }

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
        part(atMost: 4) { $0.append("null") }
    }

    /// Writes text that is already JSON.
    ///
    /// - Parameter text: a complete JSON value.
    public mutating func raw(_ text: String) {
        part(atMost: text.utf8.count) { $0.append(copying: text.utf8Span.span) }
    }

    /// Writes a value, or a part of one, as a whole: of what is written often, since it saves what each member costs. The caller sees to
    /// quotes, escapes and the commas inside.
    ///
    /// - Parameters:
    ///   - room: the most bytes that it takes.
    ///   - begins: whether a value begins with it, so that a comma may be due before it.
    ///   - ends: whether a value ends with it.
    ///   - write: writes it.
    public mutating func part(atMost room: Int, begins: Bool = true, ends: Bool = true, _ write: (inout OutputSpan<UInt8>) -> Void) {
        let isNext = begins && needsComma
        bytes.append(addingCapacity: room + 1) { out in
            if isNext { out.append(UInt8(ascii: ",")) }
            write(&out)
        }
        needsComma = ends
    }

    /// Writes a string, escaping only what JSON requires.
    public mutating func value(_ text: String) {
        let bytes = text.utf8Span.span
        // Room for escapes is only made where there are any: most texts need none.
        part(atMost: bytes.isPlainInJSON ? bytes.count + 2 : OutputSpan.room(for: text)) { $0.append(json: text) }
    }

    /// Writes a string as .NET's System.Text.Json does by default: quotes, `& ' + < >`, backticks and all non-ASCII characters
    /// as `\u` and four digits. Command writes its error bodies this way.
    public mutating func escapedValue(_ text: String) {
        part(atMost: OutputSpan.room(for: text)) { out in
            out.append(UInt8(ascii: "\""))
            for unit in text.utf16 {
                switch unit {
                case 0x5C: out.append("\\\\")
                case 0x22, 0x26, 0x27, 0x2B, 0x3C, 0x3E, 0x60, 0x00..<0x20, 0x7F...: out.append(escape: unit)
                default: out.append(UInt8(truncatingIfNeeded: unit))
                }
            }
            out.append(UInt8(ascii: "\""))
        }
    }

    /// Writes a whole number.
    public mutating func value(_ number: Int) {
        part(atMost: OutputSpan.roomForNumber) { $0.append(decimal: number) }
    }

    /// Writes a boolean.
    public mutating func value(_ truth: Bool) {
        part(atMost: 5) { $0.append(json: truth) }
    }

    /// Writes a GUID as a string.
    public mutating func value(_ guid: GUID) {
        part(atMost: GUID.length + 2) { $0.append(json: guid) }
    }

    /// Writes a time as a string.
    public mutating func value(_ moment: Timestamp) {
        let times = style.times
        part(atMost: Timestamp.longestText + 2) { $0.append(json: moment, times) }
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

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
