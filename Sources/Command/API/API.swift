import Certificates
import Issuance
public import Model
import Orchestrators
import Security
import Stores

/// Every operation of Command that is served. `docs/fidelity/` has a row for each.
public enum API {
    /// All operations, in the order of the documentation.
    public static let operations: [Operation] =
        StatusOperations.all + AgentOperations.all + JobTypeOperations.all + CertificateStoreOperations.all
        + StoreTypeOperations.all + ContainerOperations.all + JobOperations.all + CertificateOperations.all + MetadataFieldOperations.all
        + CollectionOperations.all + TemplateOperations.all + EnrollmentPatternOperations.all + AuthorityOperations.all
        + PamProviderOperations.all + RoleOperations.all + IdentityOperations.all + ClaimOperations.all + PermissionSetOperations.all
}
