public import Model
import Orchestrators
import Security
import Stores

/// Every operation of Command that is served. `docs/fidelity/` has a row for each.
public enum API {
    /// All of them, in a fixed order.
    public static let operations: [Operation] =
        StatusOperations.all + AgentOperations.all + JobTypeOperations.all + CertificateStoreOperations.all
        + StoreTypeOperations.all + ContainerOperations.all + JobOperations.all + PamProviderOperations.all
        + RoleOperations.all + IdentityOperations.all + ClaimOperations.all + PermissionSetOperations.all
}
