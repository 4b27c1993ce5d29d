/// An HTTP request method (RFC 9110, section 9). Methods are case-sensitive: `get` is not GET.
public enum Method: Sendable, Hashable {
    case get
    case head
    case post
    case put
    case delete
    case patch
    case options
    /// Any other method, as it was sent.
    case other(String)

    /// The method that is meant if case does not matter: GET for `Get`.
    var withoutCase: Method {
        if case .other(let name) = self { Method(name.uppercased()) } else { self }
    }

    /// Reads a method.
    ///
    /// - Parameter name: the word in the request line; its case matters.
    public init(_ name: String) {
        switch name {
        case "GET": self = .get
        case "HEAD": self = .head
        case "POST": self = .post
        case "PUT": self = .put
        case "DELETE": self = .delete
        case "PATCH": self = .patch
        case "OPTIONS": self = .options
        default: self = .other(name)
        }
    }

    /// The method as it is written in a request line.
    public var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .patch: "PATCH"
        case .options: "OPTIONS"
        case .other(let name): name
        }
    }
}
