/// What was decided of certificates and enrollment.
extension Decisions {
    static let certificates = """
        - Certificates are real: Sub-CA and the other authorities of the estate sign them, below Root-CA. Their keys follow from the seed of the
          scenario, which is published, and protect nothing. They are not the authority of the mock's own HTTPS, which `ca.pem` is of.
        - The same seed, the same clock and the same requests give the same serial numbers, ids and bytes. Signatures are ECDSA on P-256.
        - Private keys that the server makes follow from the seed too, and so are made in microseconds. RSA keys are products of published
          primes.
        - Revocation lists are at the address that certificates say, below `http://ca.example/crl/`, for any Host: always up to date. There is
          also an OCSP responder for each authority below `http://ca.example/ocsp/`, by POST, and by GET with the request in the address. It signs
          with the authority's own key, takes SHA-1 and SHA-256, repeats a nonce, and says unknown of certificates that are not the authority's.
        - Certificates of the authorities are records of their own with CertState 0, as recorded of chains that are found in stores.
        - A certificate that a scenario describes by its thumbprint has no bytes: `ContentBytes` is null, and Download refuses it.
        - Expiry follows the world's clock. An expired certificate keeps its CertState, and is left out of lists like a revoked one.
        - Of AllowedRequesters, the caller must have one as a role; whoever may do everything has the roles that cannot be changed.
        """
}
