import CListener

/// One thread that serves sockets: the Swift side of a `listener_reactor`.
///
/// Safe to share: the C side allows stopping from any thread, and everything else happens before the thread starts or
/// under the listener's lock.
@safe final class Reactor: @unchecked Sendable {
    private let raw: OpaquePointer
    /// What the callbacks work with. They do not retain it; it outlives the thread because this object holds it.
    private let service: Service
    /// What it shows over HTTPS, which must outlive it.
    private var credentials: Credentials?

    /// Makes a reactor that serves nothing yet.
    ///
    /// - Parameters:
    ///   - limits: what clients may ask.
    ///   - service: replies and logs.
    /// - Throws: if memory or descriptors are short.
    init(_ limits: Limits, _ service: Service) throws(ListenerError) {
        var callbacks = unsafe listener_callbacks(
            context: Unmanaged.passUnretained(service).toOpaque(),
            request: { context, exchange, request in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<Service>.fromOpaque(context)._withUnsafeGuaranteedRef { unsafe $0.request(exchange, request) }
            },
            refused: { context, exchange, status, message in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<Service>.fromOpaque(context)._withUnsafeGuaranteedRef {
                    unsafe $0.refused(exchange, Int(status), String(cString: message))
                }
            },
            mismatched: { context, exchange, peer, length in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<Service>.fromOpaque(context)._withUnsafeGuaranteedRef {
                    unsafe $0.mismatched(exchange, Request.string(peer, length))
                }
            },
            due: { context, exchange in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<Service>.fromOpaque(context)._withUnsafeGuaranteedRef { unsafe $0.due(exchange) }
            },
            woken: { context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<Service>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.woken() }
            },
            ended: { context, exchange in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<Service>.fromOpaque(context)._withUnsafeGuaranteedRef { unsafe $0.ended(exchange) }
            },
            connected: { context, isSecure, peer, length in
                guard let context = unsafe context else { return Int32(LISTENER_FAULT_NONE) }
                return unsafe Unmanaged<Service>.fromOpaque(context)._withUnsafeGuaranteedRef {
                    unsafe $0.connected(isSecure, Request.string(peer, length))
                }
            },
            identity: { context, reactor, fault in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<Service>.fromOpaque(context)._withUnsafeGuaranteedRef { unsafe $0.identity(reactor, fault) }
            },
            log: { context, level, text in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<Service>.fromOpaque(context)._withUnsafeGuaranteedRef { unsafe $0.log(level, String(cString: text)) }
            })
        var bounds = unsafe listener_limits(
            max_body: limits.maxBody, max_headers: limits.maxHeaders,
            max_connections: UInt32(clamping: limits.maxConnections),
            idle_seconds: UInt32(clamping: (limits.idleTimeout.milliseconds + 999) / 1000), budget: limits.budget.raw)
        guard let raw = unsafe listener_reactor_make(&callbacks, &bounds) else { throw .outOfResources("an event loop") }
        unsafe self.raw = raw
        self.service = service
        let descriptor = unsafe listener_wake_descriptor(raw)
        guard descriptor >= 0 else { throw .outOfResources("a file descriptor") }
        service.mailbox.withLock { $0 = Mailbox(descriptor) }
    }

    /// Serves another socket. Only before the start.
    ///
    /// - Parameters:
    ///   - socket: a listening socket, taken over.
    ///   - credentials: key and certificate for HTTPS, `nil` for HTTP.
    /// - Throws: if the system refuses it.
    func serve(_ socket: Int32, _ credentials: Credentials?) throws(ListenerError) {
        if let credentials { self.credentials = credentials }
        let serves = unsafe listener_reactor_serve(raw, socket, credentials?.raw)
        if !serves { throw .outOfResources("a listening socket") }
    }

    /// Starts the thread.
    func start() throws(ListenerError) {
        if unsafe !listener_reactor_start(raw) { throw .outOfResources("a thread") }
    }

    /// Asks the thread to end. Releasing the reactor waits for that.
    func stop() {
        unsafe listener_reactor_stop(raw)
    }

    deinit {
        unsafe listener_reactor_free(raw)
    }
}

/// What a reactor's callbacks work with. It holds no listener, so a callback cannot release the last reference to one.
final class Service: Sendable {
    private let logger: @Sendable (ListenerLogLevel, String) -> Void
    private let connected: @Sendable (Bool, String) -> ConnectionFault?
    private let handler: @Sendable (Request) -> Answer
    private let configuration: ListenerConfiguration
    private let ports: (http: UInt16?, https: UInt16?)
    /// How bells reach this reactor.
    let mailbox = Lock<Mailbox?>(nil)
    /// The exchanges that wait for a bell, by the number of the wait.
    private let waiting = Lock<[Int: UInt]>([:])

    init(
        _ configuration: ListenerConfiguration, ports: (http: UInt16?, https: UInt16?),
        log: @escaping @Sendable (ListenerLogLevel, String) -> Void,
        connected: @escaping @Sendable (Bool, String) -> ConnectionFault?,
        handler: @escaping @Sendable (Request) -> Answer
    ) {
        self.configuration = configuration
        self.ports = ports
        logger = log
        self.connected = connected
        self.handler = handler
    }

    /// What a held exchange does when its time has come. Kept as the exchange's tag.
    private final class Continuation: Sendable {
        let then: @Sendable () -> Answer
        let wait: Wait?

        init(_ then: @escaping @Sendable () -> Answer, _ wait: Wait? = nil) {
            self.then = then
            self.wait = wait
        }
    }

    fileprivate func request(_ exchange: OpaquePointer, _ request: UnsafePointer<listener_request>) {
        unsafe settle(exchange, handler(Request(request)))
    }

    fileprivate func refused(_ exchange: OpaquePointer, _ status: Int, _ message: String) {
        unsafe reply(exchange, configuration.refusal(status, message))
    }

    /// A client speaks the wrong protocol; with an exchange it can be sent a reply.
    fileprivate func mismatched(_ exchange: OpaquePointer?, _ peer: String) {
        let isSecurePort = unsafe exchange != nil
        let (port, rightPort) = isSecurePort ? (ports.https, ports.http) : (ports.http, ports.https)
        let sentence = configuration.mismatch(Mismatch(isSecurePort: isSecurePort, port: port ?? 0, rightPort: rightPort))
        logger(.warning, "Closed a connection from \(peer): \(sentence)")
        if let exchange = unsafe exchange { unsafe reply(exchange, configuration.refusal(400, sentence)) }
    }

    fileprivate func connected(_ isSecure: Bool, _ peer: String) -> Int32 {
        Int32(connected(isSecure, peer)?.code ?? LISTENER_FAULT_NONE)
    }

    /// Makes a flawed certificate. If that fails, C notices that there is none.
    fileprivate func identity(_ reactor: OpaquePointer, _ fault: Int32) {
        let flaw: TLSIdentity.Flaw
        switch Int(fault) {
        case LISTENER_FAULT_EXPIRED: flaw = .expired
        case LISTENER_FAULT_WRONG_NAME: flaw = .wrongName
        default: flaw = .untrusted
        }
        guard let flawed = try? configuration.identity?.flawed(flaw) else { return }
        _ = unsafe listener_keep_identity(reactor, fault, flawed.key, flawed.certificate)
    }

    fileprivate func due(_ exchange: OpaquePointer) {
        guard let tag = unsafe listener_tag(exchange) else { return }
        unsafe listener_set_tag(exchange, nil)
        let continuation = unsafe Unmanaged<Continuation>.fromOpaque(tag).takeRetainedValue()
        forget(continuation)
        unsafe settle(exchange, continuation.then())
    }

    fileprivate func ended(_ exchange: OpaquePointer) {
        guard let tag = unsafe listener_tag(exchange) else { return }
        forget(unsafe Unmanaged<Continuation>.fromOpaque(tag).takeRetainedValue())
    }

    private func forget(_ continuation: Continuation) {
        guard let number = continuation.wait?.number else { return }
        _ = waiting.withLock { $0.removeValue(forKey: number) }
    }

    /// Bells have been rung.
    fileprivate func woken() {
        for number in mailbox.withLock({ $0?.takeAll() ?? [] }) {
            guard let address = waiting.withLock({ $0.removeValue(forKey: number) }) else { continue }
            if let exchange = unsafe OpaquePointer(bitPattern: address) { unsafe listener_release(exchange) }
        }
    }

    fileprivate func log(_ level: Int32, _ text: String) {
        logger(ListenerLogLevel(rawValue: level) ?? .debug, text)
    }

    /// Carries out an answer. If C cannot, it closes the connection and logs why.
    private func settle(_ exchange: OpaquePointer, _ answer: Answer) {
        switch answer {
        case .ready(let response):
            if let script = unsafe response.script(toHead: listener_is_head(exchange)) {
                return unsafe script.run(exchange)
            }
            unsafe reply(exchange, response)
        case .later(let pause, let held, let then):
            guard unsafe hasRoom(exchange, held) else { return }
            unsafe listener_set_tag(exchange, Unmanaged.passRetained(Continuation(then)).toOpaque())
            _ = unsafe listener_hold(exchange, max(0, pause.milliseconds))
        case .until(let bell, let most, let then):
            guard let mailbox = mailbox.withLock({ $0 }) else { return }
            let wait = Wait(bell, mailbox)
            waiting.withLock { $0[wait.number] = UInt(bitPattern: exchange) }
            unsafe listener_set_tag(exchange, Unmanaged.passRetained(Continuation(then, wait)).toOpaque())
            _ = unsafe listener_hold(exchange, max(0, most.milliseconds))
        case .never:
            _ = unsafe listener_hold(exchange, -1)
        }
    }

    private func reply(_ exchange: OpaquePointer, _ response: Response) {
        let (length, budget) = (response.body.count, configuration.limits.budget)
        if length > budget.longestReply {
            let sentence = "The request was done, but its reply of \(length) bytes is longer than \(budget.longestReply)."
            return unsafe send(exchange, configuration.refusal(503, "\(sentence) Ask for less, or raise --connection-bytes."))
        }
        if unsafe hasRoom(exchange, length) { unsafe send(exchange, response) }
    }

    /// Takes bytes of the budget for an exchange, or refuses it.
    private func hasRoom(_ exchange: OpaquePointer, _ length: Int) -> Bool {
        if unsafe length <= Self.short || listener_has_room(exchange, length) { return true }
        let limit = configuration.limits.budget.limit
        let sentence = "The request was done, but connections hold as many bytes as they may, \(limit), and its reply finds no room."
        unsafe send(exchange, configuration.refusal(503, "\(sentence) Read what was sent, or raise --connection-bytes."))
        return false
    }

    /// Replies that are sent whatever is held: other buffers of a connection are as large.
    private static let short = 4_096

    private func send(_ exchange: OpaquePointer, _ response: Response) {
        _ = unsafe response.fields.withUnsafeBufferPointer { fields in
            unsafe response.body.withUnsafeBufferPointer { body in
                unsafe listener_reply(
                    exchange, UInt32(clamping: response.status), fields.baseAddress, fields.count, body.baseAddress, body.count,
                    body.count > Self.short ? KeptBody(response.body).owner : listener_owner(), response.delivery.isClosing)
            }
        }
    }
}

extension Request {
    /// Copies a request out of C's buffers into one of its own.
    ///
    /// Method and peer usually need no allocation: a String stores up to 15 bytes itself.
    fileprivate init(_ source: UnsafePointer<listener_request>) {
        let raw = unsafe source.pointee
        let fieldsEnd = unsafe raw.target_length + raw.packed_fields_length
        let length = unsafe fieldsEnd + raw.body_length
        // An empty array that grows: to make one of a size asks for its type at run time, which costs 300 instructions more.
        var bytes: [UInt8] = []
        bytes.append(addingCapacity: length) { out in
            unsafe out.withUnsafeMutableBufferPointer { buffer, count in
                guard let start = buffer.baseAddress else { return }
                unsafe listener_pack(source, start)
                count = length
            }
        }
        unsafe self.init(
            Method(Self.string(raw.method, raw.method_length)), bytes: bytes, targetEnd: raw.target_length, fieldsEnd: fieldsEnd,
            isSecure: raw.is_tls, peer: Self.string(raw.peer, raw.peer_length))
    }

    fileprivate static func string(_ text: UnsafePointer<CChar>, _ length: Int) -> String {
        unsafe String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
    }
}

extension Duration {
    /// The duration in whole milliseconds, rounded up, at most about 290 million years.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1000)
        if overflows { return seconds < 0 ? .min / 2 : .max / 2 }
        return whole &+ (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
