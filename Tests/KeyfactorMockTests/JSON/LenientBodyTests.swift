import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Command
@testable import Entities
@testable import Journal
@testable import KeyfactorMock
@testable import Model

/// Whoever reads a body reads the same: the operation, rules, the journal, and what stands in a store's Properties.
struct LenientBodyTests {
    private static let rule = """
        rules:
          - operation: POST /CertificateStores/Schedule
            where: { body.Schedule.Interval.Minutes: 61 }
            do: [ { refuse: unavailable } ]
        """

    @Test(arguments: [
        ("{'Schedule':{Interval:{Minutes:61}}}", true, "single quotes"),
        ("/**/{\"Schedule\":{\"Interval\":{\"Minutes\":0x3D,}}}", true, "hexadecimal"),
        ("{Schedule:{Interval:{Minutes:61}}}}", true, "a brace too many"),
        ("{Schedule:{Interval:{Minutes:60}}}//61", false, "another number"),
        ("{Schedule:{Interval:{Minutes:60}}}{Schedule:{Interval:{Minutes:61}}}", false, "what follows does not count"),
    ])
    func aRuleMatchesWhatTheOperationReads(_ body: String, _ isStruck: Bool, _ reason: String) throws {
        for fidelity in ["lenient", "strict"] {
            let reply = try Mock("fidelity: { json: \(fidelity) }\n" + Self.rule).post("/CertificateStores/Schedule", body)
            #expect((reply.status == 503) == isStruck, "\(reply.status) \(reply.body)")
        }
    }

    @Test(arguments: [
        ("{Password:'hush'}", "a name without quotes"), ("{'password':\"hush\",}", "single quotes"),
        ("{'pass\\u0077ord':'hush'}", "an escape"),
        ("{a:1} {password:'hush'}", "after the first value"), ("{a:1/*password=hush*/}", "in a comment"),
        ("{a:1}// hush", "in a last comment"),
        ("// hush\n{a:1}", "in a first comment"), ("{Properties:'{password:\\'hush\\'}'}", "in a text"),
        ("{a:\"{'password':'hush'}\"}", "in JSON in a text"),
        ("{a:'{b:1}//password: hush'}", "in a comment in a text"), ("['Password','hush',]", "as a pair"),
        ("{Name:'Password',Value:'hush'}", "named beside"),
        ("{password:\r\n'hu\nsh hush'}", "over lines"), ("{a:'{b:1} {password:\"hush\"}'}", "after JSON in a text"),
    ])
    func aSecretInALenientBodyIsStruckOut(_ body: String, _ reason: String) throws {
        let shown = Secrets.body(Array(body.utf8)[...], isForm: false)
        #expect(!shown.contains("hush"), "\(shown)")
        #expect((try? JSONDocument(Array(shown.utf8))) != nil, "\(shown)")
        guard body.hasPrefix("{") || body.hasPrefix("[") else { return }
        #expect(!Secrets.body(Array(body.utf8)[...], isForm: true).contains("hush"))
    }

    @Test(arguments: [
        ("{a:'b',}", #"{"a":"b"}"#), ("[0x10,'\t'] x", #"[16,"\t"]"#), ("{abcd:", "(struck out)"), ("'abcd", "(struck out)"),
    ])
    func anotherLenientBodyIsShownAsItWasRead(_ body: String, _ shown: String) {
        #expect(Secrets.body(Array(body.utf8)[...], isForm: false) == shown)
    }

    @Test func aFormStaysAForm() {
        #expect(Secrets.body(Array("'a'=1&password=x".utf8)[...], isForm: true) == "'a'=1&password=(struck out)")
    }

    @Test(arguments: [
        ("{'a':'b',}", true), ("{a:'b'} x", true), ("{a:'b'/**/}", true), ("{'a':\\\"b\\\"}", true), ("{a:b}", false), ("{a:'b'", false),
        ("['a']", false),
    ])
    func propertiesInATextAreReadAsTheBodyIs(_ text: String, _ isTaken: Bool) throws {
        let body = "{\"ClientMachine\":\"a\",\"StorePath\":\"b\",\"CertStoreType\":2,\"Properties\":\"\(text)\"}"
        let lenient = try Mock().post("/CertificateStores", body)
        #expect((lenient.status == 200) == isTaken, "\(lenient.body)")
        if isTaken { #expect(lenient.json["Properties"]?.text == #"{"a":"b"}"#) }
        let strict = try Mock("fidelity: { json: strict }").post("/CertificateStores", body)
        #expect(strict.status == 400)
        #expect((strict["X-Mock-Why"]?.contains("json: strict") == true) == isTaken)
    }

    @Test func anEmptyTextIsNullWhereThereMayBeNone() throws {
        let mock = try Mock()
        let body = #"{"ClientMachine":"a","StorePath":"b","CertStoreType":2,"AgentId":"","ContainerId":"","Approved":"true"}"#
        let made = try mock.post("/CertificateStores", body)
        #expect(made.status == 200, "\(made.body)")
        #expect(made.json["ContainerId"]?.isNull == true)
        #expect(try Mock("fidelity: { json: strict }").post("/CertificateStores", body).status == 400)
    }

    @Test(arguments: ["", "  ", "{", "{'a':'b", "{a:}", "{StoreIds:5}", "\"text\"", "// only a comment"])
    func whatNobodyReadsIsRefusedByBothWithoutBlamingTheSwitch(_ body: String) throws {
        for fidelity in ["lenient", "strict"] {
            let reply = try Mock("fidelity: { json: \(fidelity) }").post("/CertificateStores/Schedule", body)
            #expect(reply.status == 400)
            // A body that can be read, and is wrong only then, is refused for what comes first.
            #expect(fidelity == "strict" && body.hasPrefix("{StoreIds") || reply["X-Mock-Why"]?.contains("strict") == false)
        }
    }
}
