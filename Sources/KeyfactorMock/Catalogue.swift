import Base
import Command
import Entities
import Model
import Rules
import ScenarioFormat
import Worlds

/// What the command line prints about the mock itself.
public enum Catalogue {
    /// Every operation served, as Keyfactor's documentation writes it.
    public static var operations: [String] { API.operations.map(\.name) }

    /// The JSON Schema of scenario files, from the definitions that the reader uses.
    public static var scenarioSchema: String {
        ScenarioShape.scenario.jsonSchema(title: "keyfactor-mock scenario", id: "scenario.schema.json")
    }

    /// The failures that rules can name: name, status, code, provenance and when it is sent, in columns.
    public static var failures: [String] {
        Failure.library.map { failure in
            let columns = [
                (failure.name, 23), (String(failure.status), 4), (failure.code.isEmpty ? "-" : failure.code, 15),
                (failure.provenance.rawValue, 9),
            ]
            return columns.map { text, width in text + String(repeating: " ", count: max(1, width - text.count)) }.joined() + failure.when
        }
    }

    /// An example of every refusal: status, code, provenance, text.
    public static var refusals: [String] {
        refusalExamples.map { "\($0.0.status) \($0.0.code) \($0.0.provenance.rawValue) \($0.0.message)" }
    }

    /// An example of every refusal, with when it is sent.
    static let refusalExamples: [(Refusal, when: String)] = [
        (.badArgument("MEMBER: expected …, found …."), "a member, a parameter or the body is missing or wrong"),
        (
            .failed("StoreIds: …", ["…"]),
            "items of a list are unknown or not eligible: stores, agents, jobs, attempts; with `FailedOperations`"
        ),
        (.invalidSortField("NAME"), "a list cannot be sorted by this"),
        (.forbidden("USER", ""), "the caller lacks the permission"),
        (.storeNotFound(.empty), "`/CertificateStores/{id}` of a store that does not exist"),
        (.agentNotFound(.empty), "`/Agents/{id}` or `AgentId` of an agent that does not exist; no full stop"),
        (.jobTypeNotFound(GUID.empty), "`/JobTypes/Custom/{id}` of a job type that does not exist"),
        (.jobTypeNotFound(named: "NAME"), "`JobTypeName` of a job type that does not exist"),
        (.jobHistoryNotFound(0), "`jobHistoryId` of an attempt that does not exist"),
        (.agentNotDisapproved("MACHINE", "Approved"), "an agent is deleted that is not Disapproved, with force or without"),
        (.agentInUse(.empty, stores: 1, jobs: 2), "an agent is deleted without force while something depends on it"),
        (.jobTypeInUse("NAME", jobs: 1), "a job type is deleted while jobs of it are scheduled"),
        (
            .storeTypeNotFound(0),
            "`/CertificateStoreTypes/{id}`, or `StoreType`, `CertStoreType`, `Type` or `NewContainerType` of a body, of a store type that does not exist"
        ),
        (.storeTypeNotFound(named: "NAME"), "`/CertificateStoreTypes/Name/{name}` of a store type that does not exist"),
        (
            .containerNotFound(0),
            "`/CertificateStoreContainers/{id}`, or `Id`, `ContainerId` or `CertStoreContainerId` of a body, of a container that does not exist"
        ),
        (
            .alreadyExists("certificate store container", "Name", "NAME"),
            "the name of a container or job type is taken, or a store of this machine, path and type exists; the code is known from certificate collections"
        ),
        (.storeTypeExists("NAME", "NAME"), "a store type of this name or short name exists"),
        (.storeTypeBuiltIn("NAME"), "a store type that every Command has is deleted"),
        (
            .inUse("The certificate store type 'NAME'", by: "…"),
            "what is to be deleted is used; the code is known from certificate authorities"
        ),
        (.roleNotFound(0), "`/Security/Roles/{id}` or `Id` of a role that does not exist; no full stop"),
        (.identityNotFound(0), "`/Security/Identities/{id}` or `Ids` of an identity that does not exist"),
        (.claimNotFound(0), "`/Security/Claims/{id}` or `Id` of a claim that does not exist"),
        (.permissionSetNotFound(.empty), "`/PermissionSets/{id}`, `Id` or `PermissionSetId` of a permission set that does not exist"),
        (.pamProviderNotFound(0), "`/PamProviders/{id}` or `Id` of a PAM provider that does not exist"),
        (.pamTypeNotFound(.empty), "`/PamProviders/Types/{id}` or `ProviderType` of a type that does not exist"),
        (.roleImmutable("NAME"), "a role that comes with Command is changed or deleted"),
        (.noSuchAccount("Identities[0].AccountName", "NAME"), "a role is given to an account that no identity has"),
        (.metadataFieldNotFound(named: "NAME"), "`/MetadataFields/{name}` of a field that does not exist; only the status is assumed"),
        (.metadataFieldNotFound(0), "`/MetadataFields/{id}`, or `Id` of a body, of a field that does not exist"),
        (.metadataFieldExists("NAME"), "the name of a metadata field is taken; status and code are assumed"),
        (.collectionNotFound(0), "an id of a certificate collection that does not exist"),
        (.collectionNotFound(named: "NAME"), "`/CertificateCollections/{name}` of a collection that does not exist"),
        (.collectionOfTwoSources, "a collection is to come from `Query` and from `CopyFromId`; the code is known from a client"),
        (.templateNotFound(0), "an id of a certificate template that does not exist"),
        (.patternNotFound(0), "`/EnrollmentPatterns/{id}` of a pattern that does not exist"),
        (.policiesEmpty, "a template of 25 or a pattern is written without `Policies`; the code is assumed"),
        (.unexpectedCharacter("t", at: "KeyUsage"), "`KeyUsage` of a template is a boolean; the code is assumed"),
        (.authorityNotFound(0), "an id of a certificate authority that does not exist"),
        (
            .authorityNotFound(named: "NAME"),
            "a name of a certificate authority that does not exist; `CA does not exist` is known from a client"
        ),
        (.noAuthorities, "10.5 and 11.6 have no certificate authority to list; the code is known from a client"),
        (.authorityOfTwoLogIns, "an authority is to be logged in to by OAuth and by a certificate; the status is assumed"),
        (.recipientNotFound(0), "an id of a recipient of alerts that does not exist"),
        (.unauthorized, "unknown credentials, with `unauthorizedBody: json`"),
        (.noOperation(""), "no such operation, or the release lacks it; `X-Mock-Why` names the nearest"),
        (.methodNotAllowed("", []), "the path takes other methods, named in `Allow`"),
        (.unsupportedCharset("utf-16"), "a body is in UTF-16 or UTF-32"),
        (
            .undecodableBody(415, "The Content-Encoding 'br' of the request body is not supported; …"),
            "a body is compressed otherwise than by gzip or deflate; a broken one gets 400, one that becomes too long 413"
        ),
        (.unsupportedVersion("VERSION"), "an API version other than 1, 1.0, 2, 2.0"),
        (.missingRequestedWith, "a write without the header"),
        (.worldIsFull("jobs", limit: Estate.jobLimit), "a limit of the mock, not of Command"),
        (.worldsAreFull(limit: 268_435_456), "a limit of the mock, not of Command: what a request adds would exceed `--estate-bytes`"),
    ]
}

/// Finds the setting that was probably meant.
///
/// - Parameters:
///   - name: the name as written.
///   - names: the right names.
/// - Returns: `nil` if none is near.
public func nearestSetting(to name: String, among names: [String]) -> String? {
    nearestWord(to: name, among: names)
}
