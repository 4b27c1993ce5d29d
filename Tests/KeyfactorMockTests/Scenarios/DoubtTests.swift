import TestSupport
import Testing

@testable import ScenarioFormat
@testable import Worlds

/// What can never be is a mistake, or a warning where it may have been meant for later.
struct DoubtTests {
    @Test(arguments: [
        ("estate: { roles: [ { name: r, permissions: [ /Agents/read/ ] } ] }", "'/Agents/read/' grants nothing"),
        ("estate: { roles: [ { name: r, permissions: [ /Agents/management/read/ ] } ] }", "'/agents/management/read/'?"),
        ("auth: { users: [ { name: a, password: x, permissions: [ /certificate_stores/read/x/ ] } ] }", "'/certificate_stores/read/'?"),
        ("auth: { clients: [ { id: a, secret: x, permissions: [ /certificate_stores/read/1/b/ ] } ] }", "'/certificate_stores/read/'?"),
        ("estate: { enrollmentPatterns: [ { name: p, template: WebServer-1y, roles: [ Nope ] } ] }", "no role 'Nope'"),
        ("clock: { mode: frozen, rate: 2 }", "a frozen clock has no rate"), ("clock: { rate: 2, mode: running }", "a running clock"),
        (
            "progress: [ { match: {}, steps: [ { state: InProcess } ] }, { match: { agent: uo-1 }, steps: [ { state: InProcess } ] } ]",
            "line 1"
        ),
        (
            "progress:\n- { match: { agent: uo-1 }, steps: [ { state: InProcess } ] }\n"
                + "- { match: { agent: UO-1, jobType: FetchLogs }, steps: [ { state: InProcess } ] }", "the one in line 2"
        ),
        ("auth: { mode: basic }", "nobody can log in: there are no users"), ("auth: { mode: bearer, users: [] }", "no clients"),
        ("auth: { mode: both, users: [] }", "users or clients"), ("basePath: []", "no operation is served"),
        ("auth: { users: [ { name: 'a:b', password: x } ] }", "ends at the first colon"),
        ("estate: { agents: [ { machine: a, capabilities: [ PEM, LOG ] } ] }", "did you mean 'LOGS'?"),
        ("estate: { agents: [ { machine: a, capabilities: [ SampleCustomJobTipe ] } ] }", "did you mean 'SampleCustomJobType'?"),
        ("estate: { jobTypes: [ { name: Backup } ], agents: [ { machine: a, capabilities: [ Bakcup ] } ] }", "did you mean 'Backup'?"),
        ("estate: { collections: [ { name: c, query: 'IssuedCM -eq \"a\"' } ] }", "did you mean IssuedCN?"),
        ("estate: { collections: [ { name: c, query: 'IssuedCN -equals a' } ] }", "expected an operator"),
        ("estate: { collections: [ { name: c, query: 'CertState -eq Actve' } ] }", "expected a number, or one of"),
        ("estate: { collections: [ { name: c, query: '(CertId -eq 1' } ] }", "whoever uses the collection is refused"),
        ("estate: { collections: [ { name: c, grants: [ { role: 99, permissions: [ Read ] } ] } ] }", "no role with the Id 99"),
        (
            "estate: { roles: [ { id: 5, name: r } ], collections: [ { name: c, grants: [ { role: 5, permissions: [ Raed ] } ] } ] }",
            "did you mean 'Read'?"
        ),
        ("estate: { templates: [ { name: t, regexes: [ { subjectPart: CN, regex: '(' } ] } ] }", "nothing is held against this expression"),
        ("estate: { enrollmentSettings: { regexes: [ { subjectPart: CN, regex: '(?<n>a)' } ] } }", "nothing is held against"),
        ("estate: { metadataFields: [ { name: F, validation: '[a' } ] }", "nothing is held against"),
        ("estate: { templates: [ { name: t, metadataFields: [ { field: Owner, validation: 'a{3' } ] } ] }", "nothing is held against"),
        ("estate: { metadataFields: [ { name: F, dataType: MultipleChoice } ] }", "has no choices"),
        ("estate: { metadataFields: [ { name: F, dataType: Integer, defaultValue: many } ] }", "expected a whole number"),
        ("estate: { templates: [ { name: t, metadataFields: [ { field: ReviewDate, defaultValue: soon } ] } ] }", "expected a date"),
        ("estate: { certificates: [ { subject: CN=a, metadata: { SiteCode: abc } } ] }", "'SiteCode' does not take this"),
        ("estate: { certificateRequests: [ { subject: CN=a, metadata: { Environment: Prd } } ] }", "expected one of Dev, Test, Prod"),
    ])
    func whatIsHardlyMeantIsAWarning(_ text: String, _ part: String) throws {
        let warnings = try Scenario(Array(text.utf8), now: Mock.noon).warnings.all
        #expect(warnings.count == 1 && warnings.first?.sentence.contains(part) == true, "\(warnings)")
    }

    @Test(arguments: [
        "auth: { users: [ { name: a, password: x, permissions: [ /certificate_stores/read/3/, /certificate_stores/, '*', /other/x/ ] } ] }",
        "clock: { mode: scaled, rate: 2 }", "clock: { rate: 2 }", "clock: { mode: frozen }", "auth: { mode: any }",
        "progress: [ { match: { agent: uo-1 }, steps: [ { state: InProcess } ] }, { match: {}, steps: [ { state: InProcess } ] } ]",
        "auth: { mode: basic, users: [ { name: a, password: x } ] }", "expect: [ { requests: {}, count: 1-3 } ]",
        "expect: [ { requests: { operation: GET /Agents }, followedBy: { operation: 'GET /**', notBefore: 2s, within: 2s } } ]",
        "rules: [ { operation: GET /Agents, where: { query.x: { above: 3, below: 9 } }, do: [] } ]",
        "estate: { agents: [ { machine: a, capabilities: [ pem, logs, HCVPKI, samplecustomjobtype ] } ] }",
        "estate: { collections: [ { name: c, query: 'SiteCode -gt 5 AND ExpirationDate -lt \"%TODAY+3%\"' }, { name: d, query: '' } ] }",
        "estate: { metadataFields: [ { name: Own, dataType: Integer } ], certificates: [ { subject: CN=a, metadata: { own: 5 } } ] }",
        "estate: { templates: [ { name: t, regexes: [ { subjectPart: CN, regex: '^[a-z]+\\.example$' } ] } ] }",
        "estate: { roles: [ { id: 5, name: r } ], collections: [ { name: c, grants: [ { role: 5, permissions: [ read ] } ] } ] }",
    ])
    func whatCanBeIsNone(_ text: String) throws {
        #expect(try Scenario(Array(text.utf8), now: Mock.noon).warnings.all == [])
    }

    /// A hint leads to what is taken, or there is none.
    @Test(
        arguments: [
            ("product: 25.3", "\"24.4\", \"25.4\", found '25.3'", nil), ("product: \"25.3\"", "\"24.4\", \"25.4\", found \"25.3\"", nil),
            ("product: 25.4", "found '25.4'", "quote it: \"25.4\""), ("basePath: /_mock/x", "not below /_mock", nil),
            ("basePath: /_MOCK/X", "not below /_mock", nil), ("basePath: [ /W/x ]", "not below /_mock", nil),
            ("rules: [ { operation: get /Agents, do: [] } ]", "must be an operation", "write 'GET /Agents'"),
        ] as [(String, String, String?)])
    func aHintLeadsToWhatIsTaken(_ text: String, _ part: String, _ hint: String?) {
        do throws(Mistakes) {
            _ = try Scenario(Array(text.utf8), now: Mock.noon)
            Issue.record("no mistake")
        } catch {
            #expect(error.all.count == 1 && error.all[0].message.contains(part) && error.all[0].hint == hint, "\(error.all)")
        }
    }

    @Test(arguments: [
        ("expect: [ { requests: {}, count: 3-1 } ]", "smaller", "1-3"), ("expect: [ { jobs: {}, count: 9-8 } ]", "smaller", "8-9"),
        ("expect: [ { requests: { operation: GET /Agents }, followedBy: { operation: POST /Agents/Approve } } ]", "next request", "leave"),
        ("expect: [ { requests: { operation: token }, followedBy: { operation: GET /Agents } } ]", "which is token", "leave"),
        ("expect: [ { requests: {}, followedBy: { notBefore: 5s, within: 2s } } ]", "nothing can follow", "exchange"),
        ("rules: [ { operation: GET /Agents, where: { body.x: { above: 9, below: 3 } }, do: [] } ]", "above 9 and below 3", "exchange"),
        ("expect: [ { every: {}, has: { status: { above: 500, below: 500 } } } ]", "above 500", "exchange"),
    ])
    func whatCanNeverBeIsAMistake(_ text: String, _ part: String, _ hint: String) {
        do throws(Mistakes) {
            _ = try Scenario(Array(text.utf8), now: Mock.noon)
            Issue.record("no mistake")
        } catch {
            #expect(error.all.count == 1 && error.all[0].message.contains(part), "\(error.all)")
            #expect(error.all[0].hint?.contains(hint) == true, "\(error.all)")
        }
    }
}
