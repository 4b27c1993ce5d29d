import Base
import Entities
import Issuance
import Model
import ScenarioFormat

/// What scenario files say of the nouns that certificates refer to.
extension EstateBuilder {
    /// Merges metadata fields, collections, authorities, templates and patterns, each by name.
    mutating func addCatalogue(_ node: YAMLNode?) {
        // Models take time to make, so they are made where a file has rows of theirs.
        add(node?["metadataFields"], MetadataField.model, "metadata field", \.metadataFields)
        noteCatalogue()
        add(node?["collections"], CertificateCollection.model, "certificate collection", \.collections)
        for item in node?["authorities"]?.items ?? [] {
            let name = item["name"]?.text ?? ""
            let known = item["host"].map { "\($0.text ?? "")\\\(name)" } ?? name
            add(item, CertificateAuthority.model, "certificate authority", \.authorities, known: estate.authority(named: known))
        }
        add(node?["templates"], Template.model, "certificate template", \.templates)
        noteCatalogue()
        add(node?["enrollmentPatterns"], EnrollmentPattern.model, "enrollment pattern", \.enrollmentPatterns)
        if let settings = node?["enrollmentSettings"] {
            EnrollmentSettings.model.seed(settings, into: &estate.enrollmentSettings, &seeding)
        }
        add(node?["healthRecipients"], AlertRecipient.model, "recipient", \.healthRecipients, name: "email")
        add(node?["thresholdRecipients"], AlertRecipient.model, "recipient", \.thresholdRecipients, name: "email")
    }

    /// Remembers the names that files may refer to.
    mutating func noteCatalogue() {
        for field in estate.metadataFields.rows.all { seeding.metadataFields[field.name.lowercased()] = field.id }
        for template in estate.templates.rows.all { seeding.templates[template.name.lowercased()] = template.id }
        // The first of a logical name last, so that it counts.
        for authority in estate.authorities.rows.all.reversed() {
            seeding.authorities[authority.logicalName.lowercased()] = authority.id
            seeding.authorities[authority.name.lowercased()] = authority.id
        }
    }

    private mutating func add<Row: NamedRow & Modelled>(
        _ list: YAMLNode?, _ model: @autoclosure () -> Model<Row>, _ what: String, _ path: WritableKeyPath<Estate, Numbered<Row>>,
        name key: String = "name"
    ) {
        guard let items = list?.items, !items.isEmpty else { return }
        let model = model()
        for item in items { add(item, model, what, path, known: estate[keyPath: path].named(item[key]?.text ?? "")) }
    }

    private mutating func add<Row: NamedRow & Modelled>(
        _ item: YAMLNode, _ model: Model<Row>, _ what: String, _ path: WritableKeyPath<Estate, Numbered<Row>>, known: Row?
    ) {
        var row = known ?? Row()
        if known == nil { row.id = estate[keyPath: path].highest + 1 }
        model.seed(item, into: &row, &seeding)
        if let other = estate[keyPath: path][row.id], other.name.lowercased() != (known ?? row).name.lowercased() {
            return seeding.note(item["id"], "the \(what) '\(other.name)' has this id already")
        }
        if let known, known.id != row.id {
            return seeding.note(item["id"], "a \(what)'s id is given once, and '\(known.name)' has the id \(known.id)")
        }
        estate[keyPath: path].put(row)
    }

    // MARK: What comes with the mock

    /// Authorities, templates, patterns, metadata fields and collections that a client's first test needs.
    mutating func addSampleCatalogue() {
        for (name, retention) in [("Sub-CA", KeyRetention.indefinite), ("NoKeep-CA", .none)] {
            estate.authorities.put(authority(name, retention))
        }
        let (server, client) = ("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2")
        for (name, usage) in [("WebServer-1y", server), ("Client-1y", client), ("Server-Approval", server), ("Legacy-Off", server)] {
            let template = Self.sampleTemplate(estate.templates.highest + 1, name, usage: usage, isServer: usage == server)
            let added = estate.templates.add(template)
            if !template.allowed.isEmpty { estate.enrollmentPatterns.put(pattern(of: added)) }
        }
        addSampleFields()
        for (name, query) in [
            ("All Certificates", "CertState -eq 1"), ("Expiring", "ExpirationDate -lt \"%TODAY+30%\""),
            ("Web", "TemplateShortName -eq \"WebServer-1y\""),
        ] {
            var collection = CertificateCollection()
            (collection.name, collection.query, collection.isFavorite) = (name, query, name == "All Certificates")
            _ = estate.collections.add(collection)
        }
        noteCatalogue()
    }

    private func authority(_ name: String, _ retention: KeyRetention) -> CertificateAuthority {
        var authority = CertificateAuthority()
        (authority.id, authority.logicalName, authority.host) = (estate.authorities.highest + 1, name, "ca.example")
        (authority.forestRoot, authority.configurationTenant) = ("example", "example")
        (authority.keyRetention, authority.allowed, authority.isForEnrollment) = (retention, [.pfx, .csr], true)
        (authority.fullScan, authority.incrementalScan) = (.interval(minutes: 60), .interval(minutes: 10))
        authority.lastScan = seeding.now
        return authority
    }

    private static func sampleTemplate(_ number: Int, _ name: String, usage: String, isServer: Bool) -> Template {
        var template = Template()
        (template.name, template.longName, template.displayName) = (name, name, name)
        (template.forestRoot, template.configurationTenant) = ("example", "example")
        template.allowed = name == "Legacy-Off" ? [] : [.pfx, .csr, .csrGeneration]
        template.requiresApproval = name == "Server-Approval"
        // Who must wait for an approval gets the key afterwards.
        template.keyRetention = name == "Server-Approval" ? .indefinite : .none
        // Digital signature and key encipherment.
        template.keyUsage = 160
        template.extendedKeyUsages = [
            .init(id: isServer ? 1 : 2, oid: usage, name: isServer ? "Server Authentication" : "Client Authentication")
        ]
        template.oid = "1.3.6.1.4.1.99999.1.\(number)"
        template.keys = [
            KeyAlgorithm("RSA", [2048, 3072, 4096]),
            KeyAlgorithm("ECDSA", [256, 384, 521], curves: ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"]),
            KeyAlgorithm("Ed25519", [255]), KeyAlgorithm("Ed448", [448]),
        ]
        return template
    }

    private func pattern(of template: Template) -> EnrollmentPattern {
        var pattern = EnrollmentPattern()
        (pattern.id, pattern.name, pattern.template) = (estate.enrollmentPatterns.highest + 1, template.name, template.id)
        (pattern.isDefault, pattern.allowed) = (true, template.allowed)
        pattern.authorities = estate.authorities.rows.all.map(\.id)
        pattern.policy.keys = template.keys
        return pattern
    }

    private mutating func addSampleFields() {
        let common: [(String, MetadataField.DataType)] = [
            ("Owner", .string), ("Contact", .email), ("SiteCode", .integer), ("Critical", .boolean), ("ReviewDate", .date),
            ("Environment", .multipleChoice), ("Notes", .bigText),
        ]
        // The seven that an issuer for cert-manager looks for.
        let issuers = [
            "Issuer-Name", "Issuer-Namespace", "Controller-Kind", "Controller-Namespace", "Controller-Reconcile-Id",
            "Controller-Resource-Group-Name", "Certificate-Signing-Request-Namespace",
        ].map { ($0, MetadataField.DataType.string) }
        for (place, (name, type)) in (common + issuers).enumerated() {
            var field = MetadataField()
            (field.name, field.description, field.type, field.displayOrder) = (name, name, type, place)
            if type == .multipleChoice { field.options = "Dev,Test,Prod" }
            _ = estate.metadataFields.add(field)
        }
    }
}
