public import Base

/// The switches for what nobody could establish, or what a client needs otherwise. The defaults are the vendor's way.
public struct Fidelity: Sendable, Equatable {
    /// Which requests must carry `x-keyfactor-requested-with`.
    enum Headers: String, Sendable, CaseIterable {
        case writes, all, off
    }
    /// What happens to members whose value is null.
    enum Nulls: String, Sendable, CaseIterable {
        case vendor, omit
    }
    /// How enums of one group are written.
    enum Enums: String, Sendable, CaseIterable {
        case product, numbers, names

        /// Whether they are numbers, where the release has them so or not.
        func isNumber(inProduct isNumber: Bool) -> Bool { self == .numbers || self == .product && isNumber }
    }
    /// What `GET /CertificateStoreContainers/{id}` shows as `Schedule`.
    public enum ContainerSchedule: String, Sendable, CaseIterable {
        case object, text
    }
    /// What happens to members of a request that the model does not have.
    public enum UnknownMembers: String, Sendable, CaseIterable {
        case ignore, refuse
    }
    /// The status for identifiers that do not exist.
    enum UnknownIDs: String, Sendable, CaseIterable {
        case vendor
        case badRequest = "400"
        case notFound = "404"
    }
    /// What a missing `Schedule` of `POST /CertificateStores/Schedule` means.
    public enum MissingSchedule: String, Sendable, CaseIterable {
        case refuse, off
    }
    /// The shape of refusals of bodies that cannot be read.
    public enum BindingErrors: String, Sendable, CaseIterable {
        case command, problem
    }
    /// The body of a 401.
    public enum UnauthorizedBody: String, Sendable, CaseIterable {
        case html, json, empty
    }
    /// What an empty `Query` of Reschedule, Unschedule, Acknowledge and Metadata/All means.
    public enum EmptyQuery: String, Sendable, CaseIterable {
        case refuse, all
    }
    /// What `collectionId` does to those who may see all certificates.
    public enum CollectionID: String, Sendable, CaseIterable {
        case filter, permission
    }
    /// How `POST /Enrollment/CSR` writes certificates.
    public enum CertificateText: String, Sendable, CaseIterable {
        case pem, crlf, base64
    }
    /// What RFCEnforcement does to an enrollment without a DNS name.
    public enum RFCEnforcement: String, Sendable, CaseIterable {
        case addName, nothing
    }
    /// What becomes of a certificate without a key that is to be put into a store with its key.
    public enum MissingKeys: String, Sendable, CaseIterable {
        case refuse, ignore
    }
    /// How certificate collections send their queries back.
    public enum CollectionQueries: String, Sendable, CaseIterable {
        case asSent, spaced
    }
    /// How lists page.
    enum Paging: String, Sendable, CaseIterable {
        case vendor, ignorePage
    }

    var headers = Headers.writes
    var nulls = Nulls.vendor
    var enumsOfWeekdays = Enums.product
    var enumsOfStoreTypes = Enums.product
    var enumsOfJobHistory = Enums.product
    var enumsOfAgents = Enums.product
    var enumsOfTemplates = Enums.product
    /// What `GET /CertificateStoreContainers/{id}` shows as `Schedule`: an object, or the compact text of the list.
    public var containerSchedule = ContainerSchedule.object
    /// What happens to members of a request that the model does not have; ignored unless said otherwise.
    public var unknownMembers = UnknownMembers.ignore
    var unknownIDs = UnknownIDs.vendor
    /// How the JSON of bodies is read.
    public var json = JSONReading.lenient
    /// Whether a schedule request without `Schedule` is refused or ends the schedule.
    public var missingSchedule = MissingSchedule.refuse
    /// Whether unreadable bodies are refused in Command's shape or as problem details.
    public var bindingErrors = BindingErrors.command
    /// What the body of a 401 is: the page of IIS, JSON or empty.
    public var unauthorizedBody = UnauthorizedBody.html
    /// What an empty `Query` of Reschedule, Unschedule and Acknowledge means.
    var emptyQuery = EmptyQuery.refuse
    /// Whether collections send their queries back as they came, or with blanks inside parentheses.
    public var collectionQueries = CollectionQueries.asSent
    var paging = Paging.vendor
    /// Whether `collectionId` filters, or is a matter of permissions alone.
    public var collectionID = CollectionID.filter
    /// How `POST /Enrollment/CSR` writes certificates.
    public var certificateText = CertificateText.pem
    /// What RFCEnforcement does to an enrollment without a DNS name.
    public var rfcEnforcement = RFCEnforcement.addName
    /// What becomes of a certificate without a key that is to be put into a store with its key.
    public var missingKeys = MissingKeys.refuse
    /// Whether `Pkcs12Blob` is also sent as `PKCS12Blob`.
    public var legacySpelling = false
    /// Whether `RequestTimestamp` is also sent as the documentation misspells it.
    public var timestampTypo = false

    /// Everything as the vendor does it.
    public init() {}

    /// How JSON is written under these switches.
    ///
    /// - Parameter product: the release simulated.
    /// - Returns: the style for a writer.
    public func wireStyle(_ product: ProductVersion) -> WireStyle {
        var style = WireStyle()
        style.times = product.traits.times
        style.omitsNulls = nulls == .omit
        style.numbers = []
        // In all releases weekdays and enums of store types and templates are names, those of agents numbers.
        if enumsOfWeekdays.isNumber(inProduct: false) { style.numbers.insert(.weekdays) }
        if enumsOfStoreTypes.isNumber(inProduct: false) { style.numbers.insert(.storeTypes) }
        if enumsOfJobHistory.isNumber(inProduct: product.traits.numbers) { style.numbers.insert(.jobHistory) }
        if enumsOfAgents.isNumber(inProduct: true) { style.numbers.insert(.agents) }
        if enumsOfTemplates.isNumber(inProduct: false) { style.numbers.insert(.templates) }
        return style
    }
}
