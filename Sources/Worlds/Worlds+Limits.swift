extension Worlds {
    /// How many worlds there may be, and who may make them.
    public struct Limits: Sendable {
        /// The most worlds in addition to `default`; the least recently used are dropped first.
        var most: Int
        /// Whether a world must be made before a request may name it.
        var isStrict: Bool
        /// The bytes that all journals may hold together.
        var journalBytes: Int

        /// Limits; the defaults suit tests.
        public init(most: Int = 16_384, isStrict: Bool = false, journalBytes: Int = 32 << 20) {
            (self.most, self.isStrict, self.journalBytes) = (most, isStrict, journalBytes)
        }
    }
}
