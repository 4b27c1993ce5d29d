import Base
import Entities
import PKI

/// The kinds of alternative names, as requests spell them and as Command numbers them.
enum AlternativeNames {
    /// Every key, documented; `email` and `upn` are sent by a client, and are taken for rfc822 and ms_ntprincipalname (assumed).
    private static let types: [(key: String, type: Int)] = [
        ("other", 0), ("rfc822", 1), ("email", 1), ("dns", 2), ("x400", 3), ("directory", 4), ("ediparty", 5), ("uri", 6), ("ip", 7),
        ("ip4", 7), ("ip6", 7), ("registeredid", 8), ("ms_ntprincipalname", 100), ("upn", 100), ("ms_ntdsreplication", 101),
    ]

    private static let words = [
        0: "Other Name", 1: "RFC 822 Name", 2: "DNS Name", 3: "X400 Address", 4: "Directory Name", 5: "EDI Party Name",
        6: "Uniform Resource Identifier", 7: "IP Address", 8: "Registered Id", 100: "MS NT Principal Name", 101: "MS NTDS Replication",
    ]

    /// What people call a kind.
    static func word(ofType type: Int) -> String { words[type] ?? "Unknown" }

    static let keys = types.map(\.key)

    /// The number of a kind, whose key is compared without case (assumed).
    static func type(ofKey key: String) -> Int? { types.first { $0.key == key.lowercased() }?.type }

    /// What is wrong with a name; `nil` if it can be put into a certificate.
    static func mistake(in text: String, type: Int, key: String) -> String? {
        do throws(PKIMistake) {
            let name = try CertificateContent.AlternativeName(type: type, value: text).encoded()
            let wanted = ["ip4": false, "ip6": true][key.lowercased()]
            return wanted == nil || name.value.contains(":") == wanted ? nil : "'\(text.prefix(60))' is no address of version \(key.last!)."
        } catch {
            return error.message
        }
    }
}
