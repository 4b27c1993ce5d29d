extension JSONWriter {
    /// Writes an enum that all recorded releases send as a number, under a name.
    ///
    /// - Parameters:
    ///   - member: the member's name.
    ///   - number: the enum's number.
    ///   - name: the enum's name, sent only with the fidelity switch `enums: names`.
    mutating func number(_ member: String, _ number: Int, name: String) {
        if style.enums == .names { self.member(member, name) } else { self.member(member, number) }
    }

    /// Writes an enum that all recorded releases send as a name, under a name.
    ///
    /// - Parameters:
    ///   - member: the member's name.
    ///   - number: the enum's number, sent only with the fidelity switch `enums: numbers`.
    ///   - name: the enum's name.
    mutating func named(_ member: String, _ number: Int, name: String) {
        if style.enums == .numbers { self.member(member, number) } else { self.member(member, name) }
    }

    /// Writes an enum that Command 10 sent as a name and 25 sends as a number, under a name.
    ///
    /// - Parameters:
    ///   - member: the member's name.
    ///   - number: the enum's number.
    ///   - name: the enum's name.
    mutating func versioned(_ member: String, _ number: Int, name: String) {
        let asNumber = style.enums == .numbers || style.enums == .product && style.productHasNumbers
        if asNumber { self.member(member, number) } else { self.member(member, name) }
    }
}
