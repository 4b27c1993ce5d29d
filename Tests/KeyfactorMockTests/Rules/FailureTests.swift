import Foundation
import MicroHTTP
import TestSupport
import Testing

@testable import Rules

/// The failure library: names, bytes, and what rules may change of them.
struct FailureTests {
    @Test func theNamesAreThoseInTheDocuments() {
        #expect(
            Failure.library.map(\.name) == [
                "forbidden", "sort-field", "unauthorized", "unauthorized-empty", "not-found-store", "not-found-agent",
                "not-found-store-type",
                "not-found-job-type", "not-found-job", "not-found-role", "invalid-argument", "invalid-json", "unavailable", "throttled",
                "gateway-502-html",
                "gateway-504-html", "text-500", "truncated-json-200", "empty-200", "oauth-invalid-client", "collection-not-ready",
                "failed-operations", "failed-operations-null", "message-lowercase", "not-found-certificate", "no-private-key",
                "format-missing", "format-invalid", "ca-missing", "enrollment-denied", "enrollment-pending",
                "enrollment-failed", "no-default-pattern", "subject-invalid", "metadata-required",
            ])
    }

    /// Status, header fields and body as they are sent, word for word.
    @Test(arguments: Failure.library.map(\.name)) func aFailureIsSentAsRecordedInItsGolden(_ name: String) throws {
        let mock = try Mock("rules: [ { operation: 'GET /CertificateStores/{id}', do: [ { refuse: \(name) } ] } ]")
        let headers = [("Authorization", "Basic " + RuleTests.base64("EXAMPLE\\ops:x"))]
        let answered = try mock.send(.get, "/CertificateStores/0a1b2c3d-0000-4000-8000-000000000001", headers: headers)
        let fields = answered.headers.map { "\($0.0): \($0.1)\n" }.joined()
        let text = "\(answered.status)\n\(fields)\n\(answered.body)"
        #expect(Golden.difference(text, "Tests/KeyfactorMockTests/Goldens/Failures/\(name).txt") == nil)
    }

    @Test(
        arguments: [
            ("{ failure: unavailable, headers: { Retry-After: '30' } }", "503", "The service is unavailable.", "30"),
            ("{ failure: throttled, retryAfter: 90s }", "429", "Too many requests.", "90"),
            ("{ failure: throttled, retryAfter: { date: 90s } }", "429", "Too many requests.", "Sun, 22 Nov 2026 12:01:30 GMT"),
            ("{ failure: invalid-argument, status: 409, message: Taken. }", "409", #"{"ErrorCode":"0xA0110004","Message":"Taken."}"#, nil),
            ("{ status: 409, code: '0xA0110005', message: it's }", "409", #"{"ErrorCode":"0xA0110005","Message":"it\u0027s"}"#, nil),
            ("{ status: 500, body: { A: [ 1, null ] } }", "500", #"{"A":[1,null]}"#, nil),
            ("{ failure: text-500, body: 'Oops' }", "500", "Oops", nil),
            (
                "{ failure: forbidden, headers: { X-A: b } }", "403",
                #"{"ErrorCode":"0xA0140002","Message":"User 127.0.0.1 doesn\u0027t have the required permission"}"#, nil
            ),
        ] as [(String, String, String, String?)])
    func aRefusalCanBeChanged(_ refusal: String, _ status: String, _ body: String, _ retryAfter: String?) throws {
        let mock = try Mock("rules: [ { operation: GET /Agents, do: [ { refuse: \(refusal) } ] } ]")
        let answered = try mock.get("/Agents")
        #expect(String(answered.status) == status && answered.body == body && answered["Retry-After"] == retryAfter)
    }
}
