import Base
public import MicroHTTP
public import Model

/// Finds the endpoint of a request: a tree of path segments, compared without case, since IIS does so.
///
/// Doubled and trailing slashes are nothing, which scripts in the field rely on.
public struct Router: Sendable {
    /// What a path leads to.
    public enum Match: Sendable {
        /// An endpoint, and its number in the list that the router was made of.
        case endpoint(Operation, number: Int, parameters: [(name: String, value: String)])
        /// The path exists, for these methods.
        case otherMethods([String])
        /// Nothing is here; whether it lies below a base path.
        case nothing(insideBase: Bool)
        /// The path is not properly percent-encoded.
        case badEncoding
    }

    private struct Node: Sendable {
        var children: [(segment: [UInt8], node: Int)] = []
        /// Where any other segment leads, if it is a path parameter.
        var parameter: Int?
        var isBase = false
        var operations: [(operation: Operation, number: Int)] = []
    }

    private var nodes = [Node()]

    /// All operations, below the node 1. Scenarios differ in their base paths alone.
    private static let all: Router = {
        var router = Router()
        router.add(below: router.addNode())
        return router
    }()

    private init() {}

    /// A router of all operations below one or more base paths.
    ///
    /// - Parameter bases: base paths such as `/KeyfactorAPI`; every operation is reached through each.
    public init(bases: [String]) {
        let paths = bases.map { $0.utf8.split(separator: UInt8(ascii: "/")).map { $0.map(CaselessText.lower) } }
        let isApart = paths.indices.allSatisfy { here in
            !paths[here].isEmpty && paths.indices.allSatisfy { $0 == here || !paths[$0].starts(with: paths[here]) }
        }
        guard isApart else {
            // Where one lies below another, each has nodes of its own: what leads to operations below both would lead in a circle.
            for base in bases { add(below: node(below: 0, base)) }
            return
        }
        self = Self.all
        for path in paths {
            let parent = path.dropLast().reduce(0) { child(of: $0, $1) }
            nodes[parent].children.append((path[path.count - 1], 1))
        }
    }

    private mutating func add(below root: Int) {
        nodes[root].isBase = true
        for (number, operation) in API.operations.enumerated() {
            nodes[node(below: root, operation.path)].operations.append((operation, number))
        }
    }

    /// Finds what a request's path leads to. HEAD goes where GET goes.
    ///
    /// - Parameter request: the request.
    /// - Returns: what lies there.
    public func match(_ request: Request) -> Match {
        let (bytes, end) = (request.bytes, request.path.upperBound)
        var (node, insideBase, start) = (0, false, request.path.lowerBound)
        var values: [String] = []
        while start < end {
            var (stop, isEncoded) = (start, false)
            while stop < end, bytes[stop] != UInt8(ascii: "/") {
                isEncoded = isEncoded || bytes[stop] == UInt8(ascii: "%") || bytes[stop] >= 0x80
                stop += 1
            }
            defer { start = stop + 1 }
            guard stop > start else { continue }
            var segment = bytes[start..<stop]
            if isEncoded {
                guard let decoded = PercentEncoding.decode(segment) else { return .badEncoding }
                segment = ArraySlice(decoded.utf8)
            }
            insideBase = insideBase || nodes[node].isBase
            if let next = nodes[node].children.first(where: { Self.isSame($0.segment, segment) }) {
                node = next.node
            } else if let parameter = nodes[node].parameter {
                values.append(String(decoding: segment, as: UTF8.self))
                node = parameter
            } else {
                return .nothing(insideBase: insideBase)
            }
        }
        let found = nodes[node]
        guard !found.operations.isEmpty else { return .nothing(insideBase: insideBase || found.isBase) }
        let method = request.method == .head ? .get : request.method
        guard let (operation, number) = found.operations.first(where: { $0.operation.method == method }) else {
            return .otherMethods(found.operations.map(\.operation.method.name))
        }
        return .endpoint(operation, number: number, parameters: zip(operation.parameterNames, values).map { (name: $0, value: $1) })
    }

    /// What stands after the base path, segment by segment.
    ///
    /// - Parameter request: the request.
    /// - Returns: decoded segments; `nil` below no base path, or where the path is not properly percent-encoded.
    public func segmentsBelowBase(_ request: Request) -> [String]? {
        var below: [String]?
        var node: Int? = 0
        for part in request.bytes[request.path].split(separator: UInt8(ascii: "/")) {
            guard let segment = PercentEncoding.decode(part) else { return nil }
            if below == nil, let here = node, nodes[here].isBase { below = [] }
            below?.append(segment)
            node = node.flatMap { here in nodes[here].children.first { Self.isSame($0.segment, ArraySlice(segment.utf8)) }?.node }
        }
        return below ?? (node.map { nodes[$0].isBase } == true ? [] : nil)
    }

    /// The node of a path below another.
    private mutating func node(below root: Int, _ path: String) -> Int {
        path.utf8.split(separator: UInt8(ascii: "/")).reduce(root) { child(of: $0, $1.map(CaselessText.lower)) }
    }

    private mutating func child(of node: Int, _ segment: [UInt8]) -> Int {
        if segment.first == UInt8(ascii: "{") {
            if let known = nodes[node].parameter { return known }
            nodes[node].parameter = addNode()
            return nodes.count - 1
        }
        if let found = nodes[node].children.first(where: { $0.segment == segment }) { return found.node }
        nodes[node].children.append((segment, addNode()))
        return nodes.count - 1
    }

    private mutating func addNode() -> Int {
        nodes.append(Node())
        return nodes.count - 1
    }

    /// Whether a segment is a known one, which stands in lower case.
    private static func isSame(_ known: [UInt8], _ segment: ArraySlice<UInt8>) -> Bool {
        guard known.count == segment.count else { return false }
        var index = segment.startIndex
        for byte in known {
            let other = segment[index]
            guard other == byte || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(other) && other | 0x20 == byte else { return false }
            index += 1
        }
        return true
    }
}
