public import Base

/// Every refusal the mock gives of its own accord: one constructor each, in the order status, code, text, provenance.
///
/// Recorded texts keep their bytes, down to the missing full stop. `assumed` ones have words of our own.
extension Refusal {
    /// The code of bad arguments and bad bodies. The family 0xA011 is established, this member of it is assumed.
    public static let badArgumentCode = "0xA0110004"
    /// The code of things that are not there. The family is established, with 404 it is assumed.
    public static let notFoundCode = "0xA0130000"

    /// Something in the request is missing or wrong.
    ///
    /// - Parameters:
    ///   - message: what is wrong, where, and what would be right.
    ///   - member: the member of the body concerned, if it could not be read at all.
    /// - Returns: a refusal with status 400.
    public static func badArgument(_ message: String, member: String? = nil) -> Refusal {
        Refusal(status: 400, code: badArgumentCode, message: message, provenance: .assumed, bindingMember: member)
    }

    /// Something other than a GUID stands where one is expected.
    ///
    /// - Parameters:
    ///   - place: the member or parameter.
    ///   - found: what stands there, shortened.
    /// - Returns: a refusal with status 400.
    public static func notAGUID(_ place: String, _ found: String) -> Refusal {
        badArgument("\(place): expected a GUID such as \(GUID.empty.text), found \(found).", member: place)
    }

    /// The body is not JSON.
    public static func invalidJSON(_ mistake: JSONMistake) -> Refusal {
        badArgument("The request body is not valid JSON: \(mistake.message) (line \(mistake.line), column \(mistake.column)).", member: "$")
    }

    /// Several items of a request are refused; nothing was done.
    public static func failed(_ message: String, _ reasons: [String], status: Int = 400) -> Refusal {
        Refusal(
            status: status, code: status == 404 ? notFoundCode : badArgumentCode, message: message, provenance: .assumed,
            failedOperations: reasons)
    }

    /// A list cannot be sorted by this. Text and code as clients written against a real server know them.
    public static func invalidSortField(_ name: String) -> Refusal {
        Refusal(status: 400, code: "0xA011004A", message: "Invalid sort field: \(name).", provenance: .recorded)
    }

    /// The caller lacks a permission. Quoted of a real server; the apostrophe is escaped on the wire.
    ///
    /// - Parameters:
    ///   - user: the caller as the server names it.
    ///   - permission: what was needed; goes to `X-Mock-Why`, and into the text for metadata fields and enrollment.
    /// - Returns: a refusal with status 403.
    public static func forbidden(_ user: String, _ permission: String) -> Refusal {
        // Where a client quotes the text, it names the permission; elsewhere it was recorded without.
        let isNamed = ["/metadata/types/", "/certificates/enrollment/"].contains { permission.hasPrefix($0) }
        return Refusal(
            status: 403, code: "0xA0140002",
            message:
                "User \(user) \(isNamed ? "does not have the required permissions: \(permission)." : "doesn't have the required permission")",
            provenance: .recorded, why: "needed: \(permission)")
    }

    /// No such certificate store. Recorded from 25.5.
    public static func storeNotFound(_ id: GUID) -> Refusal {
        notFound("Certificate store with id '\(id.text)' does not exist.", .recorded)
    }

    /// No such agent. Recorded from 25.5, without a full stop.
    public static func agentNotFound(_ id: GUID) -> Refusal {
        notFound("Agent with id of '\(id.text)' does not exist", .recorded)
    }

    /// An agent cannot be deleted while something depends on it, unless the caller says so.
    ///
    /// - Parameters:
    ///   - id: the agent.
    ///   - stores: how many certificate stores it serves.
    ///   - jobs: how many jobs are scheduled on it.
    /// - Returns: a refusal with status 400.
    public static func agentInUse(_ id: GUID, stores: Int, jobs: Int) -> Refusal {
        badArgument(
            "Agent with id of '\(id.text)' cannot be deleted: \(count(stores, "certificate store")) and \(count(jobs, "scheduled job"))"
                + " depend on it. With force=true they are deleted too.")
    }

    /// Only a Disapproved agent can be deleted, with force or without.
    public static func agentNotDisapproved(_ machine: String, _ status: String) -> Refusal {
        badArgument("id: the agent '\(machine)' is \(status), expected a Disapproved one.")
    }

    private static func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }

    /// No custom job type of this id.
    public static func jobTypeNotFound(_ id: GUID) -> Refusal {
        notFound("Job type with id '\(id.text)' does not exist.", .assumed)
    }

    /// No custom job type of this name.
    public static func jobTypeNotFound(named name: String) -> Refusal {
        notFound("Job type with name '\(name)' does not exist.", .assumed)
    }

    /// A custom job type cannot be deleted while jobs of it are scheduled.
    ///
    /// - Parameters:
    ///   - name: the type's name.
    ///   - jobs: how many jobs of it are scheduled.
    /// - Returns: a refusal with status 400.
    public static func jobTypeInUse(_ name: String, jobs: Int) -> Refusal {
        badArgument(
            "Job type with name '\(name)' cannot be deleted: \(count(jobs, "scheduled job")) of this type exist\(jobs == 1 ? "s" : "").")
    }

    /// No such store type. Recorded from 25.5.
    public static func storeTypeNotFound(_ number: Int) -> Refusal {
        notFound("The certificate store type with StoreType '\(number)' does not exist.", .recorded)
    }

    /// No store type of this short name.
    public static func storeTypeNotFound(named name: String) -> Refusal {
        notFound("The certificate store type with ShortName '\(name)' does not exist.", .assumed)
    }

    /// No such container.
    public static func containerNotFound(_ id: Int) -> Refusal {
        notFound("Certificate store container with id '\(id)' does not exist.", .assumed)
    }

    /// Something of this name is there already. The code is known from another operation that refuses names taken.
    ///
    /// - Parameters:
    ///   - what: what it is, such as "certificate store type".
    ///   - member: the member that must be one of its kind.
    ///   - value: what was asked for.
    /// - Returns: a refusal with status 400.
    public static func alreadyExists(_ what: String, _ member: String, _ value: String) -> Refusal {
        Refusal(
            status: 400, code: "0xA011000A",
            message: "\(member): \("aeiou".contains(what.first ?? " ") ? "an" : "a") \(what) '\(value.prefix(60))' exists already.",
            provenance: .assumed)
    }

    /// A store type's name or short name is taken. Text as a test of kfutil expects it (cmd/storeTypes_test.go), with its two blanks.
    public static func storeTypeExists(_ shortName: String, _ name: String) -> Refusal {
        Refusal(
            status: 400, code: "0xA011000A",
            message:
                "Certificate Store Type with either short name  '\(shortName.prefix(60))' or name '\(name.prefix(60))' already exists.",
            provenance: .recorded)
    }

    /// A built-in store type cannot be deleted. Text and code are assumed.
    public static func storeTypeBuiltIn(_ shortName: String) -> Refusal {
        badArgument("The certificate store type '\(shortName)' is built in and cannot be deleted.")
    }

    /// A body in another encoding than UTF-8 (RFC 9110 15.5.16).
    ///
    /// - Parameter name: the charset that it declares.
    /// - Returns: a refusal with status 415.
    public static func unsupportedCharset(_ name: String) -> Refusal {
        undecodableBody(415, "The request body's charset '\(name.prefix(60))' is not supported; expected JSON in UTF-8.")
    }

    /// A body whose content coding cannot be decoded.
    ///
    /// - Parameters:
    ///   - status: 400 if it is broken, 413 if it becomes too long, 415 for an unknown coding (RFC 9110 15.5.16).
    ///   - message: what is wrong.
    /// - Returns: a refusal.
    public static func undecodableBody(_ status: Int, _ message: String) -> Refusal {
        Refusal(status: status, code: badArgumentCode, message: message, provenance: .assumed)
    }

    /// Something cannot be deleted while it is used. The code is known from another operation that refuses to delete what is used.
    ///
    /// - Parameters:
    ///   - what: what it is, with its number or name.
    ///   - users: what uses it.
    /// - Returns: a refusal with status 400.
    public static func inUse(_ what: String, by users: String) -> Refusal {
        Refusal(status: 400, code: "0xA0110029", message: "\(what) is used by \(users) and cannot be deleted.", provenance: .assumed)
    }

    /// No PAM provider of this id.
    public static func pamProviderNotFound(_ id: Int) -> Refusal {
        notFound("PAM provider with id '\(id)' does not exist.", .assumed)
    }

    /// No job history entry of this id.
    public static func jobHistoryNotFound(_ id: Int) -> Refusal {
        notFound("Job history with id '\(id)' does not exist.", .assumed)
    }

    /// The caller is nobody known. Sent only where the fidelity switch says `unauthorizedBody: json`.
    public static var unauthorized: Refusal {
        Refusal(status: 401, code: "0xA0140001", message: "Access is denied due to invalid credentials.", provenance: .assumed)
    }

    /// Nothing is served here.
    ///
    /// - Parameter why: what was nearest.
    /// - Returns: a refusal with status 404.
    public static func noOperation(_ why: String) -> Refusal {
        Refusal(status: 404, code: notFoundCode, message: "The requested resource was not found.", provenance: .assumed, why: why)
    }

    /// The path is served, but not with this method.
    ///
    /// - Parameters:
    ///   - asked: method and path as sent.
    ///   - allowed: the methods that the path has.
    ///   - guess: what the request may have been meant to be.
    /// - Returns: a refusal with status 405.
    public static func methodNotAllowed(_ asked: String, _ allowed: [String], guess: String? = nil) -> Refusal {
        Refusal(
            status: 405, code: badArgumentCode, message: "The requested resource does not support this HTTP method.", provenance: .assumed,
            // No colon after the path: `PFX:` would look like a secret's name.
            why: "\(asked) is not served: this path has \(allowed.joined(separator: ", "))\(guess.map { "; \($0)" } ?? "")",
            headers: [.init(name: "Allow", value: allowed.joined(separator: ", "))]
        )
    }

    /// The API version asked for does not exist.
    public static func unsupportedVersion(_ version: String) -> Refusal {
        badArgument("The x-keyfactor-api-version '\(version)' is not supported. Send 1, 1.0, 2 or 2.0.")
    }

    /// A write came without the header that guards against forged requests.
    public static var missingRequestedWith: Refusal {
        badArgument("The header x-keyfactor-requested-with is required. Send 'APIClient' or 'XMLHttpRequest'.")
    }

    /// The world holds as much as it may.
    public static func worldIsFull(_ what: String, limit: Int) -> Refusal {
        Refusal(
            status: 503, code: badArgumentCode, message: "This mock keeps at most \(limit) \(what) in a world. Restart it to begin again.",
            provenance: .assumed, why: "a limit of the mock, not of Command")
    }

    /// All worlds together hold as much as they may.
    public static func worldsAreFull(limit: Int) -> Refusal {
        Refusal(
            status: 503, code: badArgumentCode,
            message: "This mock keeps at most \(limit) bytes, and this request needs more. Delete something, reset or drop worlds,"
                + " or start it with a larger --estate-bytes.",
            provenance: .assumed, why: "a limit of the mock, not of Command: --estate-bytes")
    }

    static func notFound(_ message: String, _ provenance: Provenance) -> Refusal {
        Refusal(status: 404, code: notFoundCode, message: message, provenance: provenance)
    }

    /// The same refusal with the status that the fidelity switch `unknownIds` asks for.
    ///
    /// - Parameter fidelity: the world's switches.
    /// - Returns: the refusal to throw.
    public func forUnknownID(_ fidelity: Fidelity) -> Refusal {
        var copy = self
        switch fidelity.unknownIDs {
        case .vendor: break
        case .badRequest: (copy.status, copy.code) = (400, Self.badArgumentCode)
        case .notFound: (copy.status, copy.code) = (404, Self.notFoundCode)
        }
        return copy
    }
}
