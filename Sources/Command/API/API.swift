public import Model
import Issuance
import Orchestrators
import Stores

/// Every operation of Command that is served. `docs/fidelity/` has a row for each.
public enum API {
    /// All of them, in a fixed order.
    public static let operations: [Operation] =
        StatusOperations.all + AgentOperations.all + JobTypeOperations.all + CertificateStoreOperations.all
        + StoreTypeOperations.all + ContainerOperations.all + JobOperations.all + PamProviderOperations.all
        + MetadataFieldOperations.all + CollectionOperations.all + TemplateOperations.all + EnrollmentPatternOperations.all
        + AuthorityOperations.all
}
