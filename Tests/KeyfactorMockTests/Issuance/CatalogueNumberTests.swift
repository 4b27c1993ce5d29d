import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities

/// Ids, names and references of what certificates refer to.
struct CatalogueNumberTests {
    private static let bodies: [(String, @Sendable (Int) -> String)] = [
        ("/MetadataFields", { #"{"Name":"n\#($0)","Description":"d","DataType":1}"# }),
        ("/CertificateCollections", { #"{"Name":"n\#($0)"}"# }),
        ("/EnrollmentPatterns", { #"{"Name":"n\#($0)","Template":1,"Policies":{}}"# }),
        ("/CertificateAuthority", { #"{"LogicalName":"n\#($0)","HostName":"h"}"# }),
    ]

    @Test(arguments: bodies.map(\.0))
    func `An Id is never given twice, also after the estate was read from its dump`(_ path: String) throws {
        let body = try #require(Self.bodies.first { $0.0 == path }).1
        let mock = try Mock()
        let first = try #require(try mock.post(path, body(1)).json["Id"]?.integer)
        #expect(try mock.send(.delete, "\(path)/\(first)").status == 204)
        #expect(try mock.get("\(path)/\(first)").status == 404)
        let dump = try mock.get("/_mock/estate").body
        let copy = try Mock("estate: \(dump)")
        #expect(try copy.post(path, body(2)).json["Id"]?.integer == first + 1)
        #expect(try mock.post(path, body(3)).json["Id"]?.integer == first + 1)
    }

    @Test(arguments: bodies.map(\.0))
    func `A name that is taken is refused, whatever its case`(_ path: String) throws {
        let body = try #require(Self.bodies.first { $0.0 == path }).1
        let mock = try Mock()
        #expect(try mock.post(path, body(1)).status == 200)
        let reply = try mock.post(path, body(1).replacing("\"n1\"", with: "\"N1\""))
        #expect(reply.status == 400)
        #expect(reply.code == "0xA011000A")
    }

    @Test(arguments: [
        ("/MetadataFields/99", "MetadataFieldType with Id '99' does not exist."),
        ("/CertificateCollections/99", "Certificate collection with id '99' does not exist."),
        ("/CertificateCollections/nobody", "Certificate collection with name 'nobody' does not exist."),
        ("/Templates/99", "Certificate template with id '99' does not exist."),
        ("/EnrollmentPatterns/99", "Enrollment pattern with id '99' does not exist."),
        ("/CertificateAuthority/99", "Certificate authority with id '99' does not exist."),
        ("/CertificateAuthority/AlertRecipients/CAHealthRecipients/99", "Alert recipient with id '99' does not exist."),
    ])
    func `What does not exist gets 404`(_ path: String, _ message: String) throws {
        let reply = try Mock().get(path)
        #expect(reply.status == 404)
        #expect(reply.message == message)
        #expect(try Mock("fidelity: { unknownIds: '400' }").get(path).status == 400)
    }

    @Test(arguments: [
        (
            Method.post, "/EnrollmentPatterns", #"{"Name":"n","Template":99,"Policies":{}}"#,
            "Template: there is no certificate template with id '99'."
        ),
        (
            .post, "/EnrollmentPatterns", #"{"Name":"n","Template":1,"CertificateAuthorities":[1,99],"Policies":{}}"#,
            "CertificateAuthorities[1]: there is no certificate authority with id '99'."
        ),
        (
            .post, "/EnrollmentPatterns", #"{"Name":"n","Template":1,"MetadataFields":[{"MetadataId":99}],"Policies":{}}"#,
            "MetadataFields[0].MetadataId: there is no metadata field with id '99'."
        ),
        (
            .post, "/EnrollmentPatterns", #"{"Name":"n","Template":1,"Regexes":[{"SubjectPart":"X"}],"Policies":{}}"#,
            "Regexes[0].SubjectPart: expected one of CN, O, OU, L, ST, C, E, DNS, IPv4, IPv6, MAIL, UPN, found 'X'."
        ),
        (
            .post, "/EnrollmentPatterns", #"{"Name":"n","Template":1,"Policies":{"PrimaryKeyAlgorithms":[{"name":"DSA"}]}}"#,
            "Policies.PrimaryKeyAlgorithms[0].name: expected one of ECDSA, RSA, Ed448, Ed25519, MLDSA44, MLDSA65, MLDSA87, found 'DSA'."
        ),
        (
            .post, "/EnrollmentPatterns", #"{"Name":"n","Template":1,"AllowedEnrollmentTypes":8,"Policies":{}}"#,
            "AllowedEnrollmentTypes: expected 0 to 7, found 8."
        ),
        (.post, "/MetadataFields", #"{"Name":"n","DataType":1}"#, "Description: expected at least one character, found nothing."),
        (
            .post, "/MetadataFields", #"{"Name":"n","Description":"d","DataType":8}"#,
            "DataType: expected one of String (1), Integer (2), Date (3), Boolean (4), MultipleChoice (5), BigText (6), Email (7), found 8."
        ),
        (.post, "/CertificateCollections", #"{"Name":"n","Query":"A -eq"}"#, "Query: expected a value after '-eq'\n  A -eq\n       ^"),
        (
            .post, "/CertificateCollections/Copy", #"{"Name":"n"}"#,
            "CopyFromId: expected the id of a certificate collection, found nothing."
        ),
        (.put, "/CertificateCollections", #"{"Id":1,"Name":"Web"}"#, "Name: a certificate collection 'Web' exists already."),
        (.put, "/Templates/Settings", "{}", "TemplateRegexes: expected an array, found nothing."),
        (
            .post, "/CertificateAuthority/AlertRecipients/CAHealthRecipients", #"{"Emails":["x"]}"#,
            "Emails[0]: expected a mail address of at most 256 characters, found 'x'."
        ),
    ])
    func `What is wrong is named`(_ method: Method, _ path: String, _ body: String, _ message: String) throws {
        let mock = try Mock()
        let before = try mock.get("/_mock/estate").body
        let reply = try mock.send(method, path, body: body)
        #expect(reply.status == 400)
        #expect(reply.message == message)
        #expect(try mock.get("/_mock/estate").body == before)
    }

    @Test func `What texts may hold has a limit`() throws {
        let long = String(repeating: "x", count: 101)
        let reply = try Mock().post("/CertificateCollections", #"{"Name":"\#(long)"}"#)
        #expect(reply.message == "Name: expected at most 100 characters, found 101.")
    }

    @Test func `Two authorities of one name on two hosts are two, also in files`() throws {
        let mock = try Mock("estate: { authorities: [ { name: Sub-CA, host: other }, { name: Sub-CA, rfcEnforcement: true } ] }")
        let authorities = mock.world.authorities.rows.all
        #expect(authorities.map(\.name) == ["ca.example\\Sub-CA", "ca.example\\NoKeep-CA", "other\\Sub-CA"])
        #expect(authorities.map(\.enforcesRFC) == [true, false, false])
        #expect(mock.world.authority(named: "OTHER\\sub-ca")?.id == 3)
        #expect(mock.world.authority(named: "sub-ca")?.id == 1)
    }

    @Test func `A field that is deleted leaves templates, patterns and certificates`() throws {
        let mock = try Mock(
            """
            estate:
              certificates: [ { id: 100, subject: CN=a, metadata: { Owner: me, Notes: x } } ]
              templates: [ { name: Client-1y, metadataFields: [ { field: Owner, enrollment: Required }, { field: Notes } ] } ]
              enrollmentPatterns: [ { name: Client-1y, template: Client-1y, metadataFields: [ { field: Owner } ] } ]
            """)
        #expect(try mock.get("/MetadataFields/1/InUse").body == "true")
        #expect(try mock.send(.delete, "/MetadataFields/1").code == "0xA0110029")
        #expect(try mock.send(.delete, "/MetadataFields", body: "[1,2,77]").status == 204)
        #expect(mock.world.metadataFields[1] != nil && mock.world.metadataFields[2] == nil)
        #expect(try mock.send(.delete, "/MetadataFields/1?force=true").status == 204)
        #expect(mock.world.certificates[100]?.metadata == ["Notes": "x"])
        #expect(mock.world.templates.named("client-1y")?.metadata.map(\.field) == [7])
        #expect(mock.world.enrollmentPatterns.named("Client-1y")?.metadata.isEmpty == true)
    }
}
