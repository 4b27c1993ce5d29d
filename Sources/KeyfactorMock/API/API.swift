/// Every operation of Command that is served. `docs/FIDELITY.md` has a row for each.
enum API {
    static let endpoints: [Endpoint] =
        StatusEndpoints.all + AgentEndpoints.all + JobTypeEndpoints.all + CertificateStoreEndpoints.all
        + StoreTypeEndpoints.all + ContainerEndpoints.all + JobEndpoints.all
        + PamProviderEndpoints.all
}
