/// What was decided where nobody could establish what Command does, area by area. Each is assumed unless it says otherwise.
///
/// `keyfactor-mock fidelity` prints it; `docs/fidelity/` keeps it.
enum Decisions {
    /// Requests in general.
    static let requests = """
        - A trailing slash and doubled slashes in a path are ignored; letters of either case are the same (client). A list of base paths replaces the vendor's two.
        - A prefix before a query parameter's name is cut at the last dot (client); of one name sent twice the last counts; `+` and `%20` are blanks.
        - API versions 1, 1.0, 2 and 2.0 are one where an operation has no second version; others get 400. `headers: off` does not look.
        - A body on GET, such as `null`, is not read (client). HEAD is answered as GET. `Accept` is not looked at: no 406. A body in gzip or deflate is
          decoded; one in another coding, in UTF-16 or in UTF-32 gets 415.
        - Bodies are read as Newtonsoft's JsonTextReader reads (documented, by its source; that Command uses it: client, by the texts of 25.5's
          errors): single quotes, names without quotes, comments, a comma before a closing bracket, control characters in strings, `\\'`, `0x1F`,
          `017` as octal, `.5`, `1.`; `undefined` and an element left out between commas are null; NaN and Infinity are texts; the first value
          counts, whatever follows. Beyond it, comments may stand before a colon (assumed). `{"a":}` and `{"a":,}`, `new Date(0)`, bytes that
          are no UTF-8, 0 and 1 for a boolean, a number for a text are refused, though Newtonsoft takes some of them.
        - Values as .NET's converters read them: `"True"` and `" false "`, `" 2 "`, an enum's name or an id with blanks around it; an empty text
          is null for ids, numbers, booleans, enums and times, but not in a list of ids (documented). `Properties` and rules read so as well; the
          journal shows such a body as it was read. `json: strict` takes of all this only a number in quotes.
        - A blank around a number, a boolean or an id of the query is nothing (documented by .NET's converters).
        - `PageReturned` and `ReturnLimit` below 1 get 400, and so does a `ReturnLimit` above a million.
        - Queries: AND binds before OR; operators of either case; a blank may be missing after `)`; `()` is refused; `\\"` and `""` stand for a
          quote; curly quotes count; text is compared without case; a list field contains a text if one element does; `%TODAY%` is midnight UTC;
          names of agent states are taken as well as numbers; where the text would have no end, `\\"` is a backslash and the end; `-contains` and the like never match null, `-ne` and `-notcontains` do.
        """

    /// Schedules.
    static let schedules = """
        - `{}`, `{"Off": …}` whatever its value, and members that are null or false say Off. `{"Off": false}` beside another kind is nothing. Off with another kind, or two kinds, get 400.
        - `Minutes` is at least 1, without an upper limit (documented for the portal: 12 hours); `Day` is 1 to 27 (documented for the portal);
          `Days` holds at least one; names, numbers and numbers in quotes are taken.
        - A time without a zone is UTC. `2026-11-22T20Z`, a date alone and `/Date(ms)/` are taken (client), and so are .NET's forms `u`, `s`,
          `o`, `R`, `G` and `g`, such as `11/26/2026 10:00:00 AM`; a weekday must be the date's (documented).
        - Recorded, not guessed: daily, weekly and monthly schedules show the day of the GET, ExactlyOnce keeps its own and may lie in the past.
          Guessed: seconds are shown as 00.
        """

    /// `POST /CertificateStores/Schedule`.
    static let scheduling = """
        - One bad store refuses the request and no store changes. Unknown ids are all named (`unknownIds`). An id given twice counts once.
        - A store that is not approved, or has no agent, gets 400. Whether that agent is approved is not asked.
        - A recurring schedule that replaces a recurring one keeps the job's id; every other change makes a new one.
        - An Immediate or ExactlyOnce inventory is cleared when it has run (documented).
        - Permissions of containers are checked store by store; one store out of reach gets 403 for the whole request.
        """

    /// Certificate stores.
    static let stores = """
        - Machine (without case), path and type tell stores apart. A path has 1 to 722 characters (documented). The empty GUID and container 0 are none.
        - PUT: null is as if the member were left out; the table says what that clears. Without Password the password stays. A schedule
          that says what the store has leaves its job alone. Machine, path, type and approval are not changed. A new agent takes the inventory job
          over; other jobs stay where they are.
        - A schedule asks for an approved store with an agent; else 400. A container's schedule is taken on by a store that comes into it, or can be
          scheduled for the first time, if the store has none or the container overwrites (documented); a container without one changes nothing.
        - Properties come as JSON in a string; a value is a text or `{"value": …}` (client), numbers and booleans are kept as text, null is left out.
          What comes as an object, and ServerUsername and ServerPassword, are secrets.
        - A secret is never kept: what is known is whether there is one. `SecretValue` (or `Value`) that is empty or null is none, asterisks leave it as
          it is, a provider counts as one. A GET shows an object with `Value` masked and `HasValue` true; members as well `Value`, `SecretTypeGuid` and
          `SecretType` are assumed.
        - Moving a store needs the permission for both containers; making a container and scheduling a discovery need the global one.
        - Add, Remove: the inventory shows the change when the management job has succeeded; a real server shows it after the next inventory. A job
          without a script fails if the alias is there and `Overwrite` is false, or if there is nothing to remove; aliases are compared without case.
          Without an alias a certificate goes under its thumbprint. A CertificateId that nobody knows becomes a certificate with made-up content. JobFields are not kept.
        - Reenrollment needs a SubjectName, and a store type that supports enrollment. Its certificate is made up, as are issuer and serial.
        """

    /// Certificate store types.
    static let storeTypes = """
        - Enums are taken by name, by number, and by number in quotes. `DefaultValue` may be a string, a number or a boolean and is kept as text.
        - Name and ShortName must be given and be unlike those of other types, without case; names of properties and of entry parameters differ.
        - What a POST leaves out is false, empty, or Forbidden; Capability is the short name. Ids of properties count from 1 in each type.
        - A number is never given twice, also when its type is gone.
        - Known difference: StorePathType Fixed or MultipleChoice with StorePathValue, and Required properties, are kept and sent back, but stores
          are not held against them. Command refuses stores that do not fit (client: kfutil's changelog); its status and text are not known.
        - Queries take a type's short name, without case, where its number is meant: `CertStoreType -eq "PEM"` (client). A number counts first.
        """

    /// Certificate store containers.
    static let containers = """
        - Name must be given and be unlike those of other containers, without case. `CertStoreType` -1 or nothing is any type; on PUT it must be
          that of the stores in the container.
        - A PUT whose schedule is Off turns the stores' schedules off where it overwrites; one without `Schedule` leaves them alone. Stores that
          are not approved, or have no agent, take on nothing, and one that loses its agent loses its schedule.
        - An id is never given twice. An Immediate or ExactlyOnce schedule stays on the container when it has run.
        - Some clients read `Schedule` of one container as the compact text; the description has the object, and so does the mock, unless
          `containerSchedule: text` is set. Immediate has no text and is null there. Answers to writes keep the object.
        """

    /// `POST /OrchestratorJobs/Custom`.
    static let customJobs = """
        - Checked in this order: AgentId, JobTypeName, capability, Schedule, JobFields. The first that is wrong is named.
        - An agent must be Approved and have the job type's name among its capabilities (without case), `LOGS` for `FetchLogs` or `Fetch Logs`.
        - Off gets 400; the six other kinds are taken in every release. Immediate is answered as `{"Immediate":true}`.
        - A field must be known to the type (names without case) and have a value or a default if it is required. Int is 32 bits, DateTime any
          time above, Bool true or false. A real server may leave such checks to the job.
        - The answer lists every field that has a value, in the type's order. The same request twice makes two jobs.
        """

    /// Agents.
    static let agents = """
        - Ids are strings in the description; one that is no GUID gets 400. An id given twice counts once.
        - Approving, disapproving and resetting can be repeated. A new agent and a disapproved one are the same to jobs: what falls due waits.
        - Resetting or deleting an agent with force deletes the certificate stores that it serves, the jobs scheduled on it, and other agents' jobs
          on those stores. Attempts stay in the history; one in progress stays in process forever.
        - `force` is true or false in any case; something else gets 400. Deleting asks for no permission on the stores.
        """

    /// Custom job types.
    static let jobTypes = """
        - Names and field names are compared without case. `Type` is a name, a number from 1 to 4, or such a number in quotes; 5 is refused.
        - A default must be a value of the field's type; an empty string is none, but for String. A description that is null is shown as "".
        - A new type is no agent's capability: an agent must have its name among its capabilities, which only a scenario can give.
        """

    /// How jobs progress.
    static let jobs = """
        - A job is picked up the moment it is due if its agent is approved and polls; a real agent asks every few minutes. Otherwise it waits, and is
          picked up the moment the agent is approved, in the order in which jobs were asked for. A recurring job waits once.
        - Without a script an attempt is in process until a history request selects it; then it succeeds. A recurring job that is due again ends
          the attempt before. Retries exist only in scripts (recorded: failed attempts before the last are CompletedWillRetry).
        - A read is a JobHistory request whose query selects the attempt, whatever the page; filtered by JobId it is a read of that job alone.
          So is a request for the inventory of the job's store, whatever the page, and one for all inventories if the caller may read the store
          (client: one polls the inventory alone until a deployed certificate is there).
        - Five looks at other places that show the job or what it changes count as a read, so that no client waits forever: ScheduledJobs and
          lists of stores that show the job or its store, the store itself, JobStatus/Data of the present attempt, and Locations, or
          certificates with `includeLocations`, for a job that moves the certificate. A list of certificates is a look at re-enrollments.
        - A recurring interval begins with its first interval. What an interval job missed while time leapt far ahead is counted, not recorded.
        - Logs fetched without a script are one line of text. Unscheduling leaves an attempt that is in progress in process.
        - Reschedule, Unschedule and Acknowledge take ids or a query, both or neither get 400; one item that is not eligible refuses all, also of a
          query. An attempt whose agent or store is gone cannot be rescheduled.
        """

    /// Roles and what surrounds them.
    static let security = """
        - A role has one list of permissions. The first version shows those for everything as words, `CertificateStoreManagement:Read`, the
          second all of them as paths; requests of both take either. Which word is which path is assumed; a word without a path here, such as
          `API:Read`, is kept and shown as it is.
        - `Permissions/Collections`, `Containers` and `PamProviders` are views of that list: `Read` for container 3 is
          `/certificate_stores/read/3/`.
        - A role that grants `/` is shown with every permission that the mock knows.
        - Permissions of a role are not held against its permission set. `Valid` is always true.
        - Callers have what the scenario grants them; a caller to whom it gives roles by name has what those grant in addition, as long as they
          are enabled. Identities and claims give nobody anything here.
        - Identity providers cannot be listed or made; the provider of a claim gets an Id made from its scheme.
        - An Id is never given twice. Names are compared without case.
        """

    /// PAM providers.
    static let pam = """
        - A value for a parameter of type Secret is dropped as it is read; in its place stands a GUID that stays the same.
        - A provider is not asked for anything: a store's secret may name any provider.
        """

    /// Access.
    static let access = """
        - Users are compared without case; a domain only if both sides have one. In mode `any` a user that the scenario names keeps its
          permissions, whatever the password. An expired token of the mock's own is refused in every mode but `none`.
        - A permission grants what lies below it: `/certificate_stores/` grants scheduling in every container.
        """

    /// Known differences.
    static let known = """
        - Jobs do no work: inventories read nothing, and what a job leaves after is what a scenario says.
        - The history keeps the last 20,000 attempts of a world; older ones go.
        - Agents that poll were seen at the last full minute, unless their file says when. Thumbprints, blueprints and error members are fixed.
        - Windows-integrated log-in (Negotiate, NTLM, Kerberos) and client certificates are not taken.
        - Discovery finds nothing: stores that wait for approval come from a scenario only. Inventory jobs change nothing.
        - `X-Total-Count` is recorded for agents; that the other lists send it is assumed.
        - Times are cut to milliseconds.
        - Only the operations above are served; everything else is a 404.
        - `Server` and other headers of IIS are not sent.
        - A world keeps at most 2,000,000 jobs and 65,536 tokens; the oldest token goes first.
        """
}
