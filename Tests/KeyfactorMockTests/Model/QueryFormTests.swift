import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import Model

/// Queries of which only the form is looked at.
struct QueryFormTests {
    @Test(arguments: [
        "", "  ", "CertState -eq 1", "(Thumbprint -eq \"AB\")", "A -eq \"x\" AND (B -lt 3 OR C -notcontains d)", "x -gt \"%TODAY-30%\"",
        "A -eq NULL", "(A -eq 1)AND B -ne 2",
    ])
    func `A query in Keyfactor's form is one, whatever its fields`(_ query: String) {
        #expect(throws: Never.self) { try Query<Certificate>.requireForm(query, named: "Query") }
    }

    @Test(arguments: [
        ("A", "Query: expected an operator after 'A'\n  A\n   ^"), ("A -is 1", "expected an operator"),
        ("A -eq", "expected a value after '-eq'"),
        ("(A -eq 1", "this '(' is not closed"), ("A -eq 1)", "this ')' has no matching '('"), ("()", "expected a field"),
        ("A -lt NULL", "NULL takes -eq or -ne"), ("\"A\" -eq 1", "expected a field"), ("A -eq \"x", "this quote is not closed"),
        ("A -eq 1 B -eq 2", "expected AND, OR or the end"),
    ])
    func `Another text is refused, and shown`(_ query: String, _ message: String) {
        let refusal = #expect(throws: Refusal.self) { try Query<Certificate>.requireForm(query, named: "Query") }
        #expect(refusal?.message.contains(message) == true, "\(refusal?.message ?? "")")
    }
}
