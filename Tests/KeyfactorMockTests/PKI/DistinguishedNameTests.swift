import Testing

@testable import Base
@testable import PKI

struct DistinguishedNameTests {
    @Test(arguments: [
        ("CN=shop.example", "CN=shop.example"), ("CN=a, O=b", "CN=a,O=b"), ("cn=a;ou=b", "CN=a,OU=b"),
        ("O=Example\\, Inc.", "O=Example\\, Inc."), ("O=\"Example, Inc.\"", "O=Example\\, Inc."), ("O=\"a\\\"b\" , L=c", "O=a\\\"b,L=c"),
        ("CN=a+OU=b,O=c", "CN=a+OU=b,O=c"), ("OU=b+CN=a", "CN=a+OU=b"), ("Email=a@b.example", "E=a@b.example"),
        ("emailAddress=a@b.example", "E=a@b.example"),
        ("S=Bavaria,C=DE", "ST=Bavaria,C=DE"), ("CN=  a  b  ", "CN=a  b"), ("CN=\\ a\\ ", "CN=\\ a\\ "), ("CN=\\#1", "CN=\\#1"),
        ("CN=Caf\\C3\\A9", "CN=Café"), ("CN=Café 漢字 🔑", "CN=Café 漢字 🔑"), ("OID.1.2.3=x", "OID.1.2.3=x"), ("1.2.3=x", "OID.1.2.3=x"),
        ("2.5.4.3=x", "CN=x"), ("CN=a=b", "CN=a=b"), ("CN=a,OU=,O=", "CN=a"), ("", ""), ("  ", ""), ("CN=", ""), ("CN=a,", "CN=a"),
        ("CN = a", "CN=a"), ("OU=+CN=a", "CN=a"), ("O=x,OU=+CN=a", "O=x,CN=a"), ("DC=example,DC=org", "DC=example,DC=org"),
        ("CN=\"a\\\\\"", "CN=a\\\\"), ("CN=a<b>", "CN=a\\<b\\>"),
    ])
    func `A name is read, and written in its order`(_ text: String, _ written: String) throws {
        let name = try DistinguishedName(text)
        #expect(name.text == written)
        #expect(try DistinguishedName(written) == name)
        #expect(try DistinguishedName(der: name.der) == name)
    }

    @Test(arguments: [
        ("shop.example", "'shop.example' is not a part of a distinguished name: it has no '='. Write NAME=VALUE with commas between them."),
        ("CN=a,b", "'b' is not a part of a distinguished name: it has no '='. Write NAME=VALUE with commas between them."),
        ("X=a", "A distinguished name has no part 'X'; known are CN, O, OU, L, ST, C, E, DC and identifiers such as 2.5.4.3."),
        ("=a", "A distinguished name has no part ''; known are CN, O, OU, L, ST, C, E, DC and identifiers such as 2.5.4.3."),
        ("CN=a\"b", "There is a '\"' within the value of CN. Write '\\\"'."),
        ("CN=\"a", "The value of CN has an opening '\"' and no closing one."),
        ("CN=\"a\"b", "After the closing '\"' of CN there is neither a comma nor the end."),
        ("CN=a\\", "The value of CN has a '\\' that escapes neither a special character nor two hexadecimal digits."),
        ("CN=a\\x", "The value of CN has a '\\' that escapes neither a special character nor two hexadecimal digits."),
        ("CN=\\FF", "The value of CN is not UTF-8."), ("CN=a\\0Ab", "The value of CN has a character that X.509 does not allow there."),
        ("CN=a\nb", "The value of CN has a character that X.509 does not allow there."),
        ("E=Café@b", "The value of E has a character that X.509 does not allow there."),
        ("C=D*", "The value of C has a character that X.509 does not allow there."),
        ("CN=" + String(repeating: "a", count: 4094), "A distinguished name has at most 4096 bytes; this one has 4097."),
    ])
    func `A mistake in a name is a sentence`(_ text: String, _ message: String) {
        #expect(PKISample.mistake { () throws(PKIMistake) in _ = try DistinguishedName(text) } == message)
    }

    @Test func `Parts are found by their type`() throws {
        let name = try DistinguishedName("CN=a,OU=b,OU=c\\,d,E=x@y.example")
        #expect(name.values(of: "ou") == ["b", "c,d"])
        #expect(name.values(of: "EMAIL") == ["x@y.example"])
        #expect(name.values(of: "L") == [])
        #expect(name.values(of: "nothing") == [])
        #expect(name.parts == ["CN=a", "OU=b", "OU=c\\,d", "E=x@y.example"])
        #expect(DistinguishedName(commonName: "a, b").text == "CN=a\\, b")
        #expect(try DistinguishedName("").isEmpty && DistinguishedName("").der == [0x30, 0])
    }

    @Test(
        arguments: [
            (Tag.utf8, [0xFF], "#0C01FF"), (Tag.bmp, [0, 0x41, 0x20, 0xAC], "A€"), (Tag.bmp, [0], "#1E0100"), (0x14, [0x43, 0xE9], "Cé"),
            (Tag.octets, [1], "#040101"), (Tag.printable, [0x41], "A"),
        ] as [(UInt8, [UInt8], String)])
    func `Any kind of text in a name is shown`(_ tag: UInt8, _ content: [UInt8], _ text: String) throws {
        let der = DERWriter.bytes { writer in
            writer.sequence { writer in
                writer.node(Tag.set) { writer in
                    writer.algorithm("2.5.4.3") { $0.node(tag, content) }
                }
            }
        }
        #expect(try DistinguishedName(der: der).values(of: "CN") == [text])
    }

    @Test(
        arguments: [
            (.dns, "*.shop.example", "*.shop.example"), (.ip, "10.0.0.1", "10.0.0.1"), (.ip, "2001:DB8:0:0::1", "2001:db8::1"),
            (.uri, "spiffe://example/x", "spiffe://example/x"), (.rfc822, "a@b.example", "a@b.example"),
            (.directory, "CN=a, O=b", "CN=a,O=b"),
            (.registeredID, "1.2.3", "1.2.3"), (.principalName, "ann@corp", "ann@corp"), (.other, "1.2.3:x:y", "1.2.3:x:y"),
            (.ntdsReplication, "{00112233-4455-6677-8899-aabbccddeeff}", "00112233445566778899AABBCCDDEEFF"),
        ] as [(SubjectAltName.Kind, String, String)])
    func `A further name is written and read again`(_ kind: SubjectAltName.Kind, _ text: String, _ value: String) throws {
        let name = try SubjectAltName(kind, text)
        #expect(name.value == value)
        var reader = DERReader(name.der[...])
        #expect(try SubjectAltName(reader.any()) == name)
    }

    @Test(
        arguments: [
            (.dns, "", "A subject alternative name is empty."), (.dns, "a b", "'a b' is not a DNS name in ASCII such as shop.example."),
            (.dns, "café.example", "'café.example' is not a DNS name in ASCII such as shop.example."),
            (.ip, "10.0.0", "'10.0.0' is not an IPv4 or IPv6 address."), (.ip, "::1\0", "'::1\0' is not an IPv4 or IPv6 address."),
            (.ip, "10.0.0.1/8", "'10.0.0.1/8' is not an IPv4 or IPv6 address."),
            (.uri, "shop", "'shop' is not a URI such as https://shop.example/."),
            (.rfc822, "ann", "'ann' is not an email address such as ann@example.org."),
            (.registeredID, "x", "'x' is not an object identifier such as 1.2.3.4."), (.ntdsReplication, "12", "'12' is not a GUID."),
            (.other, "x", "'x' is not an object identifier and a text with a colon between them, such as 1.2.3.4:text."),
            (.other, ":1.2:x", "':1.2:x' is not an object identifier and a text with a colon between them, such as 1.2.3.4:text."),
            (.x400, "x", "X.400 addresses and EDI parties cannot be put into certificates here."),
            (.directory, "x", "'x' is not a part of a distinguished name: it has no '='. Write NAME=VALUE with commas between them."),
        ] as [(SubjectAltName.Kind, String, String)])
    func `A further name that cannot be is refused`(_ kind: SubjectAltName.Kind, _ text: String, _ message: String) {
        #expect(PKISample.mistake { () throws(PKIMistake) in _ = try SubjectAltName(kind, text) } == message)
    }

    @Test func `A further name has at most 1024 bytes, a DNS name 253`() {
        let refused = { (count: Int, kind: SubjectAltName.Kind) in
            PKISample.mistake { () throws(PKIMistake) in _ = try SubjectAltName(kind, String(repeating: "a", count: count)) } != nil
        }
        #expect((refused(253, .dns), refused(254, .dns)) == (false, true))
        #expect((refused(1024, .principalName), refused(1025, .principalName)) == (false, true))
    }
}
