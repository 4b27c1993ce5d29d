import Base
import Entities

/// What the nouns of this module need to know of certificates.
extension Estate {
    /// Whether a certificate has a value of a metadata field.
    func hasValues(of field: MetadataField) -> Bool { certificates.use(field: field.name) }

    /// Deletes a metadata field, its values, and what templates and patterns say of it.
    mutating func remove(_ field: MetadataField) {
        metadataFields.remove(field.id)
        certificates.removeValues(ofFields: [field.name])
        for var template in templates.rows.all where template.metadata.contains(where: { $0.field == field.id }) {
            template.metadata.removeAll { $0.field == field.id }
            templates.put(template)
        }
        for var pattern in enrollmentPatterns.rows.all where pattern.metadata.contains(where: { $0.field == field.id }) {
            pattern.metadata.removeAll { $0.field == field.id }
            enrollmentPatterns.put(pattern)
        }
    }

    /// How many certificates a collection holds, as far as it was counted: one without a query holds all of them, others are not counted.
    ///
    /// - Returns: `nil` for a collection that was not counted.
    func estimate(of collection: CertificateCollection) -> Int? { collection.query.isEmpty ? certificates.table.count : nil }

    /// Whether there are certificates that an authority issued, or requests that it is to issue. Looks at all until one is found.
    func hasCertificates(from authority: CertificateAuthority) -> Bool {
        var found = requests.waiting.all.contains { $0.authority == authority.id }
        guard !found else { return true }
        certificates.table.walk(backwards: true) { certificate in
            found = certificate.origin.authority == authority.id
            return !found
        }
        return found
    }
}
