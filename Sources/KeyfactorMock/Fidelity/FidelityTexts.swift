/// Paragraphs of the pages under `docs/fidelity/` that no table holds.
enum FidelityTexts {
    /// Before the table of refusals.
    static let refusals = """
        Shape: an object of `ErrorCode` and `Message`; with several items also `FailedOperations`, an array of `{"Reason"}` (client). Quotes and
        other characters that HTML knows are written as `\\u00XX` (recorded for the apostrophe). A code is a family, not a key: real servers use
        one code for several conditions. Only 0xA0140002 and 0xA011004A are established for these operations. `X-Mock-Why` is the mock's own
        header and tells what the vendor's body does not. dots stand for what depends on the request.
        """

    /// After the table of refusals.
    static let otherRefusals = """
        For the texts marked recorded the text and status are; of the 404s the code is assumed. In addition:

        - **401**: an HTML page with the phrase "Access is denied due to invalid credentials" (the phrase is recorded, the page is our own),
          `WWW-Authenticate: Basic realm="Keyfactor Command", charset="UTF-8"` and `Bearer`, each where the mode takes it (assumed). As JSON its code is
          0xA0140001 (assumed).
        - **The token endpoint** answers errors as RFC 6749 says. It stands for an identity provider and is not Command's.
        - **What HTTP itself forbids** (two lengths, no Host, NUL in the path and the like: 400; a body too long: 413; header fields too long: 431)
          the listener refuses before Command is asked, with code 0xA0110004 (assumed), without Command's own headers, and closes the connection.
          Header fields that do not fit the connection's buffer get a 431 with a page of HTML.
        """

    /// Before the table of failures.
    static let failures = """
        What `refuse` in a scenario's rule sends; `keyfactor-mock failures` prints this table. A recorded failure keeps its bytes; only header fields
        may be added. An assumed one may be changed in part. Header fields are Command's, but for the two pages of a gateway.
        """

    /// Before the tables of clients.
    static let clients = """
        What published clients need. `client: NAME` in a scenario, `--client NAME`, or `KEYFACTOR_MOCK_CLIENT=NAME` sets all of a client's settings at
        once; `keyfactor-mock clients` lists them. What a scenario says under `fidelity` and as `product` stands above its client's settings, and
        `enums` above all four of its parts; the options `--client` and `--product` stand above the scenario. [CLIENTS.md](../CLIENTS.md) says more.
        """

    /// After the table of releases.
    static let releases = """
        Store types: a ShortName has at most 10 characters in 10.5 and 64 later (documented for 10 and 25; between them assumed). Entry parameters
        say when they are needed in `RequiredWhen` until 24.4; 25.4 has `ValidationOptions` instead, also of properties, and adds their `Id` and
        `CertificateFormat` (documented for 10, 11 and 25; 12.3 and 24.4 assumed). Requests may use either form in every release.

        Containers: 10.5 and 11.6 take Off, Interval and Daily, 24.4 and later every kind (documented); 12.3 is taken to be as 24.4.

        Established: the header's form and times of 25.4.1, times and names of 10.x (recorded); inventory kinds of 10.5, 11.3 and 24.4, JobTypes of
        25 (documented). Assumed: headers of the other releases, everything of 12.3, field types of 11.6 and 24.4. All releases use the permission
        names of 11; 10.x has others.

        `POST /CertificateStores/Approve` takes an `InventorySchedule` in 25.4 only, `POST /CertificateStores/Reenrollment` of 10.5 has seven members
        (documented); where the member is not there it is ignored as any unknown one.
        """
}
