/// Decisions about what certificates refer to.
extension Decisions {
    /// Metadata fields.
    static let metadataFields = """
        - 10.5 to 12.3 send AllowAPI and ExplicitUpdate, 25.4 sends CaseSensitive (documented for 10, 11 and 25); 24.4 sends none of them. An Ansible
          module fails on a member that it does not know (client).
        - A field is in use if a certificate has a value that is not empty. What a template or a pattern says of a field that is deleted goes with it.
        - Options and DefaultValue are not held against the type. ExemptFromActionedCount is read and dropped.
        """

    /// Certificate collections.
    static let collections = """
        - Of a query only the form is looked at: parentheses, operators, quotes; a name that no certificate has is taken. It is sent back as it came;
          a real server writes it with blanks inside parentheses (client), which `collectionQueries: spaced` does too.
        - A collection without a query counts all certificates at once; others are never counted: EstimatedCertCount 0, LastEstimated null.
        - A permission `/certificates/collections/read/N/` shows collection N alone, also in lists. Favorite is one for all callers.
        - What 10.5 grants by `POST /CertificateCollections/{id}/Permissions` is kept, and decides nothing: a scenario says what callers may do.
        """

    /// Templates and enrollment patterns.
    static let templates = """
        - In 25.4 AllowedEnrollmentTypes, regular expressions, defaults, metadata and fields belong to the pattern: a template shows 0, `[]` and null
          (recorded), and a PUT leaves its own alone. Until 24.4 they are the template's, and there are no patterns.
        - Kinds of key have small letters inside in 25.4 (`bit_lengths`, recorded) and BitLengths before (documented for 11); 10.5 has sizes and curves.
        - No kind of key in a policy means every kind that the template has.
        - CustomExtensions, ExtendedKeyUsages and the writes of CADetails, which a later 25 describes, are not served.
        - Regular expressions are kept as they come; whether they can be read is not asked.
        """

    /// Certificate authorities.
    static let authorities = """
        - Secrets are never kept, only whether there is one; `{"SecretValue":"********************"}` leaves it as it is. A certificate to log in with is
          not read, so that its four members are null.
        - An authority is named `host\\logical`, or by its logical name alone (recorded). Without `Properties` it has `{"syncExternal":false}`.
        - Certificates of an authority are those whose issuer is its logical name.
        - Scans read nothing, thresholds are not watched, nobody gets mail. CAConnectors and TaskQueue, which 25 has, are not served.
        """
}
