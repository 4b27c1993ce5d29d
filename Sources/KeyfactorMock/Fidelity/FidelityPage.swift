import Base
import Certificates
import Command
import Issuance
import Model
import Orchestrators
import Rules
import Security
import Stores

/// A page about how far responses can be believed, written from the code. `keyfactor-mock fidelity NAME` prints it, and `docs/fidelity/`
/// keeps it.
public struct FidelityPage: Sendable {
    /// Its name on the command line, and its file's.
    public let name: String
    let title: String
    private let parts: [String]

    /// The page in Markdown.
    public var text: String { "# \(title)\n\n" + parts.joined(separator: "\n\n") + "\n" }

    /// Every page.
    public static let all: [FidelityPage] = [
        area(
            "orchestrators", "Orchestrators and jobs", AgentOperations.all + JobTypeOperations.all + JobOperations.all,
            [
                ("Agents", Decisions.agents), ("Job types", Decisions.jobTypes), ("POST /OrchestratorJobs/Custom", Decisions.customJobs),
                ("How jobs progress", Decisions.jobs),
            ]),
        area(
            "certificate-stores", "Certificate stores", CertificateStoreOperations.all + StoreTypeOperations.all + ContainerOperations.all,
            [
                ("Certificate stores", Decisions.stores), ("POST /CertificateStores/Schedule", Decisions.scheduling),
                ("Schedules", Decisions.schedules), ("Store types", Decisions.storeTypes), ("Containers", Decisions.containers),
            ]),
        area(
            "certificates", "Certificates and enrollment", CertificateOperations.all, [("Certificates", Decisions.certificates)]),
        area(
            "issuance", "What certificates refer to",
            MetadataFieldOperations.all + CollectionOperations.all + TemplateOperations.all + EnrollmentPatternOperations.all
                + AuthorityOperations.all,
            [
                ("Metadata fields", Decisions.metadataFields), ("Collections", Decisions.collections),
                ("Templates and enrollment patterns", Decisions.templates), ("Certificate authorities", Decisions.authorities),
            ]),
        area(
            "security", "Security and PAM",
            RoleOperations.all + IdentityOperations.all + ClaimOperations.all + PermissionSetOperations.all + PamProviderOperations.all,
            [("Roles, identities, claims", Decisions.security), ("PAM providers", Decisions.pam)]),
        area(
            "general", "General behavior", StatusOperations.all,
            [("Requests", Decisions.requests), ("Access", Decisions.access), ("Known differences", Decisions.known)]),
        FidelityPage(name: "refusals", title: "Refusals", parts: [FidelityTexts.refusals, refusals, FidelityTexts.otherRefusals]),
        FidelityPage(name: "failures", title: "Failures by name", parts: [FidelityTexts.failures, failures]),
        FidelityPage(
            name: "switches", title: "Fidelity switches",
            parts: ["Set in a scenario under `fidelity`. The first value is the default.", switches]),
        FidelityPage(
            name: "clients", title: "Clients",
            parts: [FidelityTexts.clients] + ClientPreset.all.map { "## \($0.name)\n\n\($0.about).\n\n\(settings(of: $0))" }),
        FidelityPage(
            name: "releases", title: "Releases",
            parts: [
                "Set with `product` in a scenario or `--product`. 12.3 has no recording and is interpolated.", releases,
                FidelityTexts.releases,
            ]),
    ]

    /// The page that leads to the others.
    public static let index = FidelityPage(
        name: "index", title: "Fidelity: how far a response can be believed",
        parts: [
            """
            keyfactor-mock responds as Keyfactor Command does where that is known, and says so where it is not. These pages list every
            operation, refusal, switch and difference between releases, and every decision where nobody could establish what Command does.
            They are written from the code: `keyfactor-mock fidelity NAME` prints a page.
            """,
            table(["page", "about"], all.map { ["[\($0.name)](fidelity/\($0.name).md)", $0.title] }),
            "Words for where a fact comes from:",
            table(
                ["word", "meaning"],
                [
                    [
                        "recorded",
                        "seen in a recording of a real server, mostly Command 25.4.1, or quoted word for word by somebody who met it",
                    ],
                    ["documented", "said by the vendor's documentation or by its machine-readable API description"],
                    ["client", "relied on by published client code or scripts that work against real servers"],
                    ["assumed", "nobody could establish it; the most plausible behavior was chosen"],
                ]),
        ])

    private static func area(
        _ name: String, _ title: String, _ operations: [Operation], _ decisions: [(title: String, text: String)]
    ) -> FidelityPage {
        let rows = operations.map { [$0.name, $0.releases, $0.needs.text, $0.facts.established, $0.facts.assumed] }
        let parts = [
            """
            Permissions are those of release 11 and later; `N` is the id of a container or a collection. Every operation also needs a caller who is let in (401
            otherwise).
            """,
            table(["operation", "since", "permission", "what is established", "what is assumed"], rows),
            "Each decision below is assumed unless it says otherwise. Where there is a switch, it is named.",
        ]
        return FidelityPage(name: name, title: title, parts: parts + decisions.map { "## \($0.title)\n\n\($0.text)" })
    }

    private static var refusals: String {
        table(
            ["when", "status", "code", "provenance", "message"],
            Catalogue.refusalExamples.map { refusal, when in
                [when, String(refusal.status), refusal.code, refusal.provenance.rawValue, refusal.message]
            })
    }

    private static var failures: String {
        table(
            ["name", "status", "code", "provenance", "when"],
            Failure.library.map {
                ["`\($0.name)`", String($0.status), $0.code.isEmpty ? "–" : $0.code, $0.provenance.rawValue, $0.when]
            })
    }

    private static var switches: String {
        table(
            ["switch", "values", "what it does", "provenance of the default"],
            FidelitySwitch.all.map {
                ["`\($0.key)`", $0.values.map { "`\($0)`" }.joined(separator: " · "), $0.effect, $0.provenance]
            })
    }

    private static func settings(of client: ClientPreset) -> String {
        table(
            ["setting", "value", "why", "how it is known"],
            client.settings.map { ["`\($0.key)`", "`\($0.value)`", $0.reason, $0.source] })
    }

    private static var releases: String {
        table(
            [
                "release", "X-Keyfactor-Product-Version", "times", "field types, job results and states by `enums: product`",
                "agents show JobTypes", "inventory weekly, monthly", "operations",
            ],
            ProductVersion.allCases.map { product in
                let traits = product.traits
                return [
                    product.rawValue, "`\(traits.header)`", traits.times == .bare ? "no zone, no fraction" : "`Z`, fraction as needed",
                    traits.numbers ? "numbers" : "names", traits.agentJobTypes ? "yes" : "no", traits.weeklyInventory ? "taken" : "refused",
                    String(API.operations.count { $0.isServed(by: product) }),
                ]
            })
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |" }
        return ([line(head), "|" + String(repeating: "---|", count: head.count)] + rows.map(line)).joined(separator: "\n")
    }
}
