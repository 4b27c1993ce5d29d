import PKI

extension DistinguishedName {
    /// The value of the first part of a type, such as `CN`.
    subscript(type: String) -> String? { values(of: type).first }
}
