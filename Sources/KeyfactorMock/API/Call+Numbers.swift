extension Call {
    /// A whole number in the path.
    ///
    /// - Parameter name: the hole's name.
    /// - Throws: a refusal if it is no number of 32 bits.
    /// - Returns: the number.
    func number(_ name: String) throws(Refusal) -> Int {
        let text = parameters.first { $0.name == name }?.value ?? ""
        guard let number = Int32(text) else {
            throw .badArgument("\(name): expected a whole number, found '\(text.prefix(60))'.", member: name)
        }
        return Int(number)
    }
}
