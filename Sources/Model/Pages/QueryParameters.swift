import Base
public import MicroHTTP

/// The parameters in a request's query, decoded when asked for.
///
/// Names are compared without case and without any prefix: `pq.queryString`, `certificateStoreQuery.queryString` and `QueryString`
/// are one. Of several with one name the last counts. A space may be sent as `%20` or `+`.
public struct QueryParameters: Sendable {
    private let values: [(name: String, value: String)]

    /// Reads a query.
    ///
    /// - Parameter request: the request; its query is still percent-encoded.
    /// - Throws: a refusal if it holds `%` without two hexadecimal digits, or what is not UTF-8.
    public init(_ request: Request) throws(Refusal) {
        guard !request.query.isEmpty else {
            values = []
            return
        }
        var values: [(name: String, value: String)] = []
        for part in request.text(request.query).utf8.split(separator: UInt8(ascii: "&")) {
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decode(sides[0])
            let value = sides.count > 1 ? try Self.decode(sides[1]) : ""
            let dot = name.utf8.lastIndex(of: UInt8(ascii: "."))
            let bare = dot.map { name[name.utf8.index(after: $0)...] } ?? name[...]
            values.append((bare.lowercased(), value))
        }
        self.values = values
    }

    /// A parameter's value.
    ///
    /// - Parameter name: in lower case, without prefix.
    /// - Returns: `nil` if it was not sent.
    public subscript(name: String) -> String? {
        values.last { $0.name == name }?.value
    }

    /// The value of a parameter that is a number, a boolean or an id: without blanks around it, as ASP.NET's converters read it.
    ///
    /// - Parameter name: in lower case, without prefix.
    /// - Returns: `nil` if it was not sent.
    public func trimmed(_ name: String) -> String? { self[name]?.trimmed }

    /// The names of all parameters that ask for something to be shown in addition, such as `includemetadata=true`.
    var inclusions: [String] {
        values.filter { $0.name.hasPrefix("include") && $0.value.trimmed.lowercased() == "true" }.map(\.name)
    }

    private static func decode(_ text: Substring.UTF8View) throws(Refusal) -> String {
        guard let decoded = PercentEncoding.decode(text, plusIsSpace: true) else {
            throw .badArgument("The query '\(Substring(text).prefix(60))' is not properly percent-encoded UTF-8.")
        }
        return decoded
    }
}
