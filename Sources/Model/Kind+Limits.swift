extension Kind {
    /// The same kind, of which requests may send some values only.
    fileprivate func checked(_ check: @escaping @Sendable (Value, String) throws(Refusal) -> Void) -> Kind {
        let read = read
        var kind = Kind(schema, write: write) { value, place, reading throws(Refusal) in
            let patch = try read(value, place, reading)
            if let value = patch.value { try check(value, place) }
            return patch
        }
        (kind.query, kind.shape, kind.seed, kind.dump, kind.isEmpty) = (query, shape, seed, dump, isEmpty)
        return kind
    }
}

extension String {
    /// Refuses a text that is too long. Characters are counted as scenario files count them, so that the estate dump can be read again.
    func require(atMost most: Int, at place: String) throws(Refusal) {
        guard utf8.count > most else { return }
        let count = unicodeScalars.count
        guard count > most else { return }
        throw .badArgument("\(place): expected at most \(most) characters, found \(count).", member: place)
    }
}

extension Kind where Value == String {
    /// The same kind for texts of at most so many characters, where requests say them.
    public func limited(to most: Int) -> Kind {
        checked { text, place throws(Refusal) in try text.require(atMost: most, at: place) }
    }

    /// The name of a certificate in a certificate store.
    public static var alias: Kind { text("an alias", length: 1...256) }

    /// A string with a length, in requests and in files.
    public static func text(upTo most: Int) -> Kind {
        text(length: 0...most).checked { text, place throws(Refusal) in
            let count = text.utf16.count
            guard count > most else { return }
            throw .badArgument("\(place): expected at most \(most) characters, found \(count).", member: place)
        }
    }
}

extension Kind where Value == Int {
    /// A whole number in a range, in requests and in files.
    public static func number(within range: ClosedRange<Int>) -> Kind {
        number(range).checked { number, place throws(Refusal) in
            guard !range.contains(number) else { return }
            throw .badArgument("\(place): expected \(range.lowerBound) to \(range.upperBound), found \(number).", member: place)
        }
    }
}
