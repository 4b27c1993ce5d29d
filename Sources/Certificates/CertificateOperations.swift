public import Model

/// What can be done with certificates, enrollments and requests.
public enum CertificateOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        CertificateReads.all + CertificateLocations.all + CertificateMetadata.all + CertificateDownloads.all + CertificateRevocation.all
        + CertificateImports.all + CertificateOwners.all + CertificateDeletion.all + Enrollments.all + EnrollmentContext.all
        + Renewals.all + Deliveries.all + RequestDecisions.all + GeneratedRequestOperations.all
}
