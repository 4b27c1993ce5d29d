public import ScenarioFormat

/// A switch of `fidelity` in a scenario, said once: reader, shape, schema and documentation come from it.
public struct FidelitySwitch: Sendable {
    /// Its name under `fidelity`.
    public let key: String
    /// Its values, the default first.
    public let values: [String]
    /// What may stand there.
    let shape: Shape
    /// What it does, in a few words, for the schema.
    let about: String
    /// What it does, for the documentation.
    public let effect: String
    /// How the default is known.
    public let provenance: String
    /// What a checked node says, as one of `values`.
    let read: @Sendable (YAMLNode) -> String?
    /// Takes one of `values`.
    let set: @Sendable (String, inout Fidelity) -> Void

    private init<Value: RawRepresentable<String> & CaseIterable & Sendable>(
        _ key: String, _ paths: any (WritableKeyPath<Fidelity, Value> & Sendable)..., about: String, effect: String, provenance: String
    ) {
        self.key = key
        values = Value.allCases.map(\.rawValue)
        shape = .word(values)
        self.about = about
        self.effect = effect
        self.provenance = provenance
        read = { $0.text }
        set = { text, fidelity in
            guard let value = Value(rawValue: text) else { return }
            for path in paths { fidelity[keyPath: path] = value }
        }
    }

    private init(
        flag key: String, _ path: any WritableKeyPath<Fidelity, Bool> & Sendable, about: String, effect: String, provenance: String
    ) {
        self.key = key
        values = ["false", "true"]
        shape = .boolean
        self.about = about
        self.effect = effect
        self.provenance = provenance
        read = { $0.boolean.map(String.init) }
        set = { text, fidelity in fidelity[keyPath: path] = text == "true" }
    }

    /// Every switch, in the order of the documentation.
    public static let all: [FidelitySwitch] = [
        .init(
            "headers", \.headers, about: "which requests must carry x-keyfactor-requested-with",
            effect: "which requests must carry `x-keyfactor-requested-with`; `off` also accepts any `x-keyfactor-api-version`",
            provenance: "client: GETs without it pass; assumed: writes without it get 400"),
        .init(
            "nulls", \.nulls, about: "whether members without a value are sent as null or left out",
            effect: "whether members without a value are sent as null or left out",
            provenance: "recorded; `omit` is for SDKs that crash on a null object"),
        .init(
            "enums", \.enumsOfWeekdays, \.enumsOfStoreTypes, \.enumsOfJobHistory, \.enumsOfAgents,
            \.enumsOfTemplates,
            about: "whether enums are numbers, names, or as the release has them",
            effect: "all enums: as the release has them, numbers, or names; what the next five do not say",
            provenance: "recorded: agents send numbers, weekdays and store types names; field types assumed"),
        .init(
            "enumsOfWeekdays", \.enumsOfWeekdays, about: "whether weekdays are numbers or names; default as enums",
            effect: "`Days` of weekly schedules; as `enums` if left out",
            provenance: "recorded: names; SDKs generated from the description read numbers (client)"),
        .init(
            "enumsOfStoreTypes", \.enumsOfStoreTypes, about: "whether enums of store types are numbers or names; default as enums",
            effect: "`PrivateKeyAllowed`, `CustomAliasAllowed`, `Style` and `Type` of store types; as `enums` if left out",
            provenance: "recorded: names; kfutil and Terraform read names, generated SDKs numbers (client)"),
        .init(
            "enumsOfJobHistory", \.enumsOfJobHistory,
            about: "whether results, states and field types of jobs are numbers or names; default as enums",
            effect: "`Result` and `Status` of the job history, `Type` of the fields of custom job types; as `enums` if left out",
            provenance: "recorded: names until 12.3, numbers since; field types assumed"),
        .init(
            "enumsOfAgents", \.enumsOfAgents, about: "whether status and platform of agents are numbers or names; default as enums",
            effect: "`Status` and `AgentPlatform` of agents; as `enums` if left out",
            provenance: "recorded: numbers"),
        .init(
            "enumsOfTemplates", \.enumsOfTemplates, about: "whether the key retention of templates is a number or a name; default as enums",
            effect: "`KeyRetention` of templates; as `enums` if left out",
            provenance: "recorded: names; generated SDKs read numbers (client)"),
        .init(
            "containerSchedule", \.containerSchedule, about: "what a GET of one container shows as Schedule",
            effect: "`Schedule` of GET /CertificateStoreContainers/{id}: an object, or the compact text that the list has",
            provenance: "documented as an object; kfutil and Terraform read a text (client)"),
        .init(
            "unknownMembers", \.unknownMembers, about: "what happens to members that a model does not have",
            effect: "members of a request that the model does not have", provenance: "recorded: ignored"),
        .init(
            "json", \.json, about: "whether bodies are read as Newtonsoft's Json.NET and ASP.NET do, or as RFC 8259 says",
            effect: """
                how the JSON of bodies is read: `lenient` also takes single quotes, names without quotes, comments, a trailing comma, control \
                characters in strings, text after the first value, booleans and numbers as text, an empty text for null, and .NET's times; \
                `strict` holds clients to RFC 8259, and `X-Mock-Why` says where that is why
                """,
            provenance: """
                client: the texts of 25.5's errors are Newtonsoft's; documented: what Newtonsoft takes, by its source; that Command changes \
                none of it is assumed
                """),
        .init(
            "unknownIds", \.unknownIDs, about: "the status for identifiers that do not exist",
            effect: """
                the status for identifiers that do not exist; `vendor` is 404 for an id in the path, for `AgentId` and for \
                `JobTypeName`, 400 for ids in a list
                """,
            provenance: "404 in the path recorded; the rest assumed"),
        .init(
            "missingSchedule", \.missingSchedule, about: "what a missing Schedule of CertificateStores/Schedule means",
            effect: "what POST /CertificateStores/Schedule makes of a body without `Schedule`",
            provenance: "documented as required; `off` is how SDKs switch a schedule off"),
        .init(
            "emptyQuery", \.emptyQuery, about: "what an empty Query of Reschedule, Unschedule and Acknowledge means",
            effect: "what an empty `Query` means: 400, or all jobs and attempts", provenance: "assumed: an empty one is a client's mistake"),
        .init(
            "collectionQueries", \.collectionQueries, about: "how certificate collections send their queries back",
            effect: "`spaced` writes a blank inside every parenthesis of a certificate collection's query: `( A )`",
            provenance: "client: Terraform compares queries without these blanks, since a server adds them; when it does is not known"),
        .init(
            "bindingErrors", \.bindingErrors, about: "the shape of refusals of bodies that cannot be read",
            effect: "shape of refusals of bodies that cannot be read: `ErrorCode` and `Message`, or `application/problem+json`",
            provenance: "assumed"),
        .init(
            "unauthorizedBody", \.unauthorizedBody, about: "the body of a 401", effect: "body of a 401",
            provenance: "recorded: a client quotes the page's phrase; an empty one is reported too"),
        .init(
            "paging", \.paging, about: "ignorePage makes every page the first",
            effect: "`ignorePage` makes every page the first, which finds clients that never stop",
            provenance: "client: they ask on until they get `[]`"),
        .init(
            "collectionId", \.collectionID, about: "what collectionId does to those who may see all certificates",
            effect: "whether `collectionId` filters by the collection's query, or is only a check of permissions",
            provenance: "documented as a check of permissions; clients list the members of collections by it"),
        .init(
            "certificateText", \.certificateText, about: "how POST /Enrollment/CSR writes certificates",
            effect: "`Certificates` of POST /Enrollment/CSR: PEM with line feeds, PEM with CRLF, or DER in base64",
            provenance: "recorded: line feeds; client: an older one splits at CRLF, another copes with bare base64"),
        .init(
            "rfcEnforcement", \.rfcEnforcement, about: "what RFCEnforcement does to an enrollment without a DNS name",
            effect: "whether RFCEnforcement adds the common name as a DNS name to an enrollment without one",
            provenance: "assumed: the name is added"),
        .init(
            "missingKeys", \.missingKeys, about: "what becomes of IncludePrivateKey where a certificate has no key",
            effect: """
                `IncludePrivateKey` of POST /CertificateStores/Certificates/Add for a certificate without a key: 400, or it says nothing
                """,
            provenance: "assumed; clients built on keyfactor-go-client always send it, also for roots"),
        .init(
            flag: "legacySpelling", \.legacySpelling, about: "also sends Pkcs12Blob as PKCS12Blob",
            effect: "also sends `Pkcs12Blob` as `PKCS12Blob`", provenance: "client: one script asks for it by this name"),
        .init(
            flag: "timestampTypo", \.timestampTypo, about: "also sends RequestTimestamp as the documentation misspells it",
            effect: "also sends `RequestTimestmap`, as one page of the documentation spells it",
            provenance: "documented: every machine-made source spells it right"),
    ]
}

extension Fidelity {
    /// What `fidelity` holds in scenario files.
    public static let shape = Shape.object(
        "fidelity", fields: FidelitySwitch.all.map { Shape.Field($0.key, $0.shape, about: $0.about) })

    /// Reads the switches that a checked mapping sets; the rest stay as a client needs them, or else the vendor's.
    ///
    /// - Parameters:
    ///   - node: the mapping; `nil` sets nothing.
    ///   - client: the client whose needs come first.
    public init(reading node: YAMLNode?, for client: ClientPreset? = nil) {
        self.init()
        for each in FidelitySwitch.all {
            if let value = client?[each.key] { each.set(value, &self) }
        }
        for each in FidelitySwitch.all {
            if let value = node?[each.key].flatMap(each.read) { each.set(value, &self) }
        }
    }
}
