import Base
public import Model

/// An enrollment that comes to nothing because a rule wants it so.
public struct FruitlessEnrollment: Sendable {
    let disposition: String
    let message: String
    let request: Int

    /// An enrollment that comes to nothing.
    ///
    /// - Parameters:
    ///   - disposition: the word for what became of it.
    ///   - message: what is said of it.
    ///   - request: the number of its request; 0 for none.
    public init(_ disposition: String, _ message: String, request: Int) {
        (self.disposition, self.message, self.request) = (disposition, message, request)
    }

    /// The answer to it.
    ///
    /// - Parameters:
    ///   - path: the operation's path. What is no enrollment is answered as an enrollment with a key of the server's.
    ///   - isVersionTwo: whether the second version is asked for.
    ///   - product: the release that answers.
    ///   - fidelity: the switches of the scenario.
    /// - Returns: the body.
    public func body(of path: String, isVersionTwo: Bool, _ product: ProductVersion, _ fidelity: Fidelity) -> [UInt8] {
        var answer = EnrollmentAnswer()
        answer.nothing = self
        let form: Forms = path.hasSuffix("/CSR") ? .listed : isVersionTwo && !path.hasSuffix("/Renew") ? .written : .shown
        let view = View(form, View.nothing.estate, product: product, now: .first, fidelity)
        var writer = JSONWriter(style: fidelity.wireStyle(product))
        if path.hasSuffix("/Renew") {
            RenewalAnswer.model.write(RenewalAnswer(answer: answer), view, to: &writer)
        } else {
            EnrollmentAnswer.model.write(answer, view, to: &writer)
        }
        return writer.bytes
    }
}
