import Base
import Entities
import Model

/// What `fidelity: { json: strict }` changes: bodies are read as RFC 8259 says, and a refusal says so if that is why.
extension Work {
    /// The body as the world reads it.
    ///
    /// - Parameters:
    ///   - body: the body as the lenient parser has read it.
    ///   - fidelity: the world's switches.
    /// - Throws: a refusal of what cannot be read.
    /// - Returns: `nil` if there is none.
    static func document(_ body: Result<JSONDocument, Refusal>?, _ fidelity: Fidelity) throws(Refusal) -> JSONDocument? {
        guard let document = try body?.get(), fidelity.json == .strict else { return try body?.get() }
        do throws(JSONMistake) {
            return try document.strict()
        } catch {
            throw Refusal.invalidJSON(error).forStrictness
        }
    }

    /// The work of an operation.
    ///
    /// - Parameters:
    ///   - operation: the operation.
    ///   - call: the request.
    ///   - estate: the world's estate.
    /// - Throws: its refusal.
    /// - Returns: what is to be done.
    static func outcome(of operation: Operation, _ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        do throws(Refusal) {
            return try operation.work(call, estate)
        } catch {
            throw explained(error, operation, call, estate)
        }
    }

    /// A refusal that says whether a lenient world would give it too. To find out, the work, which changes nothing yet, is done again.
    private static func explained(_ refusal: Refusal, _ operation: Operation, _ call: Call, _ estate: Estate) -> Refusal {
        guard call.fidelity.json == .strict, refusal.status == 400, let body = call.body else { return refusal }
        var call = call
        call.body = body.lenient()
        do throws(Refusal) {
            _ = try operation.work(call, estate)
            return refusal.forStrictness
        } catch {
            // The same member is wrong either way, perhaps in other words.
            let isSame = error.status == 400 && refusal.bindingMember != nil && error.bindingMember == refusal.bindingMember
            return isSame || error == refusal ? refusal : refusal.forStrictness
        }
    }
}

extension Refusal {
    /// The refusal of something that only `json: strict` refuses.
    fileprivate var forStrictness: Refusal {
        var refusal = self
        let sentence = message.hasSuffix(".") ? String(message.dropLast()) : message
        refusal.why = "fidelity: { json: strict } refuses what the lenient reader takes: \(why ?? sentence)"
        return refusal
    }
}
